"""Tags of the pages that lead into the portal."""

from __future__ import annotations

from django import template

from portal.accounts import identity

register = template.Library()


@register.simple_tag
def identity_providers() -> list[identity.Offered]:
    """Return the identity providers that this portal is configured with."""
    return identity.offered()
