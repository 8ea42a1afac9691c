"""What every page of the portal has: its label at the top, where it stands, whether it is made up."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page, PageViewRestriction

from portal.access.pages import ProtectedPageManager
from portal.pages.domain.frame import frame_of
from portal.pages.domain.glossary import Linker
from portal.pages.editing import PortalPageForm
from portal.web import languages, roots


class PortalPage(Page):
    """Base of the portal’s page types."""

    is_sample = models.BooleanField(
        "sample content", default=False, help_text="Made up to try the portal out. The page then says so."
    )

    objects = ProtectedPageManager()

    settings_panels = [*Page.settings_panels, FieldPanel("is_sample")]
    base_form_class = PortalPageForm

    class Meta:
        abstract = True

    #: None of Wagtail's own restrictions is offered: lists, feeds, letters and pictures ask the rule and nothing else.
    private_page_options: ClassVar[list[str]] = []

    #: The field that stands beneath the title, and for the page where editors left its description empty.
    lead_field = "lead"

    @property
    def description(self) -> str:
        """What search engines and previews say of the page: one or two sentences."""
        return self.search_description or getattr(self, self.lead_field, "") or self.title

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the template's context: the page, its rule, the zone strip, the crumbs, and what links terms."""
        frame = frame_of(page=self, request=request)
        return super().get_context(request, *args, **kwargs) | frame | {"glossary": Linker()}

    def get_url_parts(self, request: Any = None) -> Any:
        """Return Wagtail's parts of the address; that of an English page keeps the language of the reader.

        A page that is not public has one address: with a prefix it leads there (`portal.pages.wagtail_hooks`).
        """
        parts = super().get_url_parts(request or roots.kept())
        if parts is None or parts[2] is None:
            return parts
        return (*parts[:2], languages.local(parts[2]))

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Return Wagtail's own restrictions of this page, of those above it and of what they are aliases of.

        The same answer as Wagtail's in one query, or in none where the rule of this request has already seen that
        there are none (`portal.access.wagtail_hooks`).
        """
        if getattr(self, "without_restrictions", False):
            return PageViewRestriction.objects.none()
        paths = [self.path[:step] for step in range(self.steplen, len(self.path) + 1, self.steplen)]
        return PageViewRestriction.objects.filter(
            models.Q(page__path__in=paths) | models.Q(page__aliases__path__in=paths)
        ).distinct()
