"""The sections of an application as forms. A draft may be incomplete: an empty answer is no mistake, a wrong one is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict

from exchanges.domain.applications import MOST_ROWS
from exchanges.domain.sections import Key, language_rows
from exchanges.domain.wishes import REASON_LENGTH
from exchanges.forms.checked import CheckedByModel, DraftMixin, Flagged
from exchanges.models import Application, HostWeek
from portal.community.models import CEFR, Language
from portal.web.forms import PortalForm, PortalModelForm

NO_CASES = "Procedures, drills and exercises only. No operational or case data, no names."


class SectionForm(Flagged, DraftMixin, CheckedByModel, PortalModelForm):
    """A section made of plain fields of the application."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.needed:
            self.fields[name].required = True


class AboutForm(SectionForm):
    """Section 1."""

    needed = ("function", "years_leading", "phone")

    class Meta:
        model = Application
        fields = ["function", "years_leading", "phone"]
        labels = {
            "function": "Your function",
            "years_leading": "Years of leading shifts",
            "phone": "Telephone",
        }
        help_texts = {
            "function": "As your colleagues abroad would understand it, for example shift leader or duty officer.",
            "phone": "With the country code. For the office and, once you are placed, for your host.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = self.fields["years_leading"]
        years.error_messages["invalid"] = "Give the years as a whole number, for example 6."  # type: ignore[index]
        years.widget.attrs.update({"inputmode": "numeric", "max": "60"})

    def clean_years_leading(self) -> int | None:
        """Refuse a number that no working life has."""
        years = self.cleaned_data["years_leading"]
        if years is not None and years > 60:
            raise forms.ValidationError("Give the years as a number from 0 to 60.")
        return years


class CentreForm(SectionForm):
    """Section 2."""

    needed = ("shift",)

    class Meta:
        model = Application
        fields = ["shift"]
        labels = {"shift": "Your shift"}
        help_texts = {
            "shift": "How many people, which area, what a usual night brings. " + NO_CASES,
        }
        widgets = {"shift": forms.Textarea(attrs={"rows": 7})}


class ManagerForm(SectionForm):
    """Section 5."""

    needed = ("manager_name", "manager_email", "manager_consents")

    class Meta:
        model = Application
        fields = ["manager_name", "manager_email", "manager_consents"]
        labels = {
            "manager_name": "Your line manager",
            "manager_email": "Your line manager’s e-mail address",
            "manager_consents": "My line manager agrees to five working days away in the weeks I wish for",
        }
        help_texts = {
            "manager_email": "Your contact point may ask. We write nothing to this address by ourselves.",
        }


class NeedsForm(SectionForm):
    """Section 6."""

    needed = ("emergency_name", "emergency_phone")

    class Meta:
        model = Application
        fields = ["needs", "emergency_name", "emergency_phone"]
        labels = {
            "needs": "What your host should know",
            "emergency_name": "Emergency contact",
            "emergency_phone": "Emergency contact’s telephone",
        }
        help_texts = {
            "needs": "Access, diet, health: only what you want to say. Reviewers never see this section, and it is "
            "erased 30 days after the week.",
            "emergency_phone": "With the country code.",
        }
        widgets = {"needs": forms.Textarea(attrs={"rows": 4})}


class SendForm(SectionForm):
    """Section 7: the privacy notice, beside the answers."""

    needed = ("privacy_accepted",)

    class Meta:
        model = Application
        fields = ["privacy_accepted"]
        labels = {"privacy_accepted": "I have read the privacy notice, and what I wrote is true"}
        help_texts = {
            "privacy_accepted": "Seen by your contact point, the office and the reviewers of this call. If you are not "
            "selected, what you wrote is erased twelve months after the decision."
        }


class AimForm(SectionForm):
    """Section 3, below the languages."""

    needed = ("aim", "bring_home")

    class Meta:
        model = Application
        fields = ["aim", "bring_home"]
        labels = {"aim": "What do you want to see?", "bring_home": "What will you bring home, and who will use it?"}
        help_texts = {"aim": NO_CASES, "bring_home": "One thing that changes something is worth more than ten ideas."}
        widgets = {"aim": forms.Textarea(attrs={"rows": 8}), "bring_home": forms.Textarea(attrs={"rows": 6})}


class LanguageRow(Flagged, PortalForm):
    """One language and its level; a row left empty is no mistake."""

    language = forms.ChoiceField(label="Language", required=False)
    level = forms.ChoiceField(label="Level", required=False, choices=[("", "Choose"), *CEFR.choices])

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["language"]
        field.choices = [("", "Choose"), *languages]

    def clean(self) -> dict[str, Any]:
        """A level wants its language."""
        data = super().clean() or {}
        if data.get("level") and not data.get("language") and "language" not in self.errors:
            self.add_error("language", "Choose the language of this level")
        return data


class PeriodRow(Flagged, PortalForm):
    """Days on which the applicant cannot travel, both included."""

    first = forms.DateField(
        label="From", required=False, error_messages={"invalid": "Give the first day as a date, for example 2027-05-03"}
    )
    last = forms.DateField(
        label="To", required=False, error_messages={"invalid": "Give the last day as a date, for example 2027-05-07"}
    )

    def clean(self) -> dict[str, Any]:
        """Both days, in order."""
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and not last and "last" not in self.errors:
            self.add_error("last", "Give the last day too")
        elif last and not first and "first" not in self.errors:
            self.add_error("first", "Give the first day too")
        elif first and last and last < first:
            self.add_error("last", "The last day lies before the first")
        return data


class Rows(BaseFormSet):
    """Rows that people add and remove by submit buttons. A broken or missing count of rows means none."""

    def total_form_count(self) -> int:
        """Read the count leniently: it comes from the browser."""
        if not self.is_bound:
            return super().total_form_count()
        given = self.data.get(f"{self.prefix}-TOTAL_FORMS", "")
        return min(int(given), MOST_ROWS) if given.isascii() and given.isdigit() and len(given) < 4 else 0

    def initial_form_count(self) -> int:
        """All rows are alike: none was there before."""
        return 0 if self.is_bound else super().initial_form_count()

    def _construct_form(self, i: int, **kwargs: Any) -> forms.Form:
        # A row that is as it was when the page was opened is an answer too, not an empty extra.
        return super()._construct_form(i, empty_permitted=False, **kwargs)

    def full_clean(self) -> None:
        """Clean each row; there is nothing else to check here."""
        self._errors = []
        self._non_form_errors = self.error_class()
        if self.is_bound:
            for form in self.forms:
                self._errors.append(form.errors)


_LanguageRows = formset_factory(LanguageRow, formset=Rows, extra=0, max_num=MOST_ROWS)
_PeriodRows = formset_factory(PeriodRow, formset=Rows, extra=0, max_num=MOST_ROWS)


class LanguagesSection:
    """Section 3: rows of languages, then the aim. Behaves like a form where pages and autosave ask."""

    def __init__(
        self, data: QueryDict | None = None, *, instance: Application, more: int = 0, without: int | None = None
    ) -> None:
        self.is_bound = data is not None
        self.aim = AimForm(data, instance=instance)
        if data is not None and (more or without is not None):
            data = _reshaped(data, "languages", ("language", "level"), more=more, without=without)
        languages = list(Language.objects.values_list("code", "name"))
        rows = [{"language": row.language_id, "level": row.level} for row in language_rows(instance)] or [{}]
        rows += [{}] * (more if data is None else 0)
        self.rows = _LanguageRows(
            data, prefix="languages", initial=rows[:MOST_ROWS], form_kwargs={"languages": languages}
        )
        self._twice()

    def _twice(self) -> None:
        if not self.is_bound:
            return
        seen: set[str] = set()
        for form in self.rows.forms:
            code = form.cleaned_data.get("language") if form.is_valid() else None
            if code and code in seen:
                form.add_error("language", "This language stands in another row already")
            seen.add(code or "")

    @property
    def forms(self) -> list[Any]:
        """Every form of the section, in the order of the page."""
        return [*self.rows.forms, self.aim]

    @property
    def errors(self) -> dict[str, list[str]]:
        """All mistakes by the name of their control."""
        return _errors_of(self.forms)

    def is_valid(self) -> bool:
        """Whether there is no mistake."""
        return self.is_bound and not self.errors

    @property
    def valid_data(self) -> dict[str, Any]:
        """The plain answers without a mistake; the languages of all rows without one."""
        languages = {
            row.cleaned_data["language"]: row.cleaned_data.get("level", "")
            for row in self.rows.forms
            if row.is_valid() and row.cleaned_data.get("language")
        }
        return {"languages": languages, **self.aim.valid_data}


class WeeksSection:
    """Section 4: days away, and why weeks are left out. The order itself is moved by buttons of their own."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        instance: Application,
        left_out: list[tuple[HostWeek, str]],
        more: int = 0,
        without: int | None = None,
    ) -> None:
        self.is_bound = data is not None
        if data is not None and (more or without is not None):
            data = _reshaped(data, "away", ("first", "last"), more=more, without=without)
        rows: list[dict[str, Any]] = [
            {"first": row.starts_on, "last": row.ends_on} for row in instance.unavailable.all()
        ]
        rows += [{}] * (more if data is None else 0)
        self.rows = _PeriodRows(data, prefix="away", initial=rows[:MOST_ROWS])
        self.reasons = ReasonsForm(data, left_out=left_out)

    @property
    def forms(self) -> list[Any]:
        """Every form of the section, in the order of the page."""
        return [*self.rows.forms, self.reasons]

    @property
    def errors(self) -> dict[str, list[str]]:
        """All mistakes by the name of their control."""
        return _errors_of(self.forms)

    def is_valid(self) -> bool:
        """Whether there is no mistake."""
        return self.is_bound and not self.errors

    @property
    def reason_fields(self) -> dict[int, forms.BoundField]:
        """The field for the reason, by week id."""
        return {int(name.removeprefix("reason-")): self.reasons[name] for name in self.reasons.fields}

    @property
    def valid_data(self) -> dict[str, Any]:
        """Periods of rows without a mistake, and the reasons that fit."""
        periods = [
            (row.cleaned_data["first"], row.cleaned_data["last"])
            for row in self.rows.forms
            if row.is_valid() and row.cleaned_data.get("first")
        ]
        return {"unavailable": periods, "reasons": self.reasons.by_week}


class ReasonsForm(Flagged, PortalForm):
    """Why each left-out week is left out; fields `reason-<week id>`."""

    def __init__(self, *args: Any, left_out: list[tuple[HostWeek, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for week, reason in left_out:
            self.fields[f"reason-{week.pk}"] = forms.CharField(
                label=f"Reason for leaving out {week.offer.centre.city}, week {week.number}",
                required=False,
                max_length=REASON_LENGTH,
                initial=reason,
            )

    @property
    def by_week(self) -> dict[int, str]:
        """The reasons without a mistake, by week id."""
        if not self.is_valid() and not hasattr(self, "cleaned_data"):
            return {}
        return {int(name.removeprefix("reason-")): text for name, text in self.cleaned_data.items()}


PLAIN_FORMS: dict[Key, type[SectionForm]] = {
    Key.ABOUT: AboutForm,
    Key.CENTRE: CentreForm,
    Key.MANAGER: ManagerForm,
    Key.NEEDS: NeedsForm,
    Key.SEND: SendForm,
}


def mark_missing(section: Any, missing: Mapping[str, str]) -> None:
    """Flag what is missing on a page that was only opened; `missing` maps the ids of controls to words."""
    for form in getattr(section, "forms", [section]):
        found = {
            name: missing[f"id_{form.add_prefix(name)}"]
            for name in form.fields
            if f"id_{form.add_prefix(name)}" in missing
        }
        form.flag(found)


def _errors_of(forms_: list[Any]) -> dict[str, list[str]]:
    return {
        form.add_prefix(name): [str(message) for message in errors]
        for form in forms_
        for name, errors in form.errors.items()
    }


def _reshaped(data: QueryDict, prefix: str, names: tuple[str, ...], *, more: int, without: int | None) -> QueryDict:
    """Return the posted data with rows added at the end or one taken out."""
    shaped = data.copy()
    given = shaped.get(f"{prefix}-TOTAL_FORMS", "")
    count = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
    kept = [index for index in range(count) if index != without]
    values = [[shaped.get(f"{prefix}-{index}-{name}", "") for name in names] for index in kept]
    for index, row in enumerate(values):
        for name, value in zip(names, row, strict=True):
            shaped[f"{prefix}-{index}-{name}"] = value
    shaped[f"{prefix}-TOTAL_FORMS"] = str(len(values) + more)
    return shaped
