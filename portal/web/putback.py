"""Text put back into a form: what somebody had typed before the session ended, offered to the forms of one page.

`offering` names the text for the length of a request; every unbound form of the page (`portal.web.forms`) asks whether
it is the one that was sent, and then begins with those answers. Nothing is sent by it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import widgets
from django.http import QueryDict

#: No answer of its own: the page gives a fresh one.
NO_ANSWERS = frozenset({"csrfmiddlewaretoken", "version", "base_version", "submit", "next"})
#: Parts of the names of fields whose content is never kept nor shown again.
SECRETS = ("password", "code", "token", "secret", "passkey")
#: Widgets a browser sends nothing for where nothing is ticked.
_SILENT = (widgets.CheckboxInput, widgets.CheckboxSelectMultiple, widgets.RadioSelect, widgets.SelectMultiple)


def is_secret(name: str) -> bool:
    """Return whether a field of this name may hold a password, a code or a key."""
    return any(word in name.lower() for word in SECRETS)


@dataclass
class PutBack:
    """The answers on offer: `data` as they were posted, secrets and files left out; `url` shows them by themselves."""

    data: QueryDict
    url: str
    forms: list[forms.BaseForm] = field(default_factory=list)

    @property
    def actions(self) -> list[tuple[str, str]]:
        """What one can do about the text beside sending it: (words, url)."""
        return [("See it by itself, or throw it away", self.url)]

    def offer(self, form: forms.BaseForm) -> None:
        """Let a form of the page be one of those that may take the answers."""
        self.forms.append(form)

    @property
    def taken(self) -> bool:
        """Whether a form of the page begins with the answers."""
        return any(self.fills(form) for form in self.forms)

    def fills(self, form: forms.BaseForm) -> bool:
        """Return whether `form` is the one that was sent: all its fields are among the answers, and no twin has them.

        Of two forms with the same fields nobody can tell which it was, so neither takes them.
        """
        names = _names(form)
        if not names or not names <= set(self.data):
            return False
        if not any(text.strip() for name in names for text in self.data.getlist(name)):
            return False
        rivals = (_names(other) for other in self.forms if other is not form)
        return not any(rival and rival <= set(self.data) and rival & names for rival in rivals)

    def answer(self, form: forms.BaseForm, field: forms.Field, name: str) -> Any:
        """Return the answer for a field as its widget reads it. Raises `KeyError` for one that is not to be filled."""
        if not _is_open(field, name):
            raise KeyError(name)
        return field.widget.value_from_datadict(self.data, {}, form.add_prefix(name))


def _is_open(field: forms.Field, name: str) -> bool:
    hidden = field.widget.is_hidden or field.disabled or isinstance(field.widget, widgets.PasswordInput)
    return not (hidden or field.widget.needs_multipart_form or is_secret(name) or name in NO_ANSWERS)


def _names(form: forms.BaseForm) -> set[str]:
    """Return the names a browser always sends of a form, those that may be put back."""
    return {
        form.add_prefix(name)
        for name, each in form.fields.items()
        if _is_open(each, name) and not isinstance(each.widget, (*_SILENT, widgets.MultiWidget))
    }


_offered: ContextVar[PutBack | None] = ContextVar("put_back", default=None)


def offered() -> PutBack | None:
    """Return what is on offer to the forms of the page that is being made."""
    return _offered.get()


@contextlib.contextmanager
def offering(put_back: PutBack | None) -> Iterator[None]:
    """Offer answers to all forms made inside."""
    token = _offered.set(put_back)
    try:
        yield
    finally:
        _offered.reset(token)
