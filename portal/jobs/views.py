"""What a person may know of a job that works for them."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.jobs.models import Job, JobState

#: What the person reads; the error itself may hold paths and names and stays in the table.
FAILED = "This did not work. The office can see why and start it again."
RETRYING = "This did not work at first. It is tried again by itself."


@require_safe
def progress(request: HttpRequest, job_id: uuid.UUID) -> JsonResponse:
    """Return state, done, total, note and error of a job as JSON, to its owner alone; 404 to everybody else."""
    job = get_object_or_404(Job.objects.visible_to(request.viewer), pk=job_id)  # type: ignore[attr-defined]
    error = ""
    if job.state == JobState.FAILED:
        error = FAILED
    elif job.state == JobState.WAITING and job.error:
        error = RETRYING
    response = JsonResponse(
        {
            "state": job.state,
            "done": job.progress_done,
            "total": job.progress_total,
            "note": job.progress_note,
            "error": error,
        }
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
