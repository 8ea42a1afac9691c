"""The account area's pages that stand in this app, as its tabs and its overview name them."""

from __future__ import annotations

from portal.access import clock
from portal.access.viewer import Viewer
from portal.accounts import identity
from portal.accounts.domain.factors import second_factors
from portal.accounts.domain.identities import identities_of
from portal.accounts.domain.sessions import note as sessions_note
from portal.accounts.models import AddressChange, User
from portal.outbox import preferences
from portal.outbox.models import Choice
from portal.web.registries import AccountSection, account_sections
from portal.web.words import counted, in_words


def register() -> None:
    """Hand the sections in; called once, when the apps are ready."""
    account_sections.add(AccountSection("overview", "Overview", "accounts_overview", 0))
    account_sections.add(AccountSection("email", "E-mail address", "accounts_email", 20, note=_email_note))
    account_sections.add(
        AccountSection(
            "password",
            "Password",
            "accounts_password",
            30,
            note=_password_note,
        )
    )
    account_sections.add(AccountSection("devices", "Devices", "accounts_devices", 40, note=_devices_note))
    account_sections.add(AccountSection("sessions", "Sessions", "accounts_sessions", 50, note=sessions_note))
    account_sections.add(AccountSection("mails", "Mails", "accounts_mails", 60, note=_mails_note))
    account_sections.add(
        AccountSection(
            "providers",
            "Sign-in by provider",
            "accounts_providers",
            45,
            note=_providers_note,
            shown=lambda _: bool(identity.offered()),
        )
    )


def _email_note(viewer: Viewer) -> str:
    """Say whether another address waits for the mailboxes."""
    change = AddressChange.objects.filter(
        user_id=viewer.user_id, state=AddressChange.State.ASKED, expires_at__gt=clock.now()
    ).first()
    return f"{change.new_address} waits for both mailboxes to agree." if change else "You sign in with it."


def _password_note(viewer: Viewer) -> str:
    return "Fifteen characters or more, and not used elsewhere."


def _devices_note(viewer: Viewer) -> str:
    """Say how many second factors and backup codes there are."""
    # The key is all that is asked for: the overview need not read the account a second time.
    found = second_factors(user=User(pk=viewer.user_id))
    left = in_words(found.codes_left)
    return f"{counted(len(found.devices), 'device')}, {left} backup code{'' if found.codes_left == 1 else 's'} left."


def _mails_note(viewer: Viewer) -> str:
    """Say which groups of mails come in the daily mail or not at all."""
    if viewer.user_id is None:
        return ""
    choices = list(preferences.choices_of(user_id=viewer.user_id).values())
    daily, never = choices.count(Choice.DAILY), choices.count(Choice.NEVER)
    parts = [f"{in_words(daily)} in the daily mail"] * bool(daily) + [f"{in_words(never)} never"] * bool(never)
    return f"Of {in_words(len(choices))} kinds, {' and '.join(parts)}." if parts else "All come at once."


def _providers_note(viewer: Viewer) -> str:
    """Say which providers open the account."""
    linked = {row.provider for row in identities_of(user_id=viewer.user_id)}
    names = [provider.name for provider in identity.offered() if provider.key in linked]
    return ", ".join(names) or "None is linked"
