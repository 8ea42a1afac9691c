"""A reviewer's pages: the list, the form in two tabs, and nobody else's."""

import pytest

from exchanges.domain import reviews
from exchanges.models import Review
from portal.access import clock
from tests.exchanges import factories_decide as make
from tests.factories import sign_in, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _later():
    with clock.at(make.LATER):
        yield


def assigned(countries=("LV",)) -> Review:
    call = make.in_review(countries)
    for code in ("NL", "ES"):
        make.reviewer(code)
    reviews.assign(call=call, by=make.office())
    return Review.objects.order_by("pk").first()


def answers(review: Review, points: object = "8", comment: str = "Good.", version: int | None = None, **more) -> dict:
    scores = {f"points_{row.pk}": points for row in review.application.call.criteria.all()}
    return {**scores, "comment": comment, "version": review.version if version is None else version, **more}


@pytest.mark.parametrize("countries", [("LV",), ("LV", "PT", "PL")])
def test_list_asks_the_same_number_of_queries(client, countries, django_assert_num_queries):
    sign_in(client, assigned(countries).reviewer)
    with django_assert_num_queries(11):
        page = client.get("/exchanges/reviews/")
    assert page.content.decode().count('class="entry"') == len(countries)


@pytest.mark.parametrize("weeks", [1, 3])
def test_review_page_asks_the_same_number_of_queries(client, weeks, django_assert_num_queries):
    call = make.in_review(("LV",), weeks=weeks)
    for code in ("NL", "ES"):
        make.reviewer(code)
    reviews.assign(call=call, by=make.office())
    review = Review.objects.order_by("pk").first()
    sign_in(client, review.reviewer)
    with django_assert_num_queries(20):
        page = client.get(review.get_absolute_url())
    assert "What speaks for it, and what against" in page.content.decode()


def test_the_page_shows_the_application_without_telephone_or_emergency_contact(client):
    review = assigned()
    sign_in(client, review.reviewer)
    text = client.get(review.get_absolute_url()).content.decode()
    assert "See how neighbours are alerted." in text
    assert "+371" not in text
    assert "A friend" not in text


def test_a_review_exists_for_its_reviewer_and_the_office_alone(client):
    review = assigned()
    make.write(review, 7, "Quite a secret remark.")
    other = Review.objects.exclude(pk=review.pk).get().reviewer
    seen = {}
    for name, person in {
        "reviewer": review.reviewer,
        "office": make.people_with(role="office").get(),
        "other reviewer": other,
        "applicant": review.application.applicant,
        "contact point": make.contact_points("LV").get(),
    }.items():
        page = sign_in(client, person).get(review.get_absolute_url())
        seen[name] = (page.status_code, "Quite a secret remark." in page.content.decode())
    assert seen == {
        "reviewer": (200, True),
        "office": (200, True),
        "other reviewer": (404, False),
        "applicant": (404, False),
        "contact point": (404, False),
    }


def test_others_stand_on_the_page_only_after_the_own_review(client):
    review = assigned()
    second = Review.objects.exclude(pk=review.pk).get()
    make.write(review, 7, "What the first one says.")
    sign_in(client, second.reviewer)
    assert "What the first one says." not in client.get(second.get_absolute_url()).content.decode()
    make.write(second, 7)
    assert "What the first one says." in client.get(second.get_absolute_url()).content.decode()


def test_save_then_submit(client):
    review = assigned()
    sign_in(client, review.reviewer)
    page = client.post(review.get_absolute_url(), answers(review, points=""))
    assert (page.status_code, Review.objects.get(pk=review.pk).comment) == (302, "Good.")
    review.refresh_from_db()
    page = client.post(review.get_absolute_url(), answers(review, submit="1"), follow=True)
    review.refresh_from_db()
    assert (review.state, reviews.total(review)) == ("submitted", 80)
    assert "Thank you." in page.content.decode()


def test_submit_without_points_keeps_the_text_and_says_what_is_missing(client):
    review = assigned()
    sign_in(client, review.reviewer)
    page = client.post(review.get_absolute_url(), answers(review, points="", comment="Half written.", submit="1"))
    text = page.content.decode()
    assert page.status_code == 400
    assert "Give points for “Motive”" in text
    assert "Half written." in text
    review.refresh_from_db()
    assert (review.state, review.comment, review.version) == ("assigned", "Half written.", 2)
    assert f'name="version" value="{review.version}"' in text


@pytest.mark.parametrize("points", ["11", "-1", "many"])
def test_points_beyond_the_list_are_named_and_the_rest_is_kept(client, points):
    review = assigned()
    sign_in(client, review.reviewer)
    page = client.post(review.get_absolute_url(), answers(review, points=points, comment="Kept."))
    assert (page.status_code, Review.objects.get(pk=review.pk).comment) == (400, "Kept.")
    assert review.scores.count() == 0


def test_submit_twice_ends_on_the_list_both_times(client):
    review = assigned()
    sign_in(client, review.reviewer)
    form = answers(review, submit="1")
    for _ in range(2):
        page = client.post(review.get_absolute_url(), form)
        assert (page.status_code, page.url) == (302, "/exchanges/reviews/")
    assert Review.objects.get(pk=review.pk).version == 2


def test_two_tabs_keep_both_texts(client):
    review = assigned()
    sign_in(client, review.reviewer)
    client.post(review.get_absolute_url(), answers(review, points="9", comment="From the first tab."))
    page = client.post(review.get_absolute_url(), answers(review, points="3", comment="From the second tab."))
    text = page.content.decode()
    assert page.status_code == 409
    assert "Changed elsewhere" in text
    assert "From the first tab." in text
    assert "From the second tab." in text
    assert Review.objects.get(pk=review.pk).comment == "From the first tab."
    # Sent again from that page it replaces the other one.
    again = client.post(
        review.get_absolute_url(), answers(review, points="3", comment="From the second tab.", version=2)
    )
    assert (again.status_code, Review.objects.get(pk=review.pk).comment) == (302, "From the second tab.")


def test_a_button_pressed_while_the_page_saves_itself_is_no_clash(client):
    review = assigned()
    sign_in(client, review.reviewer)
    form = answers(review)
    assert client.post(f"{review.get_absolute_url()}autosave/", form).status_code == 200
    page = client.post(review.get_absolute_url(), {**form, "submit": "1"})
    assert (page.status_code, Review.objects.get(pk=review.pk).state) == (302, "submitted")


def test_text_that_comes_after_the_review_is_submitted_is_shown_again(client):
    review = assigned()
    sign_in(client, review.reviewer)
    make.write(review, 7)
    page = client.post(review.get_absolute_url(), answers(review, comment="An afterthought."))
    text = page.content.decode()
    assert page.status_code == 409
    assert "An afterthought." in text
    assert "“Submitted” and stays as it is" in text


def test_autosave_answers_version_and_clash(client):
    review = assigned()
    sign_in(client, review.reviewer)
    url = f"{review.get_absolute_url()}autosave/"
    saved = client.post(url, answers(review, comment="One."))
    assert (saved.status_code, saved.json()) == (200, {"saved_at": "11:00", "version": 2, "errors": {}})
    clash = client.post(url, answers(review, points="5", comment="Two."))
    assert (clash.status_code, clash.json()["version"], clash.json()["theirs"]["comment"]) == (409, 2, "One.")
    partly = client.post(url, answers(review, points="99", comment="Three.", version=2))
    assert (partly.status_code, len(partly.json()["errors"])) == (200, 2)
    assert Review.objects.get(pk=review.pk).comment == "Three."


def test_a_lost_session_shows_what_was_typed(client):
    review = assigned()
    page = client.post(review.get_absolute_url(), answers(review, comment="Typed for ten minutes."))
    text = page.content.decode()
    assert page.status_code == 401
    assert "Typed for ten minutes." in text
    assert f"/accounts/login/?next={review.get_absolute_url()}" in text
    asked = client.post(
        f"{review.get_absolute_url()}autosave/", answers(review), headers={"accept": "application/json"}
    )
    assert (asked.status_code, "Sign in in another tab" in asked.json()["message"]) == (401, True)
    assert Review.objects.get(pk=review.pk).version == 1


def test_a_token_of_an_older_session_changes_nothing_and_keeps_the_text():
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    review = assigned()
    sign_in(client, review.reviewer)
    page = client.post(review.get_absolute_url(), answers(review, comment="Typed before."))
    assert (page.status_code, "Typed before." in page.content.decode()) == (403, True)
    assert Review.objects.get(pk=review.pk).comment == ""


def test_visitors_are_asked_to_sign_in_and_half_signed_in_people_find_nothing(client):
    review = assigned()
    page = client.get(review.get_absolute_url())
    assert (page.status_code, page.url) == (302, f"/accounts/login/?next={review.get_absolute_url()}")
    handed = client.post(f"{review.get_absolute_url()}decline/", {"reason": "Known."})
    assert (handed.status_code, Review.objects.get(pk=review.pk).state) == (302, "assigned")
    # The way back after signing in leads to the page with the button.
    back = sign_in(client, review.reviewer).get(f"{review.get_absolute_url()}decline/")
    assert (back.status_code, back.url) == (302, review.get_absolute_url())


def test_decline_asks_for_a_reason_and_hands_back(client):
    review = assigned()
    sign_in(client, review.reviewer)
    page = client.post(f"{review.get_absolute_url()}decline/", {"reason": ""})
    assert (page.status_code, "Fill in “Why you hand it back”" in page.content.decode()) == (400, True)
    page = client.post(f"{review.get_absolute_url()}decline/", {"reason": "We trained together.", "is_conflict": "on"})
    assert (page.status_code, page.url) == (302, "/exchanges/reviews/")
    assert review.application.conflicts.get().reviewer_id == review.reviewer_id


def test_another_reviewer_cannot_write_or_hand_back(client):
    review = assigned()
    other = Review.objects.exclude(pk=review.pk).get().reviewer
    sign_in(client, other)
    for path in ("", "autosave/", "decline/"):
        assert client.post(f"{review.get_absolute_url()}{path}", answers(review)).status_code == 404
    sign_in(client, make.people_with(role="office").get())
    assert client.post(review.get_absolute_url(), answers(review)).status_code == 403
    assert Review.objects.get(pk=review.pk).version == 1


def test_unknown_ids_are_not_found(client):
    sign_in(client, assigned().reviewer)
    for path in ("999999", "99999999999999999999"):
        assert client.get(f"/exchanges/reviews/{path}/").status_code == 404


def test_the_desk_shows_how_far_the_reviews_are(client):
    review = assigned()
    sign_in(client, make.people_with(role="office").get())
    desk = f"/exchanges/office/calls/{review.application.call.slug}/"
    assert "0 of 2 written" in client.get(desk).content.decode()
    page = client.post(f"{desk}assign-reviews/", follow=True)
    assert "Nothing to assign" in page.content.decode()
    page = client.post(f"{desk}begin-matching/")
    assert (page.status_code, "Reviews are still missing for 2027/1-001" in page.content.decode()) == (409, True)
    assert viewer(review.reviewer).holds("reviewer")
