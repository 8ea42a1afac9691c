"""The frame of a page: its label, the handling strip, and where it stands."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.models import Page

from portal.access.labels import Audience
from portal.access.models import PageRule, Rule
from portal.access.pages import trail
from portal.access.viewer import overlap
from portal.web.languages import local, of_path

#: Depth of the home page in Wagtail's tree; the root is 1.
HOME_DEPTH = 2

#: Who an audience is, as the strip at the top names it.
STRIP_TITLES = {
    Audience.MEMBERS: "Member area.",
    Audience.GROUP: "Group area.",
    Audience.COUNTRY: "For one country.",
    Audience.ORGANISATION: "For one organisation.",
    Audience.NAMED: "For named people.",
}


def zone_for(rule: Rule) -> dict[str, str] | None:
    """Return the handling strip of a rule, or None where anyone may read."""
    if rule.audience == Audience.PUBLIC:
        return None
    return {"tlp": rule.tlp, "title": STRIP_TITLES[Audience(rule.audience)], "text": rule.meaning}


def frame_of(*, page: Page, request: HttpRequest) -> dict[str, Any]:
    """Return `tlp`, `zone`, `crumbs` and `words_in` of a page for its template.

    A restricted page says its label in the strip at the top, a public one beside its kind: once, never twice. Crumbs
    are (title, address) of the pages above that the viewer may see, from the home page down. No query where the page
    was reached by its address, one in a preview. `words_in` is the code of the language that editors wrote it in, which
    is English on a page in another language that was not translated yet.
    """
    rows: list[PageRule] = getattr(request, "page_trail", None) or (trail(page) if page.path else [])
    own = rows[-1].rule if rows and rows[-1].page_id == page.pk else None
    zone = zone_for(own) if own else None
    return {
        "tlp": own.tlp if own and not zone else "",
        "zone": zone,
        "words_in": getattr(request, "words_in", "") or of_path(request.path),
        "crumbs": [
            # The title of the home page is the portal's name, which says nothing in a path.
            (_("Home") if row.page.depth == HOME_DEPTH else row.page.title, local(row.page.get_url(request) or ""))
            for row in rows
            if HOME_DEPTH <= row.page.depth < page.depth
            and row.page.live
            and overlap(request.viewer, row.rule.principals)  # type: ignore[attr-defined]
        ],
    }
