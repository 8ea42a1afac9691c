"""Loads the sample pilots. Their results are for members of the group alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from events.pilots.models import PilotIndexPage, PilotNeed, PilotPage, PilotRun
from library.models import Scenario
from portal.access.pages import set_page_rule
from portal.community.domain.samples import Progress, read
from portal.community.models import Centre, Group, Objective
from portal.pages.domain.sample_body import body_of
from portal.pages.domain.sample_pages import add_page, home_page


def load_pilots(progress: Progress) -> None:
    """Load the list of pilots and the pilots in it."""
    index = add_page(
        home_page(),
        PilotIndexPage(
            title="Pilots",
            slug="pilots",
            lead=(
                "Centres try a way of talking across borders and measure it against the one they have, "
                "in at least four scenarios."
            ),
            search_description="How operational centres try out the exchange of information across borders.",
        ),
    )
    group = Group.objects.get(slug="operational-centres")
    names = {key: values[0] for key, values in read("portal.community", "places")["centres"].items()}
    by_name = {centre.name: centre for centre in Centre.objects.all()}
    centres = {key: by_name[name] for key, name in names.items()}
    for entry in read("events.pilots", "pilots"):
        _pilot(index, group, centres, entry)
    progress(f"  {PilotPage.objects.count()} pilots, {PilotRun.objects.count()} runs")


def _pilot(index: PilotIndexPage, group: Group, centres: dict[str, Centre], entry: dict[str, Any]) -> None:
    tlp, audience = entry.pop("tlp")
    chosen = [centres[key] for key in entry.pop("centres")]
    objectives = Objective.objects.filter(group=group, number__in=entry.pop("objectives"))
    runs, needs = entry.pop("runs"), entry.pop("needs")
    pilot = PilotPage(group=group, result=body_of(entry.pop("result")), **entry)
    pilot.centres = chosen
    pilot.objectives = objectives
    pilot.scenarios = Scenario.objects.filter(slug__in=runs)
    pilot.runs = list(_runs(runs, centres))
    pilot.needs = [PilotNeed(sort_order=order, code=code, text=text) for order, (code, text) in enumerate(needs)]
    # The rule stands before the page is live, so that no moment shows it to everybody.
    pilot.live = False
    add_page(index, pilot)
    set_page_rule(page=pilot, tlp=tlp, audience=audience, keys=[str(group.pk)])
    pilot.live = True
    pilot.save()


def _runs(scenarios: dict[str, Any], centres: dict[str, Centre]) -> Iterator[PilotRun]:
    known = {scenario.slug: scenario for scenario in Scenario.objects.all()}
    rows = [
        (date, sender, receiver, slug, delivered, acknowledged, usual)
        for slug, senders in scenarios.items()
        for sender, receivers in senders.items()
        for receiver, (date, delivered, acknowledged, usual) in receivers.items()
    ]
    rows.sort(key=lambda row: row[0])
    for order, (date, sender, receiver, slug, delivered, acknowledged, usual) in enumerate(rows):
        yield PilotRun(
            sort_order=order,
            date=date,
            from_centre=centres[sender],
            to_centre=centres[receiver],
            scenario=known[slug],
            delivered=delivered,
            acknowledged=acknowledged,
            baseline_acknowledged=usual,
        )
