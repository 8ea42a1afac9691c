"""Literal data for the style guide: what the design's mock pages say."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.utils.safestring import mark_safe

from portal.access.clock import BRUSSELS
from portal.web import charts
from portal.web.clock_face import Step, face
from portal.web.forms import PortalForm
from portal.web.putback import PutBack
from portal.web.tables import Cell, Column, Table

MANHUNT = (
    Step(0, 5, "Call taker", "Take the first report and open one log", critical=True,
         text="Place, time, direction of flight, description, vehicle, weapon. Everything after this minute is written "
         "into the same log.", short="Open one log"),
    Step(3, 7, "Dispatcher", "Send the nearest units on a safe approach", critical=False,
         text="Name the approach road and the meeting point before anyone drives towards the scene.",
         short="Send the nearest units"),
    Step(5, 4, "Shift leader", "Declare a manhunt and take command aloud", critical=True,
         text="One name, said on the channel and entered in the log, so that nobody has to ask who decides.",
         short="Declare a manhunt"),
    Step(8, 10, "Dispatcher", "Close the first ring", critical=True,
         text="Junctions, stations, bridges and ferry quays that can be reached within ten minutes."),
    Step(12, 3, "Shift leader", "Ask the border question", critical=True,
         text="Can the person be across a border before T+60? A “perhaps” counts as a yes."),
    Step(15, 9, "SPOC", "Alert the neighbouring centres in one message", critical=True,
         text="Use the agreed template, in the agreed language, and ask for one thing.", short="Alert the neighbours"),
    Step(20, 12, "Call taker", "Gather one picture", critical=False,
         text="Calls, cameras and number plates on a single map."),
    Step(30, 2, "Shift leader", "Report on the half hour", critical=False, text="Send it even when nothing is new."),
    Step(38, 8, "SPOC", "Settle the joint channel", critical=False, text="Confirm that the neighbour hears you."),
    Step(48, 6, "Shift leader", "Decide whether to alert the public", critical=True,
         text="Together with the press officer: what the public may do, and the number to call.",
         short="Decide on a public alert"),
    Step(60, 0, "Shift leader", "Hand over in writing", critical=False,
         text="The log, the map, the open questions.", short="Hand over"),
)  # fmt: skip

CROWDED = tuple(
    Step(minute, duration, role, f"Step of {role.lower()} at minute {minute}", critical=critical)
    for minute, duration, role, critical in (
        (0, 4, "Call taker", True), (0, 2, "Dispatcher", False), (1, 3, "Shift leader", True), (2, 5, "Analyst", False),
        (3, 3, "Call taker", False), (4, 6, "Dispatcher", True), (5, 2, "Shift leader", True), (6, 4, "Press", False),
        (8, 4, "Analyst", False), (10, 5, "SPOC", True), (10, 8, "Call taker", False), (12, 3, "Shift leader", True),
        (12, 2, "Shift leader", False), (15, 15, "Dispatcher", False), (18, 4, "SPOC", False), (20, 9, "Analyst", True),
        (25, 5, "Press", True), (30, 2, "Shift leader", False), (32, 10, "Call taker", False), (35, 20, "SPOC", False),
        (40, 4, "Press", False), (45, 3, "Shift leader", True), (50, 8, "Dispatcher", False), (58, 2, "Analyst", False),
        (60, 0, "Shift leader", False),
    )
)  # fmt: skip

SAME_MINUTE = (Step(5, 45, "Shift leader", "Call", critical=True), Step(5, 10, "Shift leader", "Write"))

EXCHANGES = (
    ("CZ", "PT", 1), ("FI", "CZ", 1), ("GR", "NL", 1), ("LV", "NL", 1), ("NL", "PL", 2), ("PL", "ES", 1),
    ("PT", "RO", 1), ("RO", "LV", 1), ("ES", "FI", 3), ("SE", "GR", 1),
)  # fmt: skip

MATCH = (
    ("Poland", "Netherlands", 2), ("Poland", "Spain", 1), ("Netherlands", "Poland", 2), ("Netherlands", "Estonia", 1),
    ("Latvia", "Netherlands", 1), ("Latvia", "Finland", 1), ("Finland", "Netherlands", 1), ("Finland", "Portugal", 1),
    ("Spain", "Poland", 1), ("Spain", "Finland", 1), ("Romania", "Spain", 1), ("Romania", "Portugal", 1),
    ("Czechia", "Portugal", 1), ("Czechia", "Estonia", 1), ("Greece", "Spain", 1), ("Greece", "Estonia", 1),
)  # fmt: skip

MEMBERS = {
    "NL": 5, "PL": 4, "FI": 3, "LV": 3, "ES": 3, "CZ": 2, "EE": 2, "FR": 2, "DE": 2, "GR": 2, "PT": 2, "RO": 2,
    "SE": 2, "AT": 1, "BE": 1, "BG": 1, "DK": 1, "IE": 1, "IT": 1,
}  # fmt: skip

RUN = (
    ("Driebergen", (charts.Message("ENLETS Messenger", 15, 15.1, 16.4, 18.2, trial=True),
                    charts.Message("Usual channel", 15.4, 17.5, 24, 31))),
    ("Poznań", (charts.Message("ENLETS Messenger", 15, 15.1, 17, 19.4, trial=True),
                charts.Message("Usual channel", 16, 19, 27.5, 38))),
    ("Helsinki", (charts.Message("ENLETS Messenger", 15, 15.2, 15.9, 17.1, trial=True),
                  charts.Message("Usual channel", 16, 18, 22))),
)  # fmt: skip

MEDIANS = {
    ("LV", "NL"): 3.8, ("LV", "PL"): 4.2, ("LV", "FI"): 3.6, ("NL", "LV"): 1.9, ("NL", "PL"): 4.3, ("NL", "FI"): 5.4,
    ("PL", "LV"): 2.9, ("PL", "NL"): 6.2, ("PL", "FI"): 8.1, ("FI", "LV"): 3.0, ("FI", "NL"): 4.9,
}  # fmt: skip

SCENARIOS = (
    ("Manhunt", ((True, 1.3, 3.9, 7.0), (False, 5.0, 16.2, 23.8))),
    ("Natural hazard", ((True, 1.8, 5.1, 9.2), (False, 9.0, 20.3, 34.3))),
)

TERMS = (
    charts.Term("Jānis Piemērs", "Contact point", dt.date(2025, 5, 1), dt.date(2028, 4, 30)),
    charts.Term("Līga Izdomāta", "Reviewer", dt.date(2026, 2, 1), dt.date(2027, 1, 31)),
    charts.Term("Kārlis Neīstais", "Core Group", dt.date(2025, 3, 1), dt.date(2027, 2, 28)),
    charts.Term("Māris Fiktīvs", "Host coordinator", dt.date(2026, 10, 1), dt.date(2028, 9, 30)),
    charts.Term("Anna Viedoma", "Reviewer", dt.date(2024, 9, 1), dt.date(2026, 9, 30)),
    charts.Term("Aleksandra Przykładowa-Zmyślona", "Deputy contact point", dt.date(2026, 1, 1), dt.date(2027, 12, 31)),
)
#: So many that those who stay longer are folded away.
MANY_TERMS = tuple(
    charts.Term(f"Member {n + 1}", "Member of the committee", dt.date(2025, 3, 1), dt.date(2027, 1 + n % 12, 28))
    for n in range(25)
)

LABELS = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")


class SampleForm(PortalForm):
    """One field of every kind."""

    name = forms.CharField(label="Name of the centre", max_length=120, help_text="As it stands on the door.")
    aim = forms.CharField(
        label="What do you want to see, and bring home?",
        help_text="Procedures, drills and exercises only. No operational or case data, no names.",
        max_length=1500,
        widget=forms.Textarea,
    )
    level = forms.ChoiceField(
        label="Level in English", choices=[("", "Choose"), ("B1", "B1"), ("B2", "B2"), ("C1", "C1")]
    )
    shift = forms.ChoiceField(
        label="Which shift do you lead?",
        help_text="The one you work most of the year.",
        choices=[("day", "Day"), ("night", "Night"), ("both", "Both, in turn")],
        widget=forms.RadioSelect,
    )
    topics = forms.MultipleChoiceField(
        label="What interests you",
        required=False,
        choices=[("alert", "Alerts across the border"), ("log", "Keeping one log"), ("press", "The press officer")],
        widget=forms.CheckboxSelectMultiple,
    )
    start = forms.DateField(label="First day you could travel")
    letter = forms.FileField(label="Letter of your manager", required=False, help_text="PDF, at most 10 MB.")
    consent = forms.BooleanField(
        label="My line manager knows and agrees", help_text="The office asks for the name in the next section."
    )


class ReasonForm(PortalForm):
    """Why a possible week is left out."""

    reason = forms.CharField(
        label="Your reason", error_messages={"required": "Say why you leave out Lisbon, week 20"}, max_length=200
    )


class LockedForm(PortalForm):
    """What cannot be changed, and what cannot be changed here."""

    number = forms.CharField(
        label="Number", initial="2027/1-007", widget=forms.TextInput({"readonly": True}), help_text="Given when sent."
    )
    country = forms.CharField(label="Country", initial="Latvia", disabled=True)


def _moment(day: dt.date, hour: int, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), BRUSSELS)


def _table(sort: str) -> Table:
    return Table(
        "Adoption by centres",
        [
            Column("Centre", heads=True, sort="centre"),
            Column("State", end=True, sort="state"),
            Column("Version", small_label="Version"),
            Column("Merit", number=True, small_label="Merit", sort="merit", falling=True),
            Column("Label"),
        ],
        [
            [
                Cell("Latvia", "#table", "national centre"),
                Cell("In use", mark="full"),
                "2.1",
                88,
                Cell(tlp="TLP:GREEN"),
            ],
            [
                Cell("Poland", "#table", "western region"),
                Cell("In trial", mark="half"),
                "2.1",
                84,
                Cell(tlp="TLP:AMBER"),
            ],
            [Cell("Ελλάδα", lang="el"), Cell("Being read", mark="empty"), None, 79, Cell(tlp="TLP:CLEAR")],
        ],
        sort=sort,
        id="g-sorted",
    )


def _wide_table() -> Table:
    months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
    return Table(
        "Messages by month, scrolling sideways where it must",
        [Column("Centre", heads=True), *(Column(month, number=True) for month in months)],
        [[centre, *range(start, start + 10)] for centre, start in (("Driebergen", 41), ("Poznań", 28))],
        wide=True,
        show_caption=True,
    )


def sample_context(request: HttpRequest) -> dict[str, Any]:
    """Return literal data for every component."""
    deadline = dt.date(2027, 1, 29)
    weeks = [dt.date(2027, 4, 26), dt.date(2027, 4, 26), dt.date(2027, 5, 10), dt.date(2027, 5, 17)]
    return {
        "zone": {"tlp": "TLP:AMBER", "title": "Your application.", "text": "Seen by you and your contact point"},
        "crumbs": [("Home", "/"), ("Exchanges", "/exchanges/")],
        "labels": LABELS,
        "put_back": PutBack(QueryDict(), "#g-typed"),
        "typed": [("summary", "You sit beside the shift leader for a week.")],
        "facts": [
            ("Version", "2.1, since 3 March 2026"),
            {"label": "Scenario", "value": "Manhunt", "url": "#facts"},
            {"label": "Label", "tlp": "TLP:GREEN"},
        ],
        "entries": [
            {"title": "Exchanging information between European Operational Centres", "url": "#entries",
             "date": dt.date(2023, 12, 1), "date_text": "December 2023", "kind": "Report", "tlp": "TLP:CLEAR",
             "text": "What may cross a border in the first hour, on which legal basis, and by which channel."},
            {"title": "Version 2.0", "date": dt.date(2025, 9, 18), "links": [("Compare with 1.0", "#entries")],
             "text": "Four roles in place of six. A ring for the SPOC."},
        ],
        "dates": [
            {"title": "Exchange call 2027/1 closes", "date": deadline, "url": "#dates",
             "text": "Your National Contact Point then has ten days to endorse."},
            {"title": "Next meeting of the OC TIG", "date": None, "text": "To be announced."},
        ],
        "figures": [{"value": 29, "label": "members of ENLETS"}, {"value": 7, "label": "objectives of the group"},
                    {"value": 4, "label": "scenarios at least in every action plan"}],
        "files": [
            {"title": "Card for the desk, A4", "url": "#files", "note": "PDF, 1 page, 84 kB", "tlp": "TLP:CLEAR"},
        ],
        "items": [{"title": "Publish the discussion paper", "text": "CENTRIC with the group",
                   "mark": {"level": "full", "word": "Done, December 2023"}},
                  {"title": "A seat in the Digital Workplace TIG", "url": "#plain", "note": "Free since the spring"}],
        "tasks": [
            {"title": "About you", "state": "Complete", "url": "#tasks"},
            {"title": "Languages and aim", "state": "1 to mend", "url": "#tasks", "current": True, "needs": True},
            {"title": "Host weeks", "state": "Not started", "url": "#tasks"},
            {"title": "Check and send", "state": "After section 3", "url": None},
        ],
        "pipeline": charts.pipeline([(41, "Submitted", ""), (36, "Endorsed", "2 not endorsed, 3 withdrawn"),
                                     (33, "Eligible", "3 not eligible"), (18, "Matched", "15 on the waiting list")]),
        "waits": [
            {"count": 8, "unit": "days", "title": "Edgars Domātais lost his telephone", "url": "#waits",
             "text": "Second signature for a new enrolment.", "actions": [("Speak to him, then sign", "#waits")]},
            {"words": "No date", "title": "Name two centres for the spring tabletop", "url": "#waits"},
        ],
        "table": _table(request.GET.get("sort", "-merit")),
        "wide_table": _wide_table(),
        "page_obj": Paginator(range(95), 10).get_page(request.GET.get("page", 4)),
        "facets": [{"name": "kind", "title": "Kind", "options": [
            {"value": "sop", "label": "Procedure (SOP)", "count": 3, "checked": True},
            {"value": "report", "label": "Report", "count": 2, "checked": False},
            {"value": "video", "label": "Video", "count": 0, "checked": False}]}],
        "chips": [{"label": "Scenario: manhunt", "url": "#chips"}, {"label": "Since 2023", "url": "#chips"}],
        "views": [{"label": "Above threshold", "url": "#chips", "current": True, "count": 27},
                  {"label": "Waiting list", "url": "#chips", "current": False, "count": 9}],
        "tabs": [{"label": "For you", "url": "#g-tabs", "current": True, "count": 3},
                 {"label": "Your country", "url": "#g-tabs", "count": 0}, {"label": "Everybody", "url": "#g-tabs"}],
        "tags": [{"label": "Manhunt", "url": "#g-tags"}, {"label": "Cross-border alert", "url": "#g-tags"},
                 {"label": "Not a link"}],
        "timeline": [
            {"date": dt.date(2023, 10, 11), "title": "The group meets in London", "url": "#g-timeline",
             "text": "Alerting citizens through open channels."},
            {"when": "Autumn 2026", "title": "The messenger is tried by three centres", "state": "now"},
            {"when": "Spring 2027", "title": "The pilot is evaluated", "state": "next"}],
        "people": [
            {"name": "Jānis Piemērs", "url": "#g-folk", "role": "National Contact Point", "place": "Latvia",
             "languages": ["Latvian", "English", "German"], "email": "janis.piemers@example.org",
             "note": "Until 30 April 2028"},
            {"name": "Aleksandra Przykładowa-Zmyślona", "role": "Shift leader", "place": "Western region, Poland"}],
        "centres": [
            {"name": "Riga", "url": "#g-folk", "place": "Latvia", "level": "National centre",
             "languages": ["Latvian", "English"], "facts": ["Two host weeks in 2027"],
             "mark": {"level": "full", "word": "Procedure in use"}, "tlp": "TLP:GREEN"},
            {"name": "Mossos d’Esquadra, Sala Central de Comandament", "place": "Catalonia, Spain"}],
        "nobody": {"title": "Nobody is listed yet", "text": "Members join through their contact point."},
        "told": [{"message": "Your answer is saved.", "level_tag": "success"},
                 {"message": "Two host weeks left your list: you cannot travel then.", "level_tag": "warning"},
                 {"message": "The letter was not taken: it is no PDF.", "level_tag": "error"}],
        "fields_of_one": [SampleForm(prefix="together")["name"], SampleForm(prefix="together")["start"]],
        "locked": LockedForm(),
        "reason": ReasonForm(prefix="sure"),
        "actions": [("Open the library", "#empty"), ("Ask the group", "#empty")],
        "steps_next": [{"when": "Within ten days", "text": "Your National Contact Point endorses it."},
                       {"when": "By 26 February", "text": "The office checks eligibility, rule by rule."}],
        "answers": [{"label": "Name of the centre", "value": "Riga, national centre", "url": "#answers"},
                    {"label": "Needs on site", "value": "", "url": "#answers"}],
        "days": [{"title": "Wednesday 11 October", "slots": [
            {"start": "09:30", "end": "11:00", "kind": "Decision", "title": "Education and training",
             "text": "Demand grows, crime changes.", "outcome": "Decided: the document is final."},
            {"start": "11:00", "title": "Coffee", "pause": True}]}],
        "clock": face(MANHUNT, "Manhunt", uid="manhunt"),
        "crowded": face(CROWDED, "Natural hazard", uid="crowded"),
        "sparse": face(SAME_MINUTE, "Drill", uid="sparse"),
        "bands": charts.bands(MATCH, hot=("Latvia", "Netherlands")),
        "flows": charts.flow_map(EXCHANGES),
        "members": charts.member_map(MEMBERS),
        "centre_map": charts.centre_map([
            ("CY", ()), ("LV", [charts.Place("Riga", 56.95, 24.11)]), ("MT", [charts.Place("Valletta", 35.90, 14.51)]),
            ("PL", [charts.Place("Poznań", 52.41, 16.93), charts.Place("Warsaw", 52.23, 21.01)])]),
        "strip": charts.week_strip([(week, n % 2 == 0) for n, week in enumerate(weeks)],
                                   first=dt.date(2027, 3, 29), weeks=20, today=dt.date(2027, 5, 5)),
        "run": charts.hour(RUN),
        "matrices": [charts.matrix("Manhunt", ("LV", "NL", "PL", "FI"), MEDIANS, steps=(4, 8)),
                     charts.matrix("Missing persons", ("LV", "NL", "PL"), MEDIANS, steps=(4, 8))],
        "ranges": charts.ranges(SCENARIOS),
        "terms": charts.terms(TERMS, today=dt.date(2026, 11, 21)),
        "many_terms": charts.terms(MANY_TERMS, today=dt.date(2026, 11, 21)),
        "tiles": ["full"] * 9 + ["half"] * 4 + ["empty"],
        "keys": [{"level": "full", "word": "9 confirmed"}, {"level": "half", "word": "4 asked"},
                 {"level": "empty", "word": "1 without a second factor"}],
        "duel": [{"value": "5.2", "label": "minutes by ENLETS Messenger, median of 132 messages"},
                 {"value": "18.9", "label": "minutes by the usual channel, median of 132"}],
        "weeks": [{"key": "1", "title": "Helsinki, Finland", "when": "Week 17, 26 to 30 April 2027",
                   "lines": ["National centre. Works in English, B2; yours is C1."], "note": "Estimate €1,090"},
                  {"key": "2", "title": "Driebergen, Netherlands", "when": "Week 19, 10 to 14 May 2027"}],
        "left_out": [{"key": "3", "title": "Lisbon, Portugal", "when": "Week 20, 17 to 21 May 2027",
                      "field": ReasonForm({})["reason"]}],
        "impossible": [{"title": "Warsaw, Poland", "when": "Week 18, 3 to 7 May 2027",
                        "why": ["Not possible: the host works in Polish at B1, and you named no Polish."]}],
        "hit": {"kind": "Procedure", "when": "3 March 2026", "title": "Manhunt: the first sixty minutes",
                "url": "#g-hits", "tlp": "TLP:CLEAR", "passages": [
                    {"where": "Step 5", "url": "#g-hits",
                     "text": mark_safe("Ask the <mark>border</mark> question.")}]},
        "form": SampleForm(),
        "broken": SampleForm({"aim": "Our region shares 280 km of border.", "topics": ["log"]}, prefix="broken"),
        "deadline": _moment(deadline, 23, 59),
        "first": dt.date(2027, 4, 26),
        "last": dt.date(2027, 4, 30),
    }  # fmt: skip
