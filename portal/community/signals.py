"""What follows when a membership or a role ends: the sessions end at once.

Changes that send no signal, and roles that end by their date, are found by the gate at the next request.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from portal.access import clock
from portal.accounts.domain.sessions import end_all
from portal.community.models import Person, RoleTerm


@receiver(post_save, sender=Person)
def membership_ended(sender: type, instance: Person, created: bool, **_: Any) -> None:  # noqa: FBT001 - Django's signature
    """End the sessions of somebody who is no member any more."""
    if not created and not instance.active:
        end_all(user=instance.user, reason="member")


@receiver(post_save, sender=RoleTerm)
def role_ended(sender: type, instance: RoleTerm, created: bool, **_: Any) -> None:  # noqa: FBT001 - Django's signature
    """End the sessions of somebody whose role was ended by hand."""
    if not created and instance.ends_on is not None and instance.ends_on < clock.today():
        end_all(user=instance.person.user, reason="role")


@receiver(post_delete, sender=RoleTerm)
def role_removed(sender: type, instance: RoleTerm, origin: Any, **_: Any) -> None:
    """End the sessions of somebody whose role was taken away while it was in force; not while a person is deleted."""
    today = clock.today()
    in_force = instance.starts_on <= today and (instance.ends_on is None or instance.ends_on >= today)
    if in_force and (origin is instance or getattr(origin, "model", None) is RoleTerm):
        end_all(user=instance.person.user, reason="role")
