"""TLP labels and audiences, and which of them go together.

Labels: Traffic Light Protocol 2.0 by FIRST, written in capitals, without spaces, never translated.
"""

import re
from collections.abc import Collection

from django.db import models


class TLP(models.TextChoices):
    """FIRST's TLP 2.0 labels, strictest first."""

    RED = "TLP:RED", "TLP:RED"
    AMBER_STRICT = "TLP:AMBER+STRICT", "TLP:AMBER+STRICT"
    AMBER = "TLP:AMBER", "TLP:AMBER"
    GREEN = "TLP:GREEN", "TLP:GREEN"
    CLEAR = "TLP:CLEAR", "TLP:CLEAR"


class Audience(models.TextChoices):
    """Who may read a protected thing; all but the public need a second factor in this session."""

    PUBLIC = "public", "Anyone"
    MEMBERS = "members", "Members"
    GROUP = "group", "Members of a group"
    COUNTRY = "country", "People of a country"
    ORGANISATION = "organisation", "People of an organisation"
    NAMED = "named", "Named people"


#: Audiences that a label allows (design: access). Anything not listed is refused.
ALLOWED: dict[str, frozenset[str]] = {
    TLP.CLEAR: frozenset(Audience.values),
    TLP.GREEN: frozenset(Audience.values) - {Audience.PUBLIC},
    TLP.AMBER: frozenset({Audience.GROUP, Audience.COUNTRY, Audience.ORGANISATION, Audience.NAMED}),
    TLP.AMBER_STRICT: frozenset({Audience.ORGANISATION, Audience.NAMED}),
    TLP.RED: frozenset({Audience.NAMED}),
}

#: Principals of these audiences carry a key after the colon, `group:3`; the others stand alone.
KEYED = frozenset({Audience.GROUP, Audience.COUNTRY, Audience.ORGANISATION, Audience.NAMED})

#: What a key may look like: a country code, a number, a slug.
KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")

MEANING: dict[str, str] = {
    TLP.RED: "For the named people only. Nothing is passed on.",
    TLP.AMBER_STRICT: "For your organisation only, where it is needed.",
    TLP.AMBER: "For you, and within your organisation where it is needed.",
    TLP.GREEN: "For the community. Not for publication.",
    TLP.CLEAR: "May be shared without limits.",
}


class RuleRefused(ValueError):
    """A label and an audience that do not go together, or one of them unknown."""


def principals_for(*, tlp: str, audience: str, keys: Collection[object] = ()) -> frozenset[str]:
    """Return the principals that may read a thing with this label and audience.

    `keys` names the groups, countries, organisations or user ids of a keyed audience, without the prefix.
    Raises `RuleRefused` on an unknown or forbidden pair, or when keys are missing, malformed or out of place.
    """
    if tlp not in ALLOWED:
        raise RuleRefused(f"unknown TLP label {tlp!r}")
    if audience not in Audience.values:
        raise RuleRefused(f"unknown audience {audience!r}")
    if audience not in ALLOWED[tlp]:
        raise RuleRefused(f"{tlp} may not have the audience {audience!r}")
    if isinstance(keys, str):
        raise RuleRefused("keys are a collection of names, not one string")
    if audience in KEYED:
        if not keys:
            raise RuleRefused(f"the audience {audience!r} needs at least one name")
        # A blank would end a principal early where a rule's principals stand in one line, and "3 public" would open it.
        for key in keys:
            if not KEY.fullmatch(str(key)):
                raise RuleRefused(f"{key!r} cannot name a {audience}")
        return frozenset(f"{audience}:{key}" for key in keys)
    if keys:
        raise RuleRefused(f"the audience {audience!r} takes no names")
    return frozenset({str(audience)})
