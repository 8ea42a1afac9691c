"""Runs and signatures, as office and committee see them; nobody else does."""

import pytest

from exchanges.domain import applications, matches, queries_decide
from exchanges.models import Call, MatchRun
from portal.access import clock
from portal.jobs import queue
from portal.jobs.models import Job
from tests.exchanges import factories_decide as make
from tests.factories import sign_in, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _later():
    with clock.at(make.LATER):
        yield


def office():
    return make.people_with(role="office").get()


@pytest.mark.parametrize("countries", [("LV",), ("LV", "PT", "PL")])
def test_run_page_asks_the_same_number_of_queries(client, countries, django_assert_num_queries):
    run = make.proposed(countries)
    member = make.member("ES")
    member.role_terms.create(role="office", starts_on=make.dt.date(2020, 1, 1))
    sign_in(client, member)
    address = run.get_absolute_url()
    with django_assert_num_queries(25):
        page = client.get(address)
    text = page.content.decode()
    assert (page.status_code, text.count('role="rowheader"')) == (200, len(countries))
    assert "Sign run 1" in text


@pytest.mark.parametrize("countries", [("LV",), ("LV", "PT", "PL")])
def test_desk_of_a_decided_call_asks_the_same_number_of_queries(client, countries, django_assert_num_queries):
    call = make.decided(countries)
    for application in call.applications.all():
        make.answers.accept(application=application, by=viewer(application.applicant))
    sign_in(client, office())
    with django_assert_num_queries(25):
        page = client.get(f"/exchanges/office/calls/{call.slug}/")
    assert page.content.decode().count(" in Helsinki</a>") == len(countries)


def test_merit_is_printed_as_people_write_it(client):
    run = make.proposed(("LV", "PT"), points=(8, 9))
    sign_in(client, office())
    text = client.get(run.get_absolute_url()).content.decode()
    assert 'data-l="Merit">80</td>' in text
    assert "8E+1" not in text


def test_runs_exist_for_office_and_committee_alone(client):
    run = make.proposed()
    application = run.call.applications.get()
    url = run.get_absolute_url()
    people = {
        "office": office(),
        "committee": make.member("ES"),
        "committee of this call": make.member("PL", scope=f"call:{run.call_id}"),
        "committee of another": make.member("PT", scope=f"call:{run.call_id + 1}"),
        "applicant": application.applicant,
        "reviewer": application.reviews.first().reviewer,
        "contact point": make.contact_points("LV").get(),
    }
    seen = {}
    for name, person in people.items():
        page = sign_in(client, person).get(url)
        progress = client.get(f"{url}progress/").status_code
        seen[name] = (page.status_code, progress, application.applicant.name in page.content.decode())
    assert {name: found for name, found in seen.items() if found[0] == 200} == {
        "office": (200, 200, True),
        "committee": (200, 200, True),
        "committee of this call": (200, 200, True),
    }
    assert {found[:2] for name, found in seen.items() if name not in list(people)[:3]} == {(404, 404)}


def test_the_committee_gets_no_links_into_the_office(client):
    run = make.proposed()
    sign_in(client, make.member("ES"))
    assert "/exchanges/office/applications/" not in client.get(run.get_absolute_url()).content.decode()
    sign_in(client, office())
    assert "/exchanges/office/applications/" in client.get(run.get_absolute_url()).content.decode()


def test_request_run_shows_progress_until_the_job_is_done(client):
    call = make.in_matching()
    sign_in(client, office())
    desk = f"/exchanges/office/calls/{call.slug}/"
    page = client.post(f"{desk}runs/", follow=True)
    run = MatchRun.objects.get()
    url = run.get_absolute_url()
    assert f'data-progress="{url}progress/"' in page.content.decode()
    waiting = {"value": 0, "max": 4, "text": "Waiting for a free worker.", "done": False, "location": url}
    answer = client.get(f"{url}progress/")
    assert (answer.json(), answer.headers["Cache-Control"]) == (waiting, "private, no-store")
    Job.objects.update(progress_done=2, progress_total=4, progress_note="Computing the match", state="running")
    assert client.get(f"{url}progress/").json() == {**waiting, "value": 2, "text": "Computing the match."}
    Job.objects.update(state="waiting")
    queue.work_all()
    assert client.get(f"{url}progress/").json() == {
        "value": 1,
        "max": 1,
        "text": "Done.",
        "done": True,
        "location": url,
    }
    assert "The proposed match" in client.get(url).content.decode()


def test_progress_says_when_a_job_was_given_up(client):
    call = make.in_matching()
    run = matches.request_run(call=call, by=make.office())
    Job.objects.filter(pk=run.job_id).update(state="failed")
    sign_in(client, office())
    answer = client.get(f"{run.get_absolute_url()}progress/").json()
    assert (answer["done"], "did not come to its end" in answer["text"]) == (False, True)
    matches.fail(run=run, error="The computation did not come to its end.")
    text = client.get(run.get_absolute_url()).content.decode()
    assert "The run failed" in text
    assert client.get(f"{run.get_absolute_url()}progress/").json()["done"]


def test_request_run_twice_leads_to_the_same_run(client):
    run = make.proposed()
    sign_in(client, office())
    page = client.post(f"/exchanges/office/calls/{run.call.slug}/runs/", follow=True)
    assert "Run 1 still stands" in page.content.decode()
    assert MatchRun.objects.count() == 1


def test_two_members_sign_in_the_browser(client):
    run = make.proposed()
    url = run.get_absolute_url()
    sign_in(client, make.member("PL"))
    first = client.post(f"{url}sign/", follow=True).content.decode()
    assert "You signed. A second signature, from another country, decides the call." in first
    assert "Sign run 1" not in first
    sign_in(client, make.member("ES"))
    text = client.post(f"{url}sign/", follow=True).content.decode()
    assert "Both signatures are there." in text
    assert "This run is the decision" in text
    assert Call.objects.get().state == "decided"
    assert client.post(f"{url}sign/").status_code == 302


def test_who_may_not_sign_is_told_why(client):
    run = make.proposed()
    sign_in(client, office())
    page = client.post(f"{run.get_absolute_url()}sign/")
    assert (page.status_code, "Only a committee member of this call signs" in page.content.decode()) == (403, True)


def test_a_stale_run_says_so_and_has_no_button(client):
    run = make.proposed(("LV", "PT"))
    withdrawn = run.call.applications.first()
    applications.withdraw(application=withdrawn, by=viewer(withdrawn.applicant))
    sign_in(client, make.member("ES"))
    text = client.get(run.get_absolute_url()).content.decode()
    assert "Out of date" in text
    assert "Sign run 1" not in text
    page = client.post(f"{run.get_absolute_url()}sign/")
    assert (page.status_code, "changed since this run" in page.content.decode()) == (409, True)


def test_a_tampered_run_shows_its_fault_instead_of_a_result(client):
    run = make.proposed(("LV", "PT"))
    run.assignment[0][0] = "nobody"
    run.save()
    sign_in(client, make.member("ES"))
    page = client.get(run.get_absolute_url())
    text = page.content.decode()
    assert page.status_code == 200
    assert "This run does not stand up to its check" in text
    assert "Sign run 1" not in text


@pytest.mark.parametrize("step", ["assign-reviews", "begin-matching", "complete", "runs"])
def test_the_offices_steps_exist_for_the_office_alone(client, step):
    call = make.in_matching()
    url = f"/exchanges/office/calls/{call.slug}/{step}/"
    assert client.post(url).status_code == 302
    for person in (make.member("ES"), make.contact_points("LV").get(), call.applications.get().applicant):
        assert sign_in(client, person).post(url).status_code == 404
    assert MatchRun.objects.count() == 0
    back = sign_in(client, office()).get(url)
    assert (back.status_code, back.url) == (302, f"/exchanges/office/calls/{call.slug}/")


def test_unknown_runs_are_not_found(client):
    run = make.proposed()
    sign_in(client, office())
    for path in ("runs/2/", "runs/99999999999999999999/"):
        assert client.get(f"/exchanges/office/calls/{run.call.slug}/{path}").status_code == 404
    assert client.get("/exchanges/office/calls/none/runs/1/").status_code == 404


def test_reading_a_run_brings_its_signatures_along(django_assert_num_queries):
    run = make.proposed()
    matches.sign(run=run, by=viewer(make.member("PL")))
    by = make.office()
    with django_assert_num_queries(2):
        [found] = queries_decide.runs_for(by)
        assert [row.person.name for row in found.signatures.all()] == ["Committee PL"]
        assert found.call.number == "2027/1"
