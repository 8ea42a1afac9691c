"""QR codes as SVG that a page may carry: no style, no class, no script."""

from __future__ import annotations

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str, label: str) -> SafeString:
    """Return the QR code of `text` as an inline SVG that screen readers call `label`."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(svgclass=None, lineclass=None, omitsize=True, border=0)
    # segno's output holds numbers alone; the label is escaped.
    return format_html('<svg role="img" aria-label="{}"{}', label, mark_safe(drawn.removeprefix("<svg")))  # noqa: S308
