"""Loads the sample pages: home, about, join, groups, the project."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Page, Site

from portal.access import clock
from portal.access.pages import settle
from portal.community.domain.samples import Progress, read
from portal.community.models import Group
from portal.pages.domain.sample_body import body_of
from portal.pages.models import GroupIndexPage, GroupPage, HomePage, ProjectPage, StandardPage
from portal.pages.models.groups import WorkPackage

PageType = TypeVar("PageType", bound=Page)


def load_pages(progress: Progress) -> None:
    """Load the tree from the home page down to the pages of groups. Areas add their own pages later."""
    content = read("portal.pages", "pages")
    home = _home(content["home"])
    for entry in content["pages"]:
        _standard(home, entry)
    groups = add_page(home, GroupIndexPage(**content["groups"]["index"]))
    for entry in content["groups"]["pages"]:
        group = Group.objects.get(slug=entry["slug"])
        body = body_of(entry.pop("body", []))
        add_page(groups, GroupPage(group=group, title=group.name, body=body, **entry))
    for entry in content["groups"]["projects"]:
        packages = entry.pop("packages")
        project = ProjectPage(group=Group.objects.get(slug=entry["slug"]), body=body_of(entry.pop("body", [])), **entry)
        project.packages = [WorkPackage(sort_order=order, **package) for order, package in enumerate(packages)]
        add_page(groups, project)
    progress(f"  {Page.objects.filter(depth__gte=2).count()} pages")


def add_page(parent: Page, page: PageType) -> PageType:
    """Put a page beneath another, published now by the portal's clock."""
    page.first_published_at = page.last_published_at = clock.now()
    parent.add_child(instance=page)
    return page


def home_page() -> HomePage:
    """Return the home page that the loader made; other areas hang their pages beneath it."""
    return HomePage.objects.get()


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
