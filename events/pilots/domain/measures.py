"""What the runs of a pilot add up to: medians with ranges and counts, and the rule of four scenarios."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from events.pilots.models import PilotRun

#: Objective 3 of the OC TIG: tests against at least four scenarios agreed beforehand.
REQUIRED_SCENARIOS = 4


@dataclass(frozen=True, slots=True)
class Measure:
    """A median in minutes with its range and the number of messages behind it."""

    median: float
    low: float
    high: float
    count: int

    @property
    def text(self) -> str:
        """The median with one decimal."""
        return f"{self.median:.1f}"

    @property
    def range_text(self) -> str:
        """The range in words: "1.3 to 11.0"."""
        return f"{self.low:.1f} to {self.high:.1f}"


def measure(values: Iterable[float | Decimal]) -> Measure | None:
    """Return the measure of some minutes, None for none. Never a mean: a few slow answers would hide the rest."""
    found = sorted(float(value) for value in values)
    return Measure(median(found), found[0], found[-1], len(found)) if found else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The solution against the usual channel, for one scenario or for all."""

    name: str
    solution: Measure
    baseline: Measure | None


def compare(name: str, runs: Sequence[PilotRun]) -> Comparison | None:
    """Return the comparison over `runs`, None without any."""
    solution = measure(run.acknowledged for run in runs)
    if solution is None:
        return None
    return Comparison(
        name, solution, measure(run.baseline_acknowledged for run in runs if run.baseline_acknowledged is not None)
    )


def by_scenario(runs: Sequence[PilotRun]) -> list[tuple[int, list[PilotRun]]]:
    """Return the runs of each scenario, by primary key, in the vocabulary's order."""
    found: dict[int, list[PilotRun]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: (run.scenario.order, run.scenario_id)):
        found[run.scenario_id].append(run)
    return list(found.items())


@dataclass(frozen=True, slots=True)
class ScenarioRule:
    """How many different scenarios were run, of those a pilot needs to count as complete."""

    run: int
    required: int = REQUIRED_SCENARIOS

    @property
    def met(self) -> bool:
        """Whether enough scenarios were run."""
        return self.run >= self.required

    @property
    def text(self) -> str:
        """Where it stands: "4 of 4, the rule is met" or "3 of 4, not yet complete"."""
        return f"{self.run} of {self.required}, {'the rule is met' if self.met else 'not yet complete'}"


def scenario_rule(runs: Iterable[PilotRun]) -> ScenarioRule:
    """Return where a pilot stands with the rule of four scenarios; only scenarios that were really run count."""
    return ScenarioRule(len({run.scenario_id for run in runs}))
