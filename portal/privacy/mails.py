"""The mails about what is kept of people."""

from portal.community.models import Role
from portal.outbox.kinds import SECURITY, MailGroup, add_group, add_kinds

WATCH = MailGroup(
    "erasures",
    "Wishes to be forgotten",
    "Somebody waits for an answer, with a deadline by law.",
    36,
    roles=frozenset({Role.OFFICE, Role.DATA_PROTECTION}),
)


def register() -> None:
    """Hand the groups and kinds in; called once, when the apps are ready."""
    add_group(WATCH)
    add_kinds(WATCH.key, ["privacy_erasure_waits"])
    add_kinds(
        SECURITY.key,
        [
            "privacy_account_closed",
            "privacy_account_opened",
            "privacy_copy_asked",
            "privacy_copy_ready",
            "privacy_erasure_asked",
            "privacy_erasure_refused",
            "privacy_erasure_done",
        ],
    )
