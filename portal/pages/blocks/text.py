"""Words: text, a quotation, and text that was made up."""

from __future__ import annotations

from wagtail.blocks import CharBlock, RichTextBlock, StructBlock, TextBlock

#: No first heading (the title is it) and no images inside text.
TEXT_FEATURES = ["h2", "h3", "bold", "ol", "ul", "link", "hr"]

TEXT_PREVIEW = (
    "<h2>What happens in the first hour</h2><p>A call comes in. The shift leader decides who goes, who is told, and"
    " who writes down what was decided.</p><ul><li>Send the nearest patrol.</li><li>Tell the neighbouring centre.</li>"
    "</ul>"
)


class QuoteBlock(StructBlock):
    """Somebody's words, with who said them."""

    words = TextBlock(max_length=600, help_text="Their words, without quotation marks.")
    source = CharBlock(
        required=False, max_length=160, help_text="Who said it, and where: “Report on the pilot, December 2023”."
    )

    class Meta:
        icon = "openquote"
        group = "Text"
        label = "Quotation"
        template = "pages/blocks/quote.html"
        description = "One sentence that deserves to stand alone. Two on a page are many."
        preview_value = {
            "words": "We knew the map of the neighbouring centre. Now we know who answers the telephone.",
            "source": "A shift leader, after a week abroad (made-up example)",
        }


class SampleTextBlock(StructBlock):
    """A stretch of text that was made up to try the portal out; it carries the sample badge."""

    title = CharBlock(max_length=120, help_text="Stands as a heading of the second level.")
    text = RichTextBlock(features=TEXT_FEATURES)

    class Meta:
        icon = "warning"
        group = "Text"
        label = "Sample text"
        template = "pages/blocks/sample.html"
        description = "Text that was made up to try the portal out. Readers see a badge that says so."
        preview_value = {"title": "An example", "text": "<p>This was made up to show how it will look.</p>"}
