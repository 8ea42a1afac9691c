"""Taking every way in away from an account, so that its owner begins anew."""

from __future__ import annotations

from django.db import transaction
from django_otp import devices_for_user

from portal.access.viewer import SYSTEM, Viewer
from portal.accounts.domain import addresses, identities, sessions
from portal.accounts.domain.enrolment import EnrolmentRefused, IssuedGrant, invite
from portal.accounts.models import AddressChange, KnownDevice, Purpose, User
from portal.journal import door


@transaction.atomic
def start_anew(*, user: User, by: Viewer) -> IssuedGrant:
    """End all devices, sessions and the password of an account, and mail its address a link to enrol within a day.

    Whoever calls this has made sure of the person (design: access, Lost device). With them end a change of address
    that waits for its mailboxes, links to identity providers, and what is known of browsers: the lost one is new again.
    A sign-in that waits for its second factor leads nowhere any more. Raises `EnrolmentRefused` "inactive" for a closed
    account.
    """
    # Before the account is locked, as whoever agrees to one does. The link must reach the address that people know.
    for change in AddressChange.objects.filter(user=user, state=AddressChange.State.ASKED):
        addresses.stop_change(change=change, by=SYSTEM)
    # No key is changed: whoever writes a row about the account at this moment, such as a wrong code, need not wait.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.is_active:
        raise EnrolmentRefused("inactive")
    devices = list(devices_for_user(user, confirmed=None))
    for device in devices:
        device.delete()
    sessions.end_all(user=user, reason="recovery", by=by)
    KnownDevice.objects.filter(user=user).delete()
    identities.unlink_all(user=user, by=by)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    door.record(
        thing=user, verb="access_taken_back", by=by, data={"devices": sorted(device.name for device in devices)}
    )
    return invite(user=user, purpose=Purpose.RECOVERY, by=by)
