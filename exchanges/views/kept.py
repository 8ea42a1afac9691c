"""What was typed into a section while nobody was signed in: kept in the session, put back after signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from exchanges.forms.sections import PLAIN_FORMS, AimForm

KEY = "exchanges_typed"
#: Longest text that is kept, characters of the encoded form; all sections together stay far below.
LONGEST = 100_000
#: Names that are no answers.
_NOT_ANSWERS = frozenset({"csrfmiddlewaretoken", "version", "order"})


def keep(request: HttpRequest, *, pk: int, key: str) -> bool:
    """Keep what was posted to a section; returns whether it was short enough.

    The text lies in the session's row, not in the browser. Signing in turns this very session into the person's, and
    only the applicant of `pk` is ever shown it.
    """
    text = request.POST.urlencode()
    if len(text) > LONGEST:
        return False
    request.session[KEY] = {"application": pk, "section": key, "text": text}
    return True


def kept(request: HttpRequest, *, pk: int, key: str) -> QueryDict | None:
    """Return what was kept for this section, or None."""
    found = request.session.get(KEY)
    if not found or (found.get("application"), found.get("section")) != (pk, key):
        return None
    return QueryDict(found["text"])


def forget(request: HttpRequest, *, pk: int, key: str) -> None:
    """Throw away what was kept for this section."""
    if kept(request, pk=pk, key=key) is not None:
        del request.session[KEY]


def typed(data: QueryDict) -> list[dict[str, str]]:
    """Return what was typed with its labels, for `components/answers.html`."""
    labels = {
        name: str(field.label) for form in (*PLAIN_FORMS.values(), AimForm) for name, field in form.base_fields.items()
    }
    return [
        {"label": labels.get(name) or _words(name), "value": value}
        for name, values in data.lists()
        if name not in _NOT_ANSWERS and not name.endswith("_FORMS")
        for value in values
        if value.strip()
    ]


def signed_out(request: HttpRequest, *, pk: int, key: str) -> HttpResponse:
    """Answer a section posted without a session: what was typed is kept and shown, and the way back leads to it."""
    context = {
        "is_kept": keep(request, pk=pk, key=key),
        "typed": typed(request.POST),
        "next": reverse("exchanges:section", kwargs={"pk": pk, "key": key}),
    }
    return render(request, "exchanges/apply/signed_out.html", context, status=401)


def _words(name: str) -> str:
    stem, _, number = name.partition("-")
    words = {"languages": "Language", "away": "Days away", "reason": "Reason for leaving a week out"}.get(stem, stem)
    return words if stem == "reason" or not number[:1].isdigit() else f"{words}, row {int(number.split('-')[0]) + 1}"
