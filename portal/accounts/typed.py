"""What somebody typed into a form whose session was gone: shown once more, so that it can be copied."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

#: Never shown back.
_SECRET_WORDS = ("password", "code", "token")
#: Names in a posted form that are no answers.
_NO_ANSWERS = frozenset({"version", "base_version", "submit"})


def texts(data: QueryDict) -> list[tuple[str, str]]:
    """Return what is worth keeping of a posted form: (name in words, text), secrets left out."""
    return [
        (name.replace("_", " ").replace("-", " "), value)
        for name, values in data.lists()
        if name not in _NO_ANSWERS and not any(word in name.lower() for word in _SECRET_WORDS)
        for value in values
        if value.strip()
    ]


def show(request: HttpRequest, *, reason: str, status: int) -> HttpResponse:
    """Return the page that says why nothing was carried out, with what was typed and the way to sign in."""
    context = {"reason": reason, "typed": texts(request.POST), "next": request.path}
    return render(request, "accounts/session_ended.html", context, status=status)
