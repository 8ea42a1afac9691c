"""What the community adds to the account area: the profile, and which of its mails one may do without."""

from __future__ import annotations

from portal.access.viewer import Viewer
from portal.community.models import Role
from portal.outbox.kinds import MailGroup, add_group, add_kinds
from portal.web.registries import AccountSection, account_sections

PEOPLE = MailGroup(
    "people",
    "People of my country",
    "Somebody whom you vouch for goes by a new name.",
    35,
    roles=frozenset({Role.NCP, Role.NCP_DEPUTY, Role.OFFICE}),
)


def register() -> None:
    """Hand it in; called once, when the apps are ready."""
    account_sections.add(
        AccountSection("profile", "Profile", "community_profile", 10, note=_note, shown=lambda viewer: viewer.is_member)
    )
    add_group(PEOPLE)
    add_kinds(PEOPLE.key, ["profile_renamed"])


def _note(viewer: Viewer) -> str:
    """Say by which name others know the person."""
    return f"{viewer.name}, as other members see you."
