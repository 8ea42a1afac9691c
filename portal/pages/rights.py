"""What Wagtail's groups of editors may do beyond pages and images: keep the glossary."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

#: Wagtail's own groups; who is in them is decided with the roles of editor and office.
GROUPS = ("Editors", "Moderators")
#: Models of this app that are kept outside the tree of pages.
KEPT = ("term",)


def grant(*, sender: AppConfig, using: str = "default", verbosity: int = 0, **_: Any) -> None:
    """After a migration: let both groups add, change and delete what is kept. Harmless when repeated."""
    # Django makes the rows of permissions at the same signal, and may come after us.
    create_permissions(sender, verbosity=verbosity, using=using, apps=apps)
    wanted = Permission.objects.using(using).filter(
        content_type__app_label=sender.label,
        codename__in=[f"{verb}_{model}" for verb in ("add", "change", "delete", "view") for model in KEPT],
    )
    for group in Group.objects.using(using).filter(name__in=GROUPS):
        group.permissions.add(*wanted)
