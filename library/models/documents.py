"""Documents and films."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from library.domain.transcripts import Cue, cues_of
from library.models.records import Kind, RecordPage
from portal.pages.fields import BodyField


class DocumentPage(RecordPage):
    """A report, a guideline, a paper: its record, and its substance in readable text."""

    body = BodyField(blank=True)
    #: Where the original can be had while the portal does not hold it.
    original_note = models.CharField(max_length=200, blank=True)

    is_creatable = True
    template = "library/document.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("kind"),
        *RecordPage.record_panels,
        FieldPanel("body"),
        FieldPanel("original_note"),
    ]
    search_fields = [*RecordPage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = "document"


class VideoPage(RecordPage):
    """A film: its record, its length and its words. The clip is kept elsewhere until the portal holds files."""

    only_kind = Kind.VIDEO
    body = BodyField(blank=True)
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    #: One line for each caption: "02:13 What is said."
    transcript = models.TextField(blank=True, help_text="One line for each caption: 02:13 What is said.")
    transcript_is_sample = models.BooleanField(default=False)
    #: Where the film can be seen, in words, and its address there. A link leads there; nothing is ever embedded.
    published_in = models.CharField("published in", max_length=160, blank=True)
    published_url = models.URLField("its address there", blank=True)
    original_note = models.CharField(max_length=200, blank=True)

    is_creatable = True
    template = "library/video.html"
    content_panels = [
        *Page.content_panels,
        *RecordPage.record_panels,
        FieldPanel("body"),
        FieldPanel("duration_seconds"),
        FieldPanel("transcript"),
        FieldPanel("transcript_is_sample"),
        FieldPanel("published_in"),
        FieldPanel("published_url"),
        FieldPanel("original_note"),
    ]
    search_fields = [*RecordPage.search_fields, index.SearchField("body"), index.SearchField("transcript")]

    class Meta:
        verbose_name = "film"

    @property
    def cues(self) -> list[Cue]:
        """The lines of the transcript with their times."""
        return cues_of(self.transcript)

    @property
    def duration_text(self) -> str:
        """The length as "06:40 minutes"; empty while it is not known."""
        if not self.duration_seconds:
            return ""
        minutes, seconds = divmod(self.duration_seconds, 60)
        return f"{minutes:02d}:{seconds:02d} minutes"

    def clean(self) -> None:
        """Refuse a transcript with a line that has no time."""
        super().clean()
        try:
            cues_of(self.transcript)
        except ValueError as error:
            raise ValidationError({"transcript": str(error)}) from error
