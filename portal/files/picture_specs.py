"""The sizes and formats in which pictures are shown: one list for the templates, the job and the tests.

A visitor's request never makes a picture, so a template may only ask for what stands here.
"""

from __future__ import annotations

from wagtail.images.models import Filter

#: The picture as it is, over a column of text or the width of the page; up to twice the pixels of a wide column.
WHOLE = "format-{avif,webp,jpeg}|width-{480,960,1440}"
#: Cut to three by two round the focal point, for lists.
CARD = "format-{avif,webp,jpeg}|fill-{360x240,720x480}"
#: For Open Graph: what other sites show of a page (1200 by 630 pixels, a format that all of them read).
SHARED = "format-jpeg|fill-1200x630"

SPECS: tuple[str, ...] = tuple(spec for shape in (WHOLE, CARD, SHARED) for spec in Filter.expand_spec(shape))
