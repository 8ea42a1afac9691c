"""The programme office's forms: a call with its criteria."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from exchanges.forms.checked import CheckedByModel, DraftMixin
from exchanges.models import Call, RateTable
from portal.access import clock
from portal.web.forms import PortalForm, PortalModelForm

#: Criteria rows of a new call, and at most.
FIRST_ROWS, MOST_ROWS = 4, 10


class CallForm(CheckedByModel, PortalModelForm):
    """A draft of a call. The deadline is a day; it passes at 23:59:59 in Brussels."""

    closes_on = forms.DateField(
        label="Deadline", help_text="Applications are taken until 23:59 Brussels time on this day."
    )

    class Meta:
        model = Call
        fields = [
            "number",
            "title",
            "summary",
            "themes",
            "opens_on",
            "decision_on",
            "weeks_from",
            "weeks_until",
            "seats",
            "country_cap",
            "centre_cap",
            "rates",
            "min_reviews",
            "threshold",
            "endorse_days",
            "answer_days",
            "report_days",
        ]
        labels = {
            "number": "Number",
            "title": "Title",
            "summary": "What the call is for",
            "themes": "Themes",
            "opens_on": "Opens on",
            "decision_on": "Decision by",
            "weeks_from": "First week not before",
            "weeks_until": "Last week ends by",
            "seats": "Funded seats",
            "country_cap": "At most from one country",
            "centre_cap": "At most in one centre",
            "rates": "Rate table",
            "min_reviews": "Reviews for each application",
            "threshold": "Points needed, of 100",
            "endorse_days": "Days to endorse",
            "answer_days": "Days to answer an offer",
            "report_days": "Days to report",
        }
        help_texts = {
            "number": "As people say it, for example 2027/1.",
            "seats": "The budget as a number of placements.",
            "country_cap": "Leave empty for no limit.",
            "centre_cap": "Guests over the whole call. Leave empty for no limit.",
            "rates": "Needed before the call opens.",
        }
        widgets = {"summary": forms.Textarea(attrs={"rows": 5}), "themes": forms.Textarea(attrs={"rows": 3})}

    field_order = ["number", "title", "summary", "themes", "opens_on", "closes_on"]

    #: Groups of the page: legend, names, and whether they stand in rows.
    GROUPS = (
        ("What it is", ("number", "title", "summary", "themes"), False),
        ("Dates", ("opens_on", "closes_on", "decision_on", "weeks_from", "weeks_until"), True),
        ("Seats and money", ("seats", "country_cap", "centre_cap", "rates"), True),
        ("Reviews and times", ("min_reviews", "threshold", "endorse_days", "answer_days", "report_days"), True),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rates: Any = self.fields["rates"]
        rates.queryset = RateTable.objects.order_by("-valid_from")
        rates.empty_label = "Choose"
        for name in ("opens_on", "decision_on", "weeks_from", "weeks_until"):
            self.fields[name].error_messages["invalid"] = "Give a date, for example 2027-01-29."
        if self.instance.pk:
            self.fields["closes_on"].initial = self.instance.closes_at.astimezone(clock.BRUSSELS).date()

    def clean(self) -> dict[str, Any]:
        """Dates in order; the number free. The deadline may not lie in the past."""
        data = super().clean() or {}
        ordered = [
            (name, data.get(name)) for name in ("opens_on", "closes_on", "decision_on", "weeks_from", "weeks_until")
        ]
        known = [(name, day) for name, day in ordered if isinstance(day, dt.date)]
        for (_, before), (name, day) in pairwise(known):
            if day < before:
                self.add_error(name, f"{self.fields[name].label}: this day lies before the one above.")
        closes_on = data.get("closes_on")
        if closes_on and closes_on < clock.today():
            self.add_error("closes_on", "The deadline lies in the past. Choose a later day.")
        number = data.get("number")
        if number and Call.objects.filter(number=number).exclude(pk=self.instance.pk).exists():
            self.add_error("number", f"There is a call {number} already.")
        return data

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField], bool]]:
        """The fields in the groups of the page."""
        return [(legend, [self[name] for name in names], in_rows) for legend, names, in_rows in self.GROUPS]

    @property
    def call_fields(self) -> dict[str, Any]:
        """What the domain takes."""
        return dict(self.cleaned_data)


class CriterionRow(DraftMixin, PortalForm):
    """One criterion. A row left empty altogether does not count."""

    needed = ("name", "weight", "low", "high")

    name = forms.CharField(label="Criterion", max_length=120)
    weight = forms.IntegerField(label="Weight", min_value=1, max_value=100)
    low = forms.CharField(label="Nought points look like", max_length=200)
    high = forms.CharField(label="Ten points look like", max_length=200)

    def clean(self) -> dict[str, Any]:
        """All four, or none."""
        data = super().clean() or {}
        words = {
            "name": "Name the criterion",
            "weight": "Give its weight",
            "low": "Say what nought points look like",
            "high": "Say what ten points look like",
        }
        if any(data.get(name) for name in words):
            for name, message in words.items():
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, message)
        return data


class _Criteria(BaseFormSet):
    def _construct_form(self, i: int, **kwargs: Any) -> forms.Form:
        # An unchanged row counts; which rows were there before is nothing the browser decides.
        return super()._construct_form(i, empty_permitted=False, **kwargs)

    @property
    def given(self) -> list[tuple[str, int, str, str]]:
        """The criteria as the domain takes them."""
        return [
            (row["name"], row["weight"], row["low"], row["high"])
            for row in (form.cleaned_data for form in self.forms)
            if row.get("name")
        ]

    @property
    def total(self) -> int:
        """The sum of the weights."""
        return sum(weight for _, weight, _, _ in self.given)


CriteriaRows = formset_factory(
    CriterionRow, formset=_Criteria, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


def criteria_rows(*, call: Call | None, data: Any = None) -> Any:
    """Return the rows of criteria: those of a call and two to fill in, or empty ones for a new call."""
    initial = [
        {"name": row.name, "weight": row.weight, "low": row.low, "high": row.high}
        for row in (call.criteria.all() if call else [])
    ]
    initial += [{}] * min(max(FIRST_ROWS - len(initial), 2), MOST_ROWS - len(initial))
    return CriteriaRows(data, prefix="criteria", initial=initial)
