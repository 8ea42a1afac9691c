"""Loads the sample pages: home, about, join, news, glossary, contact, groups, the project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Page, Site

from portal.access import clock
from portal.access.pages import settle
from portal.community.domain.samples import Progress, read
from portal.community.models import Group, Objective
from portal.pages.domain.sample_body import body_of, rich_text
from portal.pages.domain.sample_pictures import load_pictures
from portal.pages.models import (
    ContactPage,
    ContactTopic,
    GlossaryPage,
    GroupIndexPage,
    GroupPage,
    GroupPlan,
    HomePage,
    NewsIndexPage,
    NewsPage,
    ProjectPage,
    ProjectPlan,
    StandardPage,
    Term,
    WorkPackage,
)

PageType = TypeVar("PageType", bound=Page)


def load_pages(progress: Progress) -> None:
    """Load the tree from the home page down to the pages of groups. Areas add their own pages later."""
    content = read("portal.pages", "pages")
    load_pictures(progress)
    home = _home(content["home"])
    for entry in content["pages"]:
        _standard(home, entry)
    _news(home, content["news"])
    _glossary(home, content["glossary"])
    _contact(home, content["contact"])
    groups = add_page(home, GroupIndexPage(**content["groups"]["index"]))
    for entry in content["groups"]["pages"]:
        group = Group.objects.get(slug=entry["slug"])
        body, plans = body_of(entry.pop("body", [])), entry.pop("plans", {})
        page = GroupPage(group=group, title=group.name, body=body, **entry)
        page.plans = [GroupPlan(**plan) for plan in _plans(group, plans)]
        add_page(groups, page)
    for entry in content["groups"]["projects"]:
        packages, plans = entry.pop("packages"), entry.pop("plans", {})
        group = Group.objects.get(slug=entry["slug"])
        project = ProjectPage(group=group, body=body_of(entry.pop("body", [])), **entry)
        project.packages = [_package(package, order) for order, package in enumerate(packages)]
        project.plans = [ProjectPlan(**plan) for plan in _plans(group, plans)]
        add_page(groups, project)
    progress(f"  {Page.objects.filter(depth__gte=2).count()} pages")


def _plans(group: Group, plans: dict[int, str]) -> Iterator[dict[str, Any]]:
    """Yield the fields of plans, which the file gives by the objective's number."""
    objectives = {objective.number: objective for objective in group.objectives.all()}
    for order, (number, text) in enumerate(plans.items()):
        yield {"objective": objectives[number], "text": text, "sort_order": order}


def _package(entry: dict[str, Any], order: int) -> WorkPackage:
    """Return a work package; the file names objectives by group and number: "operational-centres 3"."""
    named = [name.rsplit(" ", 1) for name in entry.pop("objectives", [])]
    package = WorkPackage(sort_order=order, **entry)
    package.objectives = [Objective.objects.get(group__slug=slug, number=number) for slug, number in named]
    return package


def _news(home: HomePage, entry: dict[str, Any]) -> None:
    """Load the list of news and what stands in it, the oldest first, as editors would have written it."""
    index = add_page(home, NewsIndexPage(**entry))
    for item in sorted(read("portal.pages", "news"), key=lambda item: item["date"]):
        group = Group.objects.get(slug=item.pop("group")) if "group" in item else None
        add_page(index, NewsPage(group=group, body=body_of(item.pop("body", [])), **item))


def _glossary(home: HomePage, entry: dict[str, Any]) -> None:
    """Load the glossary and its terms."""
    add_page(home, GlossaryPage(**entry))
    for term in read("portal.pages", "glossary"):
        Term.objects.create(text=rich_text(term.pop("text", "")), **term)


def _contact(home: HomePage, entry: dict[str, Any]) -> None:
    """Load the contact page. It names no address: messages go to the sample people who hold the office's role."""
    topics = entry.pop("topics")
    page = ContactPage(body=body_of(entry.pop("body", [])), **entry)
    page.topics = [ContactTopic(sort_order=order, **topic) for order, topic in enumerate(topics)]
    add_page(home, page)


def add_page(parent: Page, page: PageType) -> PageType:
    """Put a page beneath another, published now by the portal's clock."""
    page.first_published_at = page.last_published_at = clock.now()
    parent.add_child(instance=page)
    return page


def home_page() -> HomePage:
    """Return the home page that the loader made; other areas hang their pages beneath it."""
    return HomePage.objects.get(locale__language_code=settings.LANGUAGE_CODE)


def _home(entry: dict[str, Any]) -> HomePage:
    """Make the home page and the site; Wagtail's own welcome page goes."""
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    Site.objects.all().delete()
    for welcome in root.get_children():
        welcome.delete()
    root.refresh_from_db()
    settle(root.path)
    figures = [{"type": "figure", "value": figure} for figure in entry.pop("quoted_figures")]
    home = add_page(root, HomePage(quoted_figures=figures, **entry))
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    Site.objects.create(
        hostname=address.hostname or "localhost",
        port=port,
        site_name=settings.WAGTAIL_SITE_NAME,
        root_page=home,
        is_default_site=True,
    )
    return home


def _standard(parent: Page, entry: dict[str, Any]) -> None:
    beneath = entry.pop("beneath", [])
    page = add_page(parent, StandardPage(body=body_of(entry.pop("body", [])), **entry))
    for child in beneath:
        _standard(page, child)
