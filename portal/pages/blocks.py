"""The few blocks that editors write pages with."""

from wagtail.blocks import (
    CharBlock,
    ListBlock,
    RichTextBlock,
    StreamBlock,
    StructBlock,
    TextBlock,
)

#: No first heading (the title is it) and no images inside text.
TEXT_FEATURES = ["h2", "h3", "bold", "ol", "ul", "link", "hr"]


class QuoteBlock(StructBlock):
    """Somebody's words, with who said them."""

    words = TextBlock()
    source = CharBlock(required=False)

    class Meta:
        icon = "openquote"
        template = "pages/blocks/quote.html"


class FigureBlock(StructBlock):
    """One number and what it counts. Where it was read belongs to its words."""

    value = CharBlock(max_length=12)
    label = CharBlock(max_length=120)


class LinkedTextBlock(StructBlock):
    """A heading, a sentence and where to go."""

    title = CharBlock(max_length=120)
    text = TextBlock(required=False)
    url = CharBlock(required=False, help_text="A path of this site such as /library/, or a full address.")


class SampleTextBlock(StructBlock):
    """A stretch of text that was made up to try the portal out; it carries the sample badge."""

    title = CharBlock(max_length=120)
    text = RichTextBlock(features=TEXT_FEATURES)

    class Meta:
        icon = "warning"
        template = "pages/blocks/sample.html"


class BodyBlock(StreamBlock):
    """The body of a page."""

    text = RichTextBlock(features=TEXT_FEATURES, template="pages/blocks/text.html", icon="pilcrow")
    quote = QuoteBlock()
    figures = ListBlock(FigureBlock(), min_num=1, max_num=5, template="pages/blocks/figures.html", icon="order")
    links = ListBlock(LinkedTextBlock(), min_num=1, template="pages/blocks/links.html", icon="link")
    sample = SampleTextBlock()
