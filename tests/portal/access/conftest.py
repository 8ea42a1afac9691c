from collections.abc import Iterator

import pytest
from django.db import connection
from wagtail.models import Page

from tests.portal.access.models import Paper


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    # Not around the yield: the database would stay open to tests that must do without it.
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.create_model(Paper)
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.delete_model(Paper)


@pytest.fixture
def root(db: None) -> Page:
    """The root of the tree, with the rows that the migrations' pages have not got."""
    from portal.access.pages import settle

    root = Page.get_first_root_node()
    settle(root.path)
    return root


@pytest.fixture
def page(root: Page):
    """Return a function that adds a live page beneath another."""

    def add(title: str, parent: Page | None = None, *, live: bool = True) -> Page:
        above = Page.objects.get(pk=(parent or root).pk)
        return above.add_child(instance=Page(title=title, slug=title.lower().replace(" ", "-"), live=live))

    return add
