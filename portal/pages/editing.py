"""What the CMS asks of every page before it is published."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

#: What search engines print of a description; a longer one is cut in the middle of a sentence.
ADVICE = (
    "One or two sentences, 70 to 160 characters: what the reader finds here. It stands beneath the title in search"
    " results, in lists and in what other sites show of the page. Needed before the page is published."
)
MISSING = (
    "Write one or two sentences about the page (tab “Promote”). It cannot be published without; a draft can be saved."
)
TOO_LONG = "This has {length} characters. Please keep to 300, so that it is not cut off; 160 are best."
LONGEST = 300


class PortalPageForm(WagtailAdminPageForm):
    """A page in the editor. Its description may be missing from a draft, and from nothing that is published."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("search_description")
        if field is not None:
            # The panel defers this while a draft is saved (`FieldPanel.required_on_save`).
            field.required = True
            field.label = "Description"
            field.help_text = ADVICE
            field.error_messages["required"] = MISSING

    def clean_search_description(self) -> str:
        """Return the description on one line. Refuses one that no list could show."""
        text = " ".join((self.cleaned_data["search_description"] or "").split())
        if len(text) > LONGEST:
            self.add_error("search_description", TOO_LONG.format(length=len(text)))
        return text
