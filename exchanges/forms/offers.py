"""The host coordinator's forms, and the contact point's word on an offer."""

from __future__ import annotations

from typing import Any

from django import forms

from exchanges.forms.checked import CheckedByModel
from exchanges.models import Call, HostOffer
from portal.community.models import CEFR, Centre, Language
from portal.web.forms import PortalForm, PortalModelForm

#: Languages that an offer names at most.
MOST_LANGUAGES = 3


class OfferForm(CheckedByModel, PortalModelForm):
    """What a centre offers: words, and up to three languages with the least level."""

    class Meta:
        model = HostOffer
        fields = ["summary", "themes", "accommodation"]
        labels = {
            "summary": "What guests will see and do",
            "themes": "Themes",
            "accommodation": "Where guests stay",
        }
        help_texts = {
            "summary": "Procedures, drills and exercises only. No operational or case data, no names.",
            "themes": "A few words, for example cross-border alerts, drones.",
        }
        widgets = {"summary": forms.Textarea(attrs={"rows": 7}), "accommodation": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = [("", "None"), *Language.objects.values_list("code", "name")]
        given = (
            [(row.language_id, row.level) for row in sorted(self.instance.languages.all(), key=lambda row: row.pk)]
            if self.instance.pk
            else [("en", CEFR.B2)]
        )
        for number in range(1, MOST_LANGUAGES + 1):
            code, level = given[number - 1] if number <= len(given) else ("", CEFR.B2)
            self.fields[f"language_{number}"] = forms.ChoiceField(
                label=f"Language {number}", choices=languages, required=False, initial=code
            )
            self.fields[f"level_{number}"] = forms.ChoiceField(
                label="At least", choices=CEFR.choices, required=False, initial=level
            )

    def clean(self) -> dict[str, Any]:
        """At least one language, none twice."""
        data = super().clean() or {}
        codes = [data.get(f"language_{number}") for number in range(1, MOST_LANGUAGES + 1)]
        if not any(codes):
            self.add_error("language_1", "Name a language that guests can work in")
        for number, code in enumerate(codes, start=1):
            if code and code in codes[: number - 1]:
                self.add_error(f"language_{number}", "This language is named above already")
        return data

    @property
    def languages(self) -> dict[str, str]:
        """Languages with the least level, as the domain takes them."""
        return {
            code: self.cleaned_data.get(f"level_{number}") or CEFR.B2
            for number in range(1, MOST_LANGUAGES + 1)
            if (code := self.cleaned_data.get(f"language_{number}"))
        }

    @property
    def words(self) -> dict[str, str]:
        """Summary, themes and accommodation."""
        return {name: self.cleaned_data[name] for name in ("summary", "themes", "accommodation")}

    @property
    def language_pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Language and level side by side."""
        return [(self[f"language_{n}"], self[f"level_{n}"]) for n in range(1, MOST_LANGUAGES + 1)]

    @property
    def word_fields(self) -> list[forms.BoundField]:
        """The fields above the languages."""
        return [self[name] for name in ("summary", "themes", "accommodation")]


class NewOfferForm(OfferForm):
    """A new offer: for which call, and from which of the coordinator's centres."""

    def __init__(self, *args: Any, calls: list[Call], centres: list[Centre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calls = {str(call.pk): call for call in calls}
        self.centres = {str(centre.pk): centre for centre in centres}
        self.fields["call"] = forms.ChoiceField(
            label="Call", choices=[(key, str(call)) for key, call in self.calls.items()]
        )
        self.fields["centre"] = forms.ChoiceField(
            label="Centre", choices=[(key, centre.name) for key, centre in self.centres.items()]
        )

    def clean_call(self) -> Call:
        """Return the call itself."""
        return self.calls[self.cleaned_data["call"]]

    def clean_centre(self) -> Centre:
        """Return the centre itself."""
        return self.centres[self.cleaned_data["centre"]]


class WeekForm(PortalForm):
    """One more week."""

    starts_on = forms.DateField(
        label="Monday",
        help_text="The week runs from Monday to Friday.",
        error_messages={
            "invalid": "Give the Monday as a date, for example 2027-04-26.",
            "required": "Choose a Monday.",
        },
    )
    capacity = forms.IntegerField(
        label="Seats",
        min_value=1,
        max_value=5,
        initial=1,
        error_messages={
            "invalid": "Give the seats as a number from 1 to 5.",
            "required": "Say how many seats there are, 1 to 5.",
            "min_value": "A week has one to five seats.",
            "max_value": "A week has one to five seats.",
        },
    )

    def clean_starts_on(self) -> Any:
        """A week starts on a Monday."""
        day = self.cleaned_data["starts_on"]
        if day.weekday() != 0:
            raise forms.ValidationError(f"A week starts on a Monday; {day.day} {day:%B %Y} is a {day:%A}.")
        return day


class CommentForm(PortalForm):
    """Why something is sent back."""

    comment = forms.CharField(
        label="What should be different",
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say in a sentence what should be different."},
    )
