"""The stylesheet of the portal: eight layers in many small files, served as one.

The sources under ``static/web/css`` are what people edit. ``manage.py build_css`` joins them, in the order below,
into ``static/web/portal.css``; a test fails when that file is stale. One request and one compression window cost
a third less than a link for each file (10 kB instead of 14), without a bundler.
"""

import re
from pathlib import Path

CSS_ROOT = Path(__file__).parent / "static" / "web" / "css"
BUILT_STYLESHEET = CSS_ROOT.parent / "portal.css"

SOURCES = (
    "reset.css",
    "tokens.css",
    "base.css",
    "layout.css",
    "components/shell.css",
    "components/content.css",
    "components/pieces.css",
    "components/blocks.css",
    "components/clock.css",
    "components/charts.css",
    "components/forms.css",
    "components/search.css",
    "components/work.css",
    "components/gate.css",
    "utilities.css",
    "print.css",
)

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
#: White space that says nothing: about the signs that end something, and behind the colon of a declaration. Before a
#: colon it does: ".notice :focus" is not ".notice:focus".
_SPACE = re.compile(r"\s*([{};,])\s*|(?<=:)\s+")


def joined_stylesheet() -> str:
    """The layer files in cascade order as one sheet, without comments and idle space; font paths rewritten."""
    parts = [(CSS_ROOT / name).read_text(encoding="utf-8") for name in SOURCES]
    sheet = _SPACE.sub(lambda found: found[1] or "", _COMMENT.sub("", "\n".join(parts))).strip()
    return sheet.replace("}", "}\n").replace("url(../fonts/", "url(fonts/")


def build_stylesheet() -> Path:
    """Write the joined sheet and return its path."""
    BUILT_STYLESHEET.write_text(joined_stylesheet(), encoding="utf-8")
    return BUILT_STYLESHEET
