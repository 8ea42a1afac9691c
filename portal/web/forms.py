"""Forms in the anatomy of one label, one hint, one error each.

A form that inherits `PortalForm` or `PortalModelForm` prints with ``components/form_fields.html`` or field by field
with ``components/field.html``. Mistakes are found on the server: browser bubbles and silent cutting at `maxlength`
are switched off, because neither says what was kept.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField, widgets
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from portal.web import putback

#: Which template branch draws a widget; the first match wins.
_KINDS: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.CheckboxSelectMultiple, "checkboxes"),
    (widgets.RadioSelect, "radios"),
    (widgets.CheckboxInput, "checkbox"),
    (widgets.SelectMultiple, "multiple"),
    (widgets.Select, "select"),
    (widgets.Textarea, "textarea"),
    (widgets.FileInput, "file"),
    (widgets.MultiWidget, "group"),
    (widgets.SelectDateWidget, "group"),
)
#: What is said when an answer is missing, by kind.
_REQUIRED = defaultdict(
    lambda: gettext_lazy("Fill in “{label}”"),
    select=gettext_lazy("Choose an answer to “{label}”"),
    radios=gettext_lazy("Choose an answer to “{label}”"),
    checkboxes=gettext_lazy("Choose at least one answer to “{label}”"),
    multiple=gettext_lazy("Choose at least one answer to “{label}”"),
    checkbox=gettext_lazy("Tick “{label}” to go on"),
    file=gettext_lazy("Add a file for “{label}”"),
)
#: Kinds whose controls share a legend instead of a label.
GROUPS = frozenset({"checkboxes", "radios", "group"})


@dataclass(frozen=True, slots=True)
class FieldShape:
    """What a template needs to draw a field: its kind, the ids that tie label, hint, error and control together."""

    kind: str
    control_id: str
    hint_id: str
    error_id: str
    count_id: str
    limit: int | None
    length: int
    attrs: dict[str, Any] = field(default_factory=dict)

    @property
    def grouped(self) -> bool:
        """Whether several controls stand under one legend."""
        return self.kind in GROUPS

    @property
    def described_by(self) -> str:
        """Ids of hint and error, for a fieldset."""
        return self.attrs.get("aria-describedby", "")


def kind_of(widget: widgets.Widget) -> str:
    """Return the template branch for a widget: "text" unless it is one of the special kinds."""
    if widget.is_hidden:
        return "hidden"
    return next((kind for type_, kind in _KINDS if isinstance(widget, type_)), "text")


def _control_id(bound: BoundField, kind: str) -> str:
    # Groups have no control of the field's own id; Django numbers their controls from 0.
    if kind in {"radios", "checkboxes"}:
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


def shape_of(bound: BoundField) -> FieldShape:
    """Return the shape of a bound field, with the attributes its control is printed with."""
    widget = bound.field.widget
    kind = kind_of(widget)
    limit = widget.attrs.get("data-limit") if kind == "textarea" else None
    hint_id, error_id, count_id = (f"{bound.auto_id}_{part}" for part in ("helptext", "error", "count"))
    described = [hint_id] if bound.help_text else []
    described += [error_id] if bound.errors else []
    described += [count_id] if limit else []
    attrs: dict[str, Any] = {}
    if kind not in {"checkbox", "radios", "checkboxes", "hidden"}:
        attrs["class"] = " ".join(filter(None, ("input", widget.attrs.get("class", "").replace("input", "").strip())))
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors and kind not in GROUPS:
        attrs["aria-invalid"] = "true"
    value = bound.value()
    return FieldShape(
        kind=kind,
        control_id=_control_id(bound, kind),
        hint_id=hint_id,
        error_id=error_id,
        count_id=count_id,
        limit=int(limit) if limit else None,
        length=len(str(value).replace("\r\n", "\n")) if value and kind == "textarea" else 0,
        attrs=attrs,
    )


def _with_plain_breaks(to_python: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return `to_python` for text whose line breaks count once, as on the page: browsers post two characters each."""

    def converted(value: Any) -> Any:
        return to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)

    return converted


class PortalFormMixin:
    """Prepares widgets for the portal's field template.

    Textareas keep their limit in ``data-limit`` for the count beneath them; no control carries ``maxlength``, so
    nothing that is pasted gets lost before the server can say by how much it is too long. Dates use the browser's
    picker and ISO values.
    """

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self._put_back = None if self.is_bound else putback.offered()  # type: ignore[attr-defined]
        if self._put_back is not None:
            self._put_back.offer(self)  # type: ignore[arg-type]
        for name, form_field in self.fields.items():  # type: ignore[attr-defined]
            self._prepare(form_field.widget)
            self._word(name, form_field)
            if isinstance(form_field, forms.CharField) and isinstance(form_field.widget, widgets.Textarea):
                form_field.to_python = _with_plain_breaks(form_field.to_python)  # type: ignore[method-assign]

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Return what a field begins with: the answer that a lost session left behind, where this form was sent."""
        if self._put_back is not None and self._put_back.fills(self):  # type: ignore[arg-type]
            with contextlib.suppress(KeyError):
                return self._put_back.answer(self, field, field_name)  # type: ignore[arg-type]
        return super().get_initial_for_field(field, field_name)  # type: ignore[misc]

    @staticmethod
    def _word(name: str, form_field: forms.Field) -> None:
        """Replace Django's "This field is required." by a sentence that still makes sense in the summary."""
        label = form_field.label or name.replace("_", " ").capitalize()
        if form_field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
            form_field.error_messages["required"] = format_lazy(_REQUIRED[kind_of(form_field.widget)], label=label)
        # The summary stands apart from the field: a message without the field's name would say nothing there.
        form_field.error_messages.setdefault(
            "max_length",
            format_lazy(
                gettext_lazy("{label}: at most %(limit_value)d characters; these are %(show_value)d"), label=label
            ),
        )
        if isinstance(form_field, forms.DateField):
            default = forms.DateField.default_error_messages["invalid"]
            if form_field.error_messages.get("invalid") == default:
                form_field.error_messages["invalid"] = format_lazy(
                    gettext_lazy("Give “{label}” as a day, month and year"), label=label
                )

    @staticmethod
    def _prepare(widget: widgets.Widget) -> None:
        limit = widget.attrs.pop("maxlength", None)
        widget.attrs.pop("minlength", None)
        if limit is not None and isinstance(widget, widgets.Textarea):
            widget.attrs["data-limit"] = str(limit)
        if isinstance(widget, widgets.Textarea):
            # Django's 40 by 10 comes from a time without stylesheets; the height follows the text.
            widget.attrs.pop("cols", None)
        if isinstance(widget, widgets.DateInput):
            widget.input_type, widget.format = "date", "%Y-%m-%d"
        elif isinstance(widget, widgets.TimeInput):
            widget.input_type, widget.format = "time", "%H:%M"
        elif type(widget) is widgets.DateTimeInput:
            widget.input_type, widget.format = "datetime-local", "%Y-%m-%dT%H:%M"


class PortalForm(PortalFormMixin, forms.Form):
    """A form of the portal."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):
    """A model's form of the portal."""
