"""The one way to an application that its applicant may still write in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchanges.domain.versions import claim
from exchanges.models import Application
from portal.journal.errors import ConditionFailed, NotAllowed

if TYPE_CHECKING:
    from portal.access.viewer import Viewer

#: States in which the applicant writes.
WRITABLE = (Application.State.DRAFT, Application.State.RETURNED)


def may_write(application: Application, viewer: Viewer) -> bool:
    """Return whether `viewer` may write in the application now."""
    return application.state in WRITABLE and viewer.is_member and viewer.person_id == application.applicant_id


def editing(*, application: Application, by: Viewer, version: int | None = None) -> Application:
    """Return the locked row with its version raised; the caller changes and saves it inside its transaction.

    Without `version` the newest one is taken. Raises `NotAllowed` for anybody but the applicant, `ConditionFailed`
    once it is sent, `StaleVersion` when it was saved elsewhere since.
    """
    if not (by.system or (by.is_member and by.person_id == application.applicant_id)):
        raise NotAllowed("Only the applicant writes in an application. Nothing was changed.")
    now = Application.objects.select_for_update().get(pk=application.pk)
    # Before the version: "it is sent" is the better answer to an old tab than "it was saved elsewhere".
    if now.state not in WRITABLE:
        raise ConditionFailed(
            f"Your application is now “{now.get_state_display()}” and stays as it is. Nothing was changed."
        )
    return claim(model=Application, pk=application.pk, version=now.version if version is None else version)
