"""The few blocks that editors write pages with."""

from portal.pages.blocks.body import BodyBlock
from portal.pages.blocks.facts import FigureBlock
from portal.pages.blocks.text import TEXT_FEATURES

__all__ = ["TEXT_FEATURES", "BodyBlock", "FigureBlock"]
