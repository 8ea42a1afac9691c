"""Pages of Technology Interest Groups and projects."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable, Page
from wagtail.search import index

from portal.community.models import Group, Objective
from portal.pages.domain.groups import group_context, groups_context, project_context
from portal.pages.fields import BodyField
from portal.pages.models.base import PortalPage


class GroupIndexPage(PortalPage):
    """All groups and projects."""

    lead = models.TextField(max_length=400, blank=True)

    max_count = 1
    subpage_types = ["pages.GroupPage", "pages.ProjectPage"]
    template = "pages/group_index.html"
    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = "list of groups"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the visible group and project pages beneath."""
        context = super().get_context(request, *args, **kwargs)
        return context | groups_context(page=self, viewer=request.viewer)  # type: ignore[attr-defined]


class GroupPage(PortalPage):
    """One Technology Interest Group: objectives with what answers to them, current work, results, members."""

    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="page")
    lead = models.TextField(max_length=400)
    founded_by = models.CharField(max_length=120, blank=True)
    founded_by_url = models.CharField(
        "where to read of the founder", max_length=200, blank=True, help_text="A path of this site: /groups/qroc/."
    )
    body = BodyField(blank=True)

    parent_page_types = ["pages.GroupIndexPage"]
    template = "pages/group.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("group"),
        FieldPanel("lead"),
        FieldPanel("founded_by"),
        FieldPanel("founded_by_url"),
        FieldPanel("body"),
        InlinePanel("plans", label="What is planned", help_text="What comes next for an objective."),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
        index.RelatedFields("plans", [index.SearchField("text")]),
    ]

    class Meta:
        verbose_name = "group page"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add objectives, work, results and, for members only, the members."""
        context = super().get_context(request, *args, **kwargs)
        return context | group_context(page=self, viewer=request.viewer)  # type: ignore[attr-defined]


class ProjectPage(PortalPage):
    """A funded project: its objectives, its work packages, and what they led to."""

    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="project_page")
    lead = models.TextField(max_length=400)
    funding = models.CharField(max_length=160, blank=True)
    number = models.CharField("project number", max_length=20, blank=True)
    months = models.PositiveSmallIntegerField("duration in months", null=True, blank=True)
    website = models.URLField(blank=True)
    body = BodyField(blank=True)

    parent_page_types = ["pages.GroupIndexPage"]
    template = "pages/project.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("group"),
        FieldPanel("lead"),
        FieldPanel("funding"),
        FieldPanel("number"),
        FieldPanel("months"),
        FieldPanel("website"),
        InlinePanel("packages", label="Work package"),
        InlinePanel("plans", label="What is planned", help_text="What comes next for an objective."),
        FieldPanel("body"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
        index.RelatedFields("packages", [index.SearchField("title"), index.SearchField("text")]),
        index.RelatedFields("plans", [index.SearchField("text")]),
    ]

    class Meta:
        verbose_name = "project page"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add objectives with what answers to them, and the work packages."""
        context = super().get_context(request, *args, **kwargs)
        return context | project_context(page=self, viewer=request.viewer)  # type: ignore[attr-defined]


class Plan(Orderable):
    """What is planned for an objective, in the group's words."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=300)

    panels = [FieldPanel("objective"), FieldPanel("text")]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.text


class GroupPlan(Plan):
    """A plan on the page of a group."""

    page = ParentalKey(GroupPage, on_delete=models.CASCADE, related_name="plans")


class ProjectPlan(Plan):
    """A plan on the page of a project: who carries on, once it has ended."""

    page = ParentalKey(ProjectPage, on_delete=models.CASCADE, related_name="plans")


class WorkPackage(ClusterableModel, Orderable):
    """A work package of a project."""

    page = ParentalKey(ProjectPage, on_delete=models.CASCADE, related_name="packages")
    code = models.CharField(max_length=10)
    title = models.CharField(max_length=120)
    text = models.TextField()
    #: What answers to these objectives, of the project or of a group that carries its work on, is listed as results.
    objectives = ParentalManyToManyField(
        Objective,
        blank=True,
        related_name="+",
        help_text="Everything in the portal that answers to these objectives is listed as a result.",
    )
    planned = models.CharField("what is planned", max_length=300, blank=True)
    #: A list of the portal with more results: a path and the words of the link.
    result_url = models.CharField(max_length=200, blank=True)
    result_words = models.CharField(max_length=120, blank=True)

    panels = [
        FieldPanel("code"),
        FieldPanel("title"),
        FieldPanel("text"),
        FieldPanel("objectives"),
        FieldPanel("planned"),
        FieldPanel("result_url"),
        FieldPanel("result_words"),
    ]

    class Meta(Orderable.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
