"""Lessons: drafted, published by those who keep them, under a rule that stands before the page is live."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page

from library.domain.lessons import draft_lesson, publish_lesson, shelf, withdraw_lesson
from library.models import LessonIndexPage, LessonPage, LessonState
from portal.access.labels import RuleRefused
from portal.access.viewer import SYSTEM, Viewer
from portal.community.models import Group, Objective
from portal.journal.door import history
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.search.models import IndexChange
from tests import content, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Group:
    """The group whose programme the exchanges are."""
    content.library()
    made = factories.group("Operational Centres")
    Objective.objects.create(group=made, number=5, title="Educate", text="Text")
    return made


@pytest.fixture
def office(group: Group) -> Viewer:
    """Somebody of the programme office."""
    return factories.viewer(factories.person("Office", roles=[("office", "")]))


def _draft(by: Viewer, **fields: Any) -> LessonPage:
    author = fields.pop("author", None) or factories.person("Ilze Paraugs", "LV")
    return draft_lesson(
        **{
            "title": "Send the alert before the map is complete",
            "seen": "The alert left with a place and a direction.",
            "differently": "We send first and draw later.",
            "takeaway": "The neighbour needs a place; the roads can follow.",
            "author": author,
            "centre": factories.centre("NL"),
            "reference": "EX-2026-1-007",
            "by": by,
            **fields,
        }
    )


def test_draft_is_an_unpublished_page_on_the_shelf(office: Viewer, group: Group) -> None:
    lesson = _draft(office)
    assert (lesson.live, lesson.state, lesson.kind, lesson.group) == (False, LessonState.IDENTIFIED, "lesson", group)
    assert lesson.get_parent().specific == LessonIndexPage.objects.get()
    assert [objective.number for objective in lesson.objectives.all()] == [5]
    assert [entry.verb for entry in history(lesson)] == ["drafted", "identify"]
    assert lesson.author_credit == "A member, Latvia"


def test_draft_makes_the_shelf_where_there_is_none() -> None:
    content.home()
    office = factories.viewer(factories.person("Office", roles=[("office", "")]))
    lesson = _draft(office)
    assert lesson.url == "/library/lessons/send-the-alert-before-the-map-is-complete/"
    assert shelf() == LessonIndexPage.objects.get()


def test_author_may_identify_but_not_publish(group: Group) -> None:
    author = factories.person("Ilze Paraugs", "LV")
    lesson = _draft(factories.viewer(author), author=author)
    with pytest.raises(NotAllowed):
        publish_lesson(lesson=lesson, tlp="TLP:GREEN", audience="members", by=factories.viewer(author))
    assert LessonPage.objects.get().state == LessonState.IDENTIFIED


def test_stranger_may_not_draft_in_anothers_name(group: Group) -> None:
    stranger = factories.viewer(factories.person("Stranger", "FI"))
    with pytest.raises(NotAllowed):
        _draft(stranger)
    assert LessonPage.objects.count() == 0


@pytest.mark.parametrize("role", ["office", "editor", "tig_leader"])
def test_those_who_keep_lessons_publish(role: str, office: Viewer, group: Group) -> None:
    scope = f"group:{group.pk}" if role == "tig_leader" else ""
    keeper = factories.viewer(factories.person("Keeper", "FI", roles=[(role, scope)]))
    lesson = publish_lesson(lesson=_draft(office), tlp="TLP:GREEN", audience="members", by=keeper)
    assert (lesson.live, lesson.state) == (True, LessonState.VALIDATED)
    assert lesson.first_published_at == lesson.last_published_at


def test_leader_of_another_group_may_not_publish(office: Viewer, group: Group) -> None:
    other = factories.group("C-UAS")
    leader = factories.viewer(factories.person("Leader", "FI", roles=[("tig_leader", f"group:{other.pk}")]))
    with pytest.raises(NotAllowed):
        publish_lesson(lesson=_draft(office), tlp="TLP:GREEN", audience="members", by=leader)


def test_unverified_office_may_not_publish(office: Viewer, group: Group) -> None:
    unverified = Viewer(user_id=office.user_id, verified=False, person_id=office.person_id)
    with pytest.raises(NotAllowed):
        publish_lesson(lesson=_draft(office), tlp="TLP:GREEN", audience="members", by=unverified)


def test_public_lesson_needs_the_authors_agreement(office: Viewer) -> None:
    lesson = _draft(office)
    with pytest.raises(ConditionFailed, match="has not agreed"):
        publish_lesson(lesson=lesson, tlp="TLP:CLEAR", audience="public", by=office)
    fresh = LessonPage.objects.get()
    assert (fresh.live, fresh.state, fresh.access_rule.own) == (False, LessonState.IDENTIFIED, False)


def test_label_and_audience_that_do_not_go_together_change_nothing(office: Viewer) -> None:
    with pytest.raises(RuleRefused):
        publish_lesson(lesson=_draft(office, public=True), tlp="TLP:GREEN", audience="public", by=office)
    assert LessonPage.objects.get().live is False


def test_lesson_without_both_halves_is_not_published(office: Viewer) -> None:
    with pytest.raises(ConditionFailed, match="one of the two is missing"):
        publish_lesson(lesson=_draft(office, seen=" "), tlp="TLP:GREEN", audience="members", by=office)


def test_lesson_is_published_once(office: Viewer) -> None:
    lesson = publish_lesson(lesson=_draft(office), tlp="TLP:GREEN", audience="members", by=office)
    with pytest.raises(IllegalTransition):
        publish_lesson(lesson=lesson, tlp="TLP:GREEN", audience="members", by=office)


def test_publishing_has_the_index_look_at_it(office: Viewer) -> None:
    lesson = _draft(office)
    IndexChange.objects.all().delete()
    publish_lesson(lesson=lesson, tlp="TLP:GREEN", audience="members", by=office)
    assert f"library.lessonpage:{lesson.pk}" in set(IndexChange.objects.values_list("document", flat=True))


def test_public_lesson_is_read_by_anyone_without_the_authors_name(office: Viewer, client: Client) -> None:
    lesson = publish_lesson(lesson=_draft(office, public=True), tlp="TLP:CLEAR", audience="public", by=office)
    reader = factories.person("Reader", "PT")
    html = client.get(lesson.url).content.decode()
    assert "A member, Latvia" in html
    assert "From a week in Amsterdam" in html
    assert "Ilze Paraugs" not in html
    assert "Ilze Paraugs" in factories.sign_in(Client(), reader).get(lesson.url).content.decode()
    assert lesson.title in client.get("/library/lessons/").content.decode()


def test_members_lesson_is_missing_for_everybody_else(office: Viewer, client: Client) -> None:
    lesson = publish_lesson(lesson=_draft(office, public=True), tlp="TLP:GREEN", audience="members", by=office)
    reader = factories.person("Reader", "PT")
    member = factories.sign_in(Client(), reader)
    html = member.get(lesson.url).content.decode()
    assert "We send first and draw later." in html
    assert '<span class="tlp tlp--green">TLP:GREEN</span>' in html
    assert lesson.title in member.get("/library/lessons/").content.decode()
    for outsider in (client, factories.sign_in(Client(), reader, verified=False)):
        assert outsider.get(lesson.url).status_code == 404
        assert lesson.title not in outsider.get("/library/lessons/").content.decode()
        assert lesson.title not in outsider.get("/library/").content.decode()


def test_draft_is_missing_for_everybody(office: Viewer, client: Client) -> None:
    lesson = _draft(office, public=True)
    assert client.get(lesson.url).status_code == 404
    assert factories.sign_in(Client(), factories.person()).get(lesson.url).status_code == 404


def test_withdrawn_lesson_leaves_the_shelf_with_its_reason_in_the_journal(office: Viewer, client: Client) -> None:
    lesson = publish_lesson(lesson=_draft(office, public=True), tlp="TLP:CLEAR", audience="public", by=office)
    assert client.get(lesson.url).status_code == 200
    withdrawn = withdraw_lesson(lesson=lesson, reason="It named a tactic.", by=office)
    assert (withdrawn.live, withdrawn.state) == (False, LessonState.WITHDRAWN)
    assert client.get(lesson.url).status_code == 404
    assert history(lesson).last().detail.reason == "It named a tactic."


def test_two_lessons_of_one_title_get_addresses_and_identifiers_of_their_own(office: Viewer) -> None:
    first, second = _draft(office), _draft(office)
    assert first.slug != second.slug
    assert first.identifier != second.identifier


def test_title_without_latin_letters_gets_its_identifier_as_address(office: Viewer) -> None:
    lesson = _draft(office, title="Граница")
    assert lesson.slug == lesson.identifier.lower()


def test_portal_itself_may_publish(group: Group) -> None:
    lesson = publish_lesson(lesson=_draft(SYSTEM), tlp="TLP:GREEN", audience="members", by=SYSTEM)
    assert lesson.live


@pytest.mark.parametrize("count", [1, 3])
def test_shelf_costs_the_same_with_any_number_of_lessons(
    count: int, office: Viewer, client: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        lesson = _draft(office, public=True, title=f"Lesson {number}")
        publish_lesson(lesson=lesson, tlp="TLP:CLEAR", audience="public", by=office)
    client.get("/library/")
    with django_assert_num_queries(6):
        html = client.get("/library/lessons/").content.decode()
    assert html.count('<li class="entry">') == count


def test_wagtails_buttons_are_refused_for_a_lesson(office: Viewer, client: Client) -> None:
    lesson = _draft(office)
    admin = factories.person("Admin")
    admin.user.is_staff = admin.user.is_superuser = True
    admin.user.save()
    factories.sign_in(client, admin)
    page = content.document("A report")
    assert client.post(f"/admin/pages/{page.pk}/unpublish/").status_code == 302
    page.refresh_from_db()
    assert page.live is False
    published = publish_lesson(lesson=lesson, tlp="TLP:GREEN", audience="members", by=office)
    for action in ("unpublish", "copy"):
        response = client.post(f"/admin/pages/{published.pk}/{action}/")
        assert (response.status_code, response.url) == (302, "/admin/")
    client.post(f"/admin/bulk/wagtailcore/page/unpublish/?id={published.pk}")
    assert LessonPage.objects.get().live is True
    assert Page.objects.filter(title=lesson.title).count() == 1
