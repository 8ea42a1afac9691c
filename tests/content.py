"""Makes pages for tests: a site with a home page, and records, meetings and pilots beneath it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from wagtail.models import Page, Site

from events.meetings.models import MeetingIndexPage, MeetingPage
from events.pilots.models import PilotIndexPage, PilotPage
from library.models import DocumentPage, Kind, LibraryIndexPage, RecordPage
from portal.access.pages import set_page_rule
from portal.community.domain import samples
from portal.community.models import Group
from portal.pages.models import GroupIndexPage, HomePage
from tests import factories

#: Loaders of the areas that these tests are about; exchanges are tested in their own folder.
OWN_LOADERS = ("Community", "Pages", "Library", "Meetings", "Pilots", "Translations")


@pytest.fixture(scope="module")
def sample_content(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The sample content, loaded once for a module and rolled back at its end."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        for loader in samples.loaders():
            if loader.name in OWN_LOADERS:
                loader.load(lambda line: None)
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


def home() -> HomePage:
    """Return the home page of the one site, made on first use."""
    found = HomePage.objects.first()
    if found is not None:
        return found
    root = Page.get_first_root_node()
    Site.objects.all().delete()
    for old in root.get_children():
        old.delete()
    root.refresh_from_db()
    page = root.add_child(
        instance=HomePage(
            title="NOC Community",
            slug="home",
            headline="Sixty minutes",
            lead="Lead",
            join_text="Join",
            follow_text="Follow",
        )
    )
    set_page_rule(page=root, tlp="TLP:CLEAR", audience="public")
    Site.objects.create(hostname="localhost", port=80, root_page=page, is_default_site=True)
    return page


def _index(model: type[Page], **fields: Any) -> Any:
    return model.objects.first() or home().add_child(instance=model(**fields))


def library() -> LibraryIndexPage:
    """Return the library, made on first use."""
    return _index(LibraryIndexPage, title="Library", slug="library")


def groups() -> GroupIndexPage:
    """Return the list of groups, made on first use."""
    return _index(GroupIndexPage, title="Groups", slug="groups")


def document(title: str = "A report", *, rule: tuple[str, str, list[str]] | None = None, **fields: Any) -> DocumentPage:
    """Return a published document; `rule` is label, audience and keys, public without one."""
    number = RecordPage.objects.count() + 1
    page = DocumentPage(
        title=title,
        **{
            "identifier": f"NOC-2020-{number:03d}",
            "kind": Kind.REPORT,
            "abstract": f"What {title} says.",
            "dated_on": dt.date(2023, 10, 1),
            **fields,
        },
    )
    library().add_child(instance=page)
    if rule:
        set_page_rule(page=page, tlp=rule[0], audience=rule[1], keys=rule[2])
    return page


def meeting(
    title: str = "A meeting",
    *,
    group: Group | None = None,
    rule: tuple[str, str, list[str]] | None = None,
    **fields: Any,
) -> MeetingPage:
    """Return a published meeting of the OC TIG; `rule` as for a document."""
    page = MeetingPage(
        title=title,
        **{
            "group": group or factories.group(),
            "lead": "Lead",
            "venue": "London",
            "starts_on": dt.date(2023, 10, 11),
            "ends_on": dt.date(2023, 10, 12),
            **fields,
        },
    )
    _index(MeetingIndexPage, title="Meetings", slug="meetings").add_child(instance=page)
    if rule:
        set_page_rule(page=page, tlp=rule[0], audience=rule[1], keys=rule[2])
    return page


def pilot(
    title: str = "A pilot", *, group: Group | None = None, rule: tuple[str, str, list[str]] | None = None, **fields: Any
) -> PilotPage:
    """Return a published pilot of the OC TIG; `rule` as for a document."""
    page = PilotPage(
        title=title,
        **{
            "group": group or factories.group(),
            "question": "Is it quicker?",
            "solution": "Messenger",
            "baseline": "mail",
            "starts_on": dt.date(2026, 3, 2),
            **fields,
        },
    )
    _index(PilotIndexPage, title="Pilots", slug="pilots").add_child(instance=page)
    if rule:
        set_page_rule(page=page, tlp=rule[0], audience=rule[1], keys=rule[2])
    return page
