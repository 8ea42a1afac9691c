"""What is kept about the owner of an account in this layer and those beneath it: how they sign in, where they were
signed in, letters to them, what they did. For `portal.accounts.personal`.
"""

from __future__ import annotations

import re
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import models
from django_otp import devices_for_user
from django_otp_webauthn.models import WebAuthnUserHandle

from portal.accounts.domain.letters import known_addresses
from portal.accounts.models import (
    AddressChange,
    BackupCodes,
    EndedSession,
    EnrolmentGrant,
    KeptForm,
    KnownDevice,
    PasskeyChallenge,
    Session,
    User,
)
from portal.accounts.personal import Copy, PersonalData, Record, chosen, register, things_about
from portal.files.models import Attachment
from portal.jobs.models import Job
from portal.journal import retention as journal
from portal.journal.models import Entry, Pseudonym
from portal.outbox import retention as outbox
from portal.outbox.models import Mail, MailPreference
from portal.outbox.post import NOWHERE, about_key

_LINK = re.compile(r"https?://\S+")


def _account(user: User) -> Copy:
    addresses = EmailAddress.objects.filter(user=user).order_by("-primary", "pk")
    return Copy(
        [
            {
                "email": user.email,
                "addresses": [chosen(row, "email", "verified", "primary") for row in addresses],
                "since": user.date_joined,
                "last_signed_in": user.last_login,
                "account_open": user.is_active,
                "edits_pages": user.is_staff or user.groups.exists(),
                "administrator": user.is_superuser,
                "changes_of_address": [
                    chosen(row, "old_address", "new_address", "state", "asked_at")
                    for row in AddressChange.objects.filter(user=user).order_by("asked_at", "pk")
                ],
            }
        ]
    )


def _forget_account(user: User, alias: str) -> int:
    """Leave an empty account that opens nothing; its row carries the keys of what stays."""
    EmailAddress.objects.filter(user=user).delete()
    AddressChange.objects.filter(user=user).delete()
    user.email = f"{alias.lower().replace(' ', '-')}@{NOWHERE}"
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.groups.clear()
    user.user_permissions.clear()
    user.save()
    return 1


def _ways_in(user: User) -> Copy:
    devices: list[Record] = [
        {
            "kind": device._meta.verbose_name,
            "name": device.name,
            "added": device.created_at,
            "last_used": device.last_used_at,
        }
        for device in devices_for_user(user)
    ]
    codes = BackupCodes.objects.filter(user=user).first()
    grants = EnrolmentGrant.objects.filter(user=user).order_by("pk")
    identities = SocialAccount.objects.filter(user=user).order_by("pk")
    return Copy(
        [
            {
                "has_a_password": user.has_usable_password(),
                "second_factors": devices,
                "backup_codes_left": codes.left if codes else 0,
                "links_to_set_up": [chosen(grant, "purpose", "issued_at", "expires_at", "used_at") for grant in grants],
                "identity_providers": [
                    {"provider": row.provider, "subject": row.uid, "linked": row.date_joined} for row in identities
                ],
            }
        ]
    )


def _forget_ways_in(user: User, alias: str) -> int:
    count = 0
    # Confirmed or not, of every kind.
    for device in devices_for_user(user, confirmed=None):
        device.delete()
        count += 1
    rows: list[models.QuerySet[Any]] = [
        EnrolmentGrant.objects.filter(user=user),
        PasskeyChallenge.objects.filter(user=user),
        WebAuthnUserHandle.objects.filter(user=user),
        SocialAccount.objects.filter(user=user),
    ]
    return count + sum(found.delete()[0] for found in rows)


def _sessions(user: User) -> Copy:
    live: list[Record] = [
        {"device": row.device, "network": row.network, "begun": row.begun, "last_used": row.last_used}
        for row in Session.objects.filter(user=user).live().order_by("begun")
    ]
    known = KnownDevice.objects.filter(user=user).order_by("first_used")
    return Copy(
        [
            {
                "signed_in_now": live,
                "known_devices": [chosen(row, "device", "first_used", "last_used") for row in known],
            }
        ]
    )


def _forget_sessions(user: User, alias: str) -> int:
    rows: list[models.QuerySet[Any]] = [
        Session.objects.filter(user=user),
        EndedSession.objects.filter(user=user),
        KnownDevice.objects.filter(user=user),
        KeptForm.objects.filter(user=user),
    ]
    return sum(found.delete()[0] for found in rows)


def _letters(user: User) -> Copy:
    """Letters to the person: whole where they are about matters of their own, otherwise only when they were written."""
    own = {about_key(thing) for thing in things_about(user)} | {""}
    known = known_addresses(user=user)
    rows = outbox.letters_to(user_id=user.pk, addresses=known).order_by("created_at", "pk")
    # What went to a mailbox that is not the person's yet would tell whether somebody else signs in with it.
    rows = rows.exclude(~models.Q(to_address__in=known), kind="address_agree_new")
    return Copy([_letter(mail, own=mail.about in own) for mail in rows.iterator()])


def _letter(mail: Mail, *, own: bool) -> Record:
    found = {"written": mail.created_at, "sent": mail.sent_at, "to": mail.to_address}
    if not own:
        return found | {"about": "a matter of others"}
    # A link may be a key: to a new password, a device, a subscription.
    return found | {"subject": mail.subject, "text": _LINK.sub("[link]", mail.body)}


def _forget_letters(user: User, alias: str) -> int:
    return outbox.forget(outbox.letters_to(user_id=user.pk, addresses=known_addresses(user=user)))


def _preferences(user: User) -> Copy:
    return Copy([chosen(row, "group", "choice") for row in MailPreference.objects.filter(user=user).order_by("group")])


def _forget_preferences(user: User, alias: str) -> int:
    return MailPreference.objects.filter(user=user).delete()[0]


def _journal(user: User) -> Copy:
    """What the person did, and what happened to records of their own: never who else did it, and never why."""
    pseudonym = Pseudonym.objects.filter(user=user).first()
    things = things_about(user)
    own = {(thing._meta.label_lower, str(thing.pk)) for thing in things}
    mine = models.Q(actor=pseudonym.key) if pseudonym else models.Q(pk__in=[])
    by_type: dict[str, list[str]] = {}
    for kind, key in own:
        by_type.setdefault(kind, []).append(key)
    for kind, keys in by_type.items():
        mine |= models.Q(thing_type=kind, thing_id__in=keys)
    rows = Entry.objects.filter(mine).select_related("detail").order_by("id")
    return Copy([_entry(row, key=pseudonym.key if pseudonym else "", own=own) for row in rows.iterator()])


def _entry(row: Entry, *, key: str, own: set[tuple[str, str]]) -> dict[str, Any]:
    by_you = bool(key) and row.actor == key
    found: dict[str, Any] = {
        "at": row.at,
        "what": row.verb,
        "thing": f"{row.thing_type}:{row.thing_id}",
        "from": row.from_state,
        "to": row.to_state,
        "by": "you" if by_you else "the portal" if row.actor == "portal" else "somebody else",
    }
    detail = getattr(row, "detail", None)
    if by_you and detail is not None and (row.thing_type, row.thing_id) in own:
        found["your_reason"] = detail.reason
    return found


def _forget_journal(user: User, alias: str) -> int:
    return journal.forget(user, about=things_about(user))


def _work(user: User) -> Copy:
    jobs = Job.objects.filter(owner=user).order_by("created_at")
    files = Attachment.objects.filter(uploaded_by=user).order_by("created_at", "pk")
    return Copy(
        [
            {
                "work_that_you_asked_for": [chosen(job, "name", "state", "created_at", "finished_at") for job in jobs],
                "files_that_you_sent": [chosen(row, "name", "size", "sha256", "created_at") for row in files],
            }
        ]
    )


def _forget_work(user: User, alias: str) -> int:
    done = Job.objects.filter(owner=user).update(owner=None)
    return done + Attachment.objects.filter(uploaded_by=user).update(uploaded_by=None)


def hand_in() -> None:
    """Register the parts of this layer; called once, when the apps are ready."""
    for part in (
        PersonalData(
            "account",
            "Account",
            10,
            _account,
            _forget_account,
            keeps="An empty account without address, password and rights, so that decisions keep an author.",
            withholds="The hash of your password: it helps nobody but a thief.",
            tables=(
                "accounts.User",
                "accounts.User_groups",
                "accounts.User_user_permissions",
                "accounts.AddressChange",
                "account.EmailAddress",
            ),
        ),
        PersonalData(
            "ways_in",
            "Ways to sign in",
            20,
            _ways_in,
            _forget_ways_in,
            withholds="Secrets of apps, public halves of passkeys and hashes of codes: whoever reads the copy must "
            "not be able to sign in with it.",
            tables=(
                "accounts.AuthenticatorDevice",
                "accounts.BackupCodes",
                "accounts.Passkey",
                "accounts.PasskeyChallenge",
                "accounts.EnrolmentGrant",
                "django_otp_webauthn.WebAuthnCredential",
                "django_otp_webauthn.WebAuthnUserHandle",
                "socialaccount.SocialAccount",
            ),
        ),
        PersonalData(
            "sessions",
            "Sessions and devices",
            30,
            _sessions,
            _forget_sessions,
            withholds="Keys of sessions, and what was typed into a form when one ended, which is sealed and goes "
            "within the hour.",
            tables=(
                "accounts.Session",
                "accounts.EndedSession",
                "accounts.KnownDevice",
                "accounts.KeptForm",
            ),
        ),
        PersonalData(
            "mail_choices",
            "Choices of letters",
            80,
            _preferences,
            _forget_preferences,
            tables=("outbox.MailPreference",),
        ),
        PersonalData(
            "letters",
            "Letters to you",
            85,
            _letters,
            _forget_letters,
            keeps="Letters to others that name you, until their own time is over.",
            withholds="Links, because some are keys; and what letters to you say of matters of others, such as an "
            "application that you endorsed.",
            tables=("outbox.Mail",),
        ),
        PersonalData(
            "work",
            "Work and files",
            90,
            _work,
            _forget_work,
            keeps="Files that belong to a record go and stay with it.",
            tables=("jobs.Job", "files.Attachment"),
        ),
        PersonalData(
            "journal",
            "Journal",
            95,
            _journal,
            _forget_journal,
            keeps="Each row, without your name, your reasons and the key to who you were: the chain that proves "
            "decisions would break otherwise. Rows by others that name you, until their own time is over.",
            withholds="Who else acted on your records and why, and your reasons in matters of others: they are about "
            "them.",
            tables=("journal.Pseudonym",),
        ),
    ):
        register(part)
