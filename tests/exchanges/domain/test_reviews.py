"""Who reviews what, and what is counted."""

import pytest

from exchanges.domain import calls, matches, reviews
from exchanges.domain.versions import StaleVersion
from exchanges.models import Application, Conflict, Review
from portal.access import clock
from portal.journal.errors import ConditionFailed, NotAllowed
from portal.outbox.models import Mail
from tests import factories as community
from tests.exchanges import factories_decide as make
from tests.factories import viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _later():
    with clock.at(make.LATER):
        yield


def application_in_review(**fields) -> Application:
    call = make.in_review(("LV",), **fields)
    return reviews.to_review(call)[0]


def test_conflict_knows_every_rule():
    application = application_in_review()
    assert reviews.conflict(reviewer=make.reviewer("NL"), application=application) == ""
    assert reviews.conflict(reviewer=make.reviewer("LV"), application=application) == "the own country"
    assert reviews.conflict(reviewer=application.applicant, application=application) == "the own application"
    assert (
        reviews.conflict(reviewer=make.reviewer("FI"), application=application)
        == "a centre of the own country is the first wish"
    )


def test_conflict_within_one_organisation_across_countries():
    application = application_in_review()
    colleague = make.reviewer("NL")
    colleague.organisation = application.applicant.organisation
    colleague.save()
    assert reviews.conflict(reviewer=colleague, application=application) == "the own organisation"


def test_conflict_that_was_declared():
    application = application_in_review()
    friend = make.reviewer("NL")
    Conflict.objects.create(application=application, reviewer=friend, reason="We trained together.")
    fresh = reviews.to_review(application.call)[0]
    assert reviews.conflict(reviewer=friend, application=fresh) == "a declared conflict of interest"


def test_conflict_with_the_host_country_counts_for_the_first_wish_alone():
    with clock.at(make.NOW):
        call = make.factories.open_call(weeks=1)
    # The published week is Finnish and the first wish; a second host comes second.
    with clock.at(make.NOW):
        make.factories.published_offer(call, "NL")
        application = make.factories.endorsed(call, make.shift_leader("LV"))
    ranked = {wish.rank: wish.week.offer.centre.country_id for wish in application.wishes.all()}
    assert ranked == {1: "FI", 2: "NL"}
    assert reviews.conflict(reviewer=make.reviewer("NL"), application=application) == ""


def test_assign_is_balanced_and_free_of_conflicts():
    call = make.in_review(("LV", "PL", "PT", "ES"))
    for code in ("NL", "ES", "PT", "LV"):
        make.reviewer(code)
    assert reviews.assign(call=call, by=make.office()) == 8
    assigned = Review.objects.select_related("reviewer", "application__applicant")
    assert [row for row in assigned if row.reviewer.country_id == row.application.applicant.country_id] == []
    load = [Review.objects.filter(reviewer=person).count() for person in {row.reviewer for row in assigned}]
    assert sorted(load) == [2, 2, 2, 2]
    assert Mail.objects.filter(kind="exchanges_review_assigned").count() == 4


def test_assign_twice_assigns_once():
    call = make.in_review()
    for code in ("NL", "ES", "PT"):
        make.reviewer(code)
    assert reviews.assign(call=call, by=make.office()) == 2
    assert reviews.assign(call=call, by=make.office()) == 0
    assert Review.objects.count() == 2


def test_assign_with_too_few_reviewers_names_the_application_and_assigns_nothing():
    call = make.in_review(("LV", "PL"))
    make.reviewer("NL")
    make.reviewer("LV")
    with pytest.raises(ConditionFailed) as refusal:
        reviews.assign(call=call, by=make.office())
    assert refusal.value.problems == [
        "There are too few reviewers without a conflict of interest.",
        "2027/1-001 needs 2 more, and 1 can be found without a conflict.",
    ]
    assert Review.objects.count() == 0


def test_assign_is_the_offices():
    call = make.in_review()
    with pytest.raises(NotAllowed):
        reviews.assign(call=call, by=viewer(make.reviewer("NL")))


def test_assign_before_the_review_is_refused():
    with clock.at(make.NOW):
        call = make.factories.open_call()
    with pytest.raises(ConditionFailed, match="while the call is in its review"):
        reviews.assign(call=call, by=make.office())


def test_assign_asks_for_a_third_where_two_differ_by_more_than_twenty_points():
    call = make.in_review()
    for code in ("NL", "ES", "PT"):
        make.reviewer(code)
    reviews.assign(call=call, by=make.office())
    first, second = Review.objects.order_by("pk")
    make.write(first, 9)
    make.write(second, 6)
    [row] = reviews.progress(call)
    assert (row.needed, row.assigned, row.written, row.complete) == (3, 2, 2, False)
    assert row.words == "The reviews differ by 30 points: one more reader is needed"
    with pytest.raises(ConditionFailed, match="Reviews are still missing for 2027/1-001"):
        matches.begin_matching(call=call, by=make.office())
    assert reviews.assign(call=call, by=make.office()) == 1
    make.write(Review.objects.get(state="assigned"), 6)
    assert matches.begin_matching(call=call, by=make.office()).state == "matching"
    assert Application.objects.get().merit == 70


def test_a_difference_of_exactly_twenty_points_needs_no_third():
    call = make.in_review()
    for code in ("NL", "ES", "PT"):
        make.reviewer(code)
    reviews.assign(call=call, by=make.office())
    first, second = Review.objects.order_by("pk")
    make.write(first, 8)
    make.write(second, 6)
    assert reviews.assign(call=call, by=make.office()) == 0
    assert matches.begin_matching(call=call, by=make.office()).state == "matching"


def one_review() -> Review:
    call = make.in_review()
    for code in ("NL", "ES", "PT"):
        make.reviewer(code)
    reviews.assign(call=call, by=make.office())
    return Review.objects.order_by("pk").first()


def test_total_weighs_the_criteria():
    review = one_review()
    motive, use = review.application.call.criteria.all()
    kept = reviews.save(
        review=review, points={motive.pk: 10, use.pk: 5}, comment="", version=1, by=viewer(review.reviewer)
    )
    # 40 of 100 by 10 of 10, and 60 of 100 by 5 of 10.
    assert reviews.total(kept) == 70


def test_save_takes_points_back_and_keeps_what_is_not_named():
    review = one_review()
    by = viewer(review.reviewer)
    motive, use = review.application.call.criteria.all()
    kept = reviews.save(review=review, points={motive.pk: 10, use.pk: 5}, comment="a", version=1, by=by)
    kept = reviews.save(review=review, points={motive.pk: None}, comment="b", version=kept.version, by=by)
    assert {score.criterion_id: score.points for score in kept.scores.all()} == {use.pk: 5}
    assert reviews.missing(kept) == [motive]
    with pytest.raises(ConditionFailed, match="1 criterion has no points yet"):
        reviews.submit(review=kept, by=by)


def test_save_with_an_old_version_changes_nothing():
    review = one_review()
    by = viewer(review.reviewer)
    reviews.save(review=review, points={}, comment="from the first tab", version=1, by=by)
    with pytest.raises(StaleVersion) as clash:
        reviews.save(review=review, points={}, comment="from the second tab", version=1, by=by)
    assert clash.value.theirs.comment == "from the first tab"
    assert Review.objects.get(pk=review.pk).comment == "from the first tab"


@pytest.mark.parametrize("points", [-1, 11])
def test_save_refuses_points_beyond_the_scale(points):
    review = one_review()
    motive = review.application.call.criteria.first()
    with pytest.raises(ConditionFailed, match="from 0 to 10"):
        reviews.save(review=review, points={motive.pk: points}, comment="", version=1, by=viewer(review.reviewer))
    assert review.scores.count() == 0


def test_save_refuses_a_criterion_of_another_call():
    review = one_review()
    with clock.at(make.NOW):
        other = make.factories.draft_call("2027/9").criteria.first()
    with pytest.raises(ConditionFailed):
        reviews.save(review=review, points={other.pk: 5}, comment="", version=1, by=viewer(review.reviewer))


def test_save_by_another_reviewer_is_refused():
    review = one_review()
    other = Review.objects.exclude(pk=review.pk).first().reviewer
    with pytest.raises(NotAllowed):
        reviews.save(review=review, points={}, comment="", version=1, by=viewer(other))


def test_submit_twice_is_one_submission():
    review = one_review()
    done = make.write(review, 7)
    again = reviews.submit(review=done, by=viewer(review.reviewer))
    assert (again.state, again.submitted_at) == ("submitted", done.submitted_at)
    with pytest.raises(ConditionFailed, match="“Submitted” and stays as it is"):
        reviews.save(review=done, points={}, comment="late", version=done.version, by=viewer(review.reviewer))


def test_others_are_open_only_after_the_own_review():
    first = one_review()
    second = Review.objects.exclude(pk=first.pk).get()
    make.write(first, 7, "What the first one says.")
    assert reviews.others(second) == []
    done = make.write(second, 8)
    assert [row.comment for row in reviews.others(done)] == ["What the first one says."]


def test_decline_with_a_conflict_lets_nobody_assign_the_pair_again():
    review = one_review()
    declined = reviews.decline(
        review=review, by=viewer(review.reviewer), reason="We trained together.", is_conflict=True
    )
    assert declined.state == "declined"
    call = review.application.call
    assert reviews.assign(call=call, by=make.office()) == 1
    kept = Review.objects.exclude(state="declined")
    assert review.reviewer_id not in kept.values_list("reviewer_id", flat=True)
    assert Conflict.objects.get().reviewer_id == review.reviewer_id


def test_decline_needs_a_reason():
    review = one_review()
    with pytest.raises(ConditionFailed, match="why you hand it back"):
        reviews.decline(review=review, by=viewer(review.reviewer), reason=" ")
    assert Review.objects.get(pk=review.pk).state == "assigned"


def test_begin_review_waits_until_everything_is_screened():
    with clock.at(make.NOW):
        call = make.factories.open_call()
        make.factories.endorsed(call, make.shift_leader("LV"))
    with clock.at(make.at_noon(make.factories.DEADLINE + make.dt.timedelta(days=1))):
        make.ticking.close_calls()
        call.refresh_from_db()
        with pytest.raises(ConditionFailed, match="1 application is still waiting"):
            calls.begin_review(call=call, by=make.office())


def test_reviews_are_visible_to_their_reviewer_and_the_office_alone():
    review = one_review()
    other = Review.objects.exclude(pk=review.pk).get()
    seen = Review.objects.visible_to(viewer(review.reviewer))
    assert list(seen) == [review]
    assert set(Review.objects.visible_to(make.office())) == {review, other}
    assert list(Review.objects.visible_to(viewer(review.application.applicant))) == []
    assert list(Review.objects.visible_to(make.speaker("LV"))) == []


def test_the_office_does_not_see_reviews_of_the_own_application():
    review = one_review()
    applicant = review.application.applicant
    community.RoleTerm.objects.create(person=applicant, role="office", starts_on=make.dt.date(2020, 1, 1))
    assert list(Review.objects.visible_to(viewer(applicant))) == []
