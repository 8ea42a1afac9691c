"""A procedure as its page shows it: the clock, the steps, the factors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from library.models import SOPPage, SOPStep
from portal.access.viewer import Viewer
from portal.web.clock_face import Face, Step, face
from portal.web.words import counted, in_words

#: Rings from the outside in (design: the outer ring is the shift leader's).
ROLES = ("Shift leader", "Dispatcher", "Call taker", "SPOC")


def step_of(step: SOPStep) -> Step:
    """Return a step as the clock and the lists draw it; the channel closes its text."""
    channel = f"Channel: {step.channel}." if step.channel else ""
    return Step(
        minute=step.minute,
        duration=step.duration,
        role=step.role,
        action=step.action,
        critical=step.critical,
        text=" ".join(filter(None, (step.text, channel))),
        short=step.short,
    )


def clock_of(*, sop: SOPPage, uid: str = "clock") -> Face:
    """Return the Golden Hour clock of a procedure, its steps in the order of their minutes. One query."""
    return face_of(sop=sop, steps=sop.steps.all(), uid=uid)


def face_of(*, sop: SOPPage, steps: Iterable[SOPStep], uid: str) -> Face:
    """Return the clock of a procedure whose steps are known. No query."""
    ordered = sorted(steps, key=lambda step: (step.minute, step.sort_order or 0))
    present = {step.role for step in ordered}
    return face(
        [step_of(step) for step in ordered],
        sop.clock_title,
        uid=uid,
        roles=[role for role in ROLES if role in present],
    )


def procedure_context(*, sop: SOPPage) -> dict[str, Any]:
    """Return clock, steps with a sentence on them, and factors."""
    dial = clock_of(sop=sop)
    roles = len(dial.rings)
    steps = counted(len(dial.steps), "step") if len(dial.steps) > 20 else f"{in_words(len(dial.steps))} steps"
    return {
        "face": dial,
        "steps_text": f"{steps.capitalize()}, {in_words(roles)} {'role' if roles == 1 else 'roles'}. "
        "The time mark is the latest minute at which the step begins.",
        "factors": list(sop.factors.all()),
    }


def home_clock(*, viewer: Viewer) -> dict[str, Any] | None:
    """Return the clock that the home page shows, or None without a visible procedure. One query, two without steps."""
    first = SOPPage.objects.visible_to(viewer).order_by("-on_home_page", "identifier")
    # The steps bring their procedure with them; one that has none is asked for itself.
    steps = list(SOPStep.objects.filter(page__in=first.values("pk")[:1]).select_related("page"))
    sop = steps[0].page if steps else first.first()
    if sop is None:
        return None
    dial = face_of(sop=sop, steps=steps, uid="home-clock")
    return {
        "face": dial,
        "title": f"{sop.clock_title} in {in_words(len(dial.steps))} steps",
        "url": sop.url,
        "is_sample": sop.is_sample,
    }
