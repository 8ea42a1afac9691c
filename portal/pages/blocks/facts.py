"""Numbers, and what happened when."""

from __future__ import annotations

from wagtail.blocks import CharBlock, ChoiceBlock, ListBlock, StructBlock, TextBlock


class FigureBlock(StructBlock):
    """One number and what it counts. Where it was read belongs to its words."""

    value = CharBlock(max_length=12, help_text="The number, with its unit where it is short: “29”, “60 min”.")
    label = CharBlock(max_length=120, help_text="What it counts, and where it was read.")


FIGURES_PREVIEW = [
    {"value": "60", "label": "minutes in the Golden Hour"},
    {"value": "6", "label": "Technology Interest Groups"},
]


class TimelineEntryBlock(StructBlock):
    """What happened, and when."""

    when = CharBlock(max_length=40, help_text="As exactly as it is known: “2021”, “December 2023”, “3 May 2027”.")
    title = CharBlock(max_length=120, help_text="What happened, in a few words.")
    text = TextBlock(required=False, max_length=400, help_text="One or two sentences more. Optional.")
    state = ChoiceBlock(
        choices=[("past", "Has happened"), ("now", "Is under way"), ("next", "Is still to come")], default="past"
    )


class TimelineBlock(StructBlock):
    """Steps in the order in which they happened."""

    title = CharBlock(max_length=120, help_text="A heading of the second level; the steps are of the third.")
    entries = ListBlock(TimelineEntryBlock(), min_num=2, max_num=20, help_text="From the first to the last.")

    class Meta:
        icon = "history"
        group = "Facts"
        template = "pages/blocks/timeline.html"
        description = "Two to twenty steps, from the first to the last."
        preview_value = {
            "title": "How it began",
            "entries": [
                {"when": "January", "title": "The first meeting", "text": "An example.", "state": "past"},
                {"when": "March", "title": "A pilot with two centres", "text": "", "state": "next"},
            ],
        }
