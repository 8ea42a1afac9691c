"""A member's own profile."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.community.domain.profiles import centres_for
from portal.community.models import CEFR, Centre, Language, Person
from portal.web.forms import PortalForm

#: Rows for languages: so many at most, and so many empty ones after those that are filled in.
MOST_LANGUAGES, SPARE_ROWS = 10, 2


class ProfileForm(PortalForm):
    """Name, function, centre, and the languages one works in with their level."""

    name = forms.CharField(
        label="Name", max_length=120, help_text="As your colleagues know you. Your contact point is told of a new one."
    )
    function = forms.CharField(
        label="Function", max_length=120, required=False, help_text="For example: shift leader, duty officer."
    )
    centre = forms.ChoiceField(label="Centre", required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        self.person = person
        self.centres: dict[str, Centre] = {str(row.pk): row for row in centres_for(person)}
        if person.centre is not None:
            # One of another organisation, given by hand, stays choosable until it is changed.
            self.centres.setdefault(str(person.centre_id), person.centre)
        given = [(row.language_id, row.level) for row in person.languages.order_by("pk")]
        initial = {"name": person.name, "function": person.function, "centre": str(person.centre_id or "")}
        super().__init__(*args, initial=initial, **kwargs)
        centre: Any = self.fields["centre"]
        centre.choices = [("", "None"), *((key, row.name) for key, row in self.centres.items())]
        languages = [("", "None"), *Language.objects.values_list("code", "name")]
        self.rows = self._count(len(given))
        for number in range(1, self.rows + 1):
            code, level = given[number - 1] if number <= len(given) else ("", "")
            self.fields[f"language_{number}"] = forms.ChoiceField(
                label=f"Language {number}", choices=languages, required=False, initial=code
            )
            self.fields[f"level_{number}"] = forms.ChoiceField(
                label=f"Level in language {number}",
                choices=[("", "Choose"), *CEFR.choices],
                required=False,
                initial=level,
            )

    def _count(self, given: int) -> int:
        """Return how many rows there are: as many as were on the page that is sent."""
        posted = sum(f"language_{number}" in self.data for number in range(1, MOST_LANGUAGES + 1)) if self.data else 0
        return min(MOST_LANGUAGES, max(posted, given + SPARE_ROWS, 3))

    def clean_name(self) -> str:
        """Return the name with single spaces."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_centre(self) -> Centre | None:
        """Return the centre itself."""
        return self.centres.get(self.cleaned_data["centre"])

    def clean(self) -> dict[str, Any]:
        """Each language once, each with a level."""
        data = super().clean() or {}
        seen: set[str] = set()
        for number in range(1, self.rows + 1):
            code, level = data.get(f"language_{number}"), data.get(f"level_{number}")
            if code in seen:
                self.add_error(f"language_{number}", "This language stands in another row already")
            elif code and not level:
                self.add_error(f"level_{number}", f"Choose your level in language {number}")
            elif level and not code:
                self.add_error(f"language_{number}", "Choose the language of this level")
            if code:
                seen.add(code)
        return data

    @property
    def languages(self) -> dict[str, str]:
        """Level by language code."""
        pairs = ((self.cleaned_data[f"language_{n}"], self.cleaned_data[f"level_{n}"]) for n in range(1, self.rows + 1))
        return {code: level for code, level in pairs if code}

    @property
    def language_pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Language and level side by side."""
        return [(self[f"language_{n}"], self[f"level_{n}"]) for n in range(1, self.rows + 1)]

    @property
    def word_fields(self) -> list[forms.BoundField]:
        """The fields above the languages."""
        return [self[name] for name in ("name", "function", "centre")]
