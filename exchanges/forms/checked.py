"""Forms that are filled from a model but written by the domain, and forms that may be incomplete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict, ErrorList


class CheckedByModel:
    """Mixin of a model form: the model's validators run, the instance stays as the database has it.

    A page that shows mistakes must not show as kept what was never saved.
    """

    def _post_clean(self) -> None:
        form: Any = self
        for name in form._meta.fields:
            if name not in form.cleaned_data or form.cleaned_data[name] in (None, ""):
                continue
            field = form._meta.model._meta.get_field(name)
            if field.is_relation:
                continue
            try:
                field.run_validators(form.cleaned_data[name])
            except ValidationError as error:
                form.add_error(name, error)


class DraftMixin:
    """Lets what is required stay empty while it is a draft; the label says "(optional)" only where it truly is."""

    #: Names that must not stay empty in the end.
    needed: tuple[str, ...] = ()

    def full_clean(self) -> None:
        """Clean as if nothing were required, then restore what is."""
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name in self.needed:
            fields[name].required = False
        super().full_clean()  # type: ignore[misc]
        for name in self.needed:
            fields[name].required = True

    @property
    def valid_data(self) -> dict[str, Any]:
        """What can be saved now: every answer without a mistake."""
        if not self.is_bound:  # type: ignore[attr-defined]
            return {}
        errors = self.errors  # type: ignore[attr-defined]
        return {name: value for name, value in self.cleaned_data.items() if name not in errors}  # type: ignore[attr-defined]


class Flagged:
    """Lets a form that was only opened show what is missing, as if somebody had sent it."""

    def flag(self, missing: Mapping[str, str]) -> None:
        """Put words beside fields; `missing` maps their names to the words."""
        self._errors = ErrorDict({name: ErrorList([words]) for name, words in missing.items()})
