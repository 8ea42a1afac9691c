"""Addresses and posted forms of an application's sections."""

from django.urls import reverse

from exchanges.domain import sections
from exchanges.models import Application


def url(application: Application, key: str = "centre") -> str:
    """Return the address of a section."""
    return reverse("exchanges:section", kwargs={"pk": application.pk, "key": key})


def autosave(application: Application, key: str = "centre") -> str:
    """Return the address to which a section saves by itself."""
    return reverse("exchanges:autosave", kwargs={"pk": application.pk, "key": key})


def fresh(application: Application) -> Application:
    """Return the application as it is now."""
    return Application.objects.get(pk=application.pk)


def rows(*pairs: tuple[str, str], **extra) -> dict[str, str]:
    """Return posted rows of languages."""
    data = {"languages-TOTAL_FORMS": str(len(pairs)), **extra}
    for index, (code, level) in enumerate(pairs):
        data |= {f"languages-{index}-language": code, f"languages-{index}-level": level}
    return data


def languages(application: Application) -> list[tuple[str, str]]:
    """Return the kept languages as (code, level)."""
    return [(row.language_id, row.level) for row in sections.language_rows(fresh(application))]
