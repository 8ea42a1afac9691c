"""Running the rules of retention, one after another, and writing down what each of them did."""

from __future__ import annotations

import datetime as dt

import structlog

from portal.access import clock
from portal.jobs import queue
from portal.privacy import rules
from portal.privacy.models import RetentionLine, RetentionRun

log = structlog.get_logger(__name__)

#: Name of the job that runs the rules.
RUN = "privacy.retention"
#: Written into the log where a rule failed; what it was stands in the server's log.
FAILED = "This rule failed. The others ran. It is tried again tomorrow; the server’s log says why."


@queue.handler(RUN, lease_seconds=900, long=True)
def run(job: queue.RunningJob) -> None:
    """Run every rule. Each commits by itself, and one that fails stops no other; a second run repeats nothing."""
    row = RetentionRun.objects.create()
    listed = rules.rules()
    for number, rule in enumerate(listed, start=1):
        _apply(row, rule)
        job.progress(done=number, total=len(listed), note=rule.label)
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])


def _apply(run: RetentionRun, rule: rules.Rule) -> None:
    moment = clock.machine_now() if rule.machine_time else clock.now()
    before = moment - dt.timedelta(days=rule.days)
    try:
        outcome = rule.forget(before)
    except Exception:
        log.exception("retention_rule_failed", rule=rule.key)
        outcome = rules.Outcome(0, FAILED)
    RetentionLine.objects.create(
        run=run, rule=rule.key, days=rule.days, before=before, count=outcome.count, problem=outcome.problem
    )
    log.info("retention_rule", rule=rule.key, count=outcome.count, problem=outcome.problem)
