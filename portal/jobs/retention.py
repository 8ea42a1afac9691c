"""Forgetting work that was done: who asked for what, and with which words."""

from __future__ import annotations

import datetime as dt

from portal.jobs.models import Job, JobState


def forget_done(*, before: dt.datetime) -> int:
    """Remove the jobs that were done before then (machine time); returns how many. Failed ones wait for somebody."""
    return Job.objects.filter(state=JobState.DONE, finished_at__lt=before).delete()[0]
