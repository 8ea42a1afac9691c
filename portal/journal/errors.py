"""What can stop a change of state. Each carries sentences that a person may read."""


class JournalError(Exception):
    """A change that did not happen; nothing was written. `problems` are sentences."""

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)
        self.problems = list(problems)


class IllegalTransition(JournalError):
    """The thing is not in a state from which this can be done (HTTP 409)."""


class ConditionFailed(JournalError):
    """Something is still missing (HTTP 409); every missing thing is named."""


class NotAllowed(JournalError):
    """The person may see the thing but not do this (HTTP 403)."""
