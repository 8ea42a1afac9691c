"""The copy of one's data: what is in it, what is not, who may fetch it, and for how long."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.accounts import personal
from portal.accounts.domain import addresses
from portal.accounts.domain.enrolment import issue_grant
from portal.accounts.models import AuthenticatorDevice, Purpose
from portal.community.models import Person
from portal.files.models import Attachment
from portal.jobs import queue
from portal.jobs.models import Job
from portal.journal import door
from portal.journal.models import Entry
from portal.outbox.models import Mail
from portal.outbox.post import post
from portal.privacy.domain import copies, readable
from portal.privacy.models import DataCopy
from tests import factories


def made(member: Person) -> DataCopy:
    copies.ask(user=member.user, by=factories.viewer(member))
    queue.work_all()
    found = copies.newest(user_id=member.user_id)
    assert found is not None
    assert found.ready_at is not None
    return found


def content(row: DataCopy, kind: str) -> bytes:
    return next(it.path.read_bytes() for it in copies.files_of(row) if it.content_type == kind)


def as_json(row: DataCopy) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(content(row, copies.JSON_TYPE))
    return {part["key"]: part for part in found["parts"]} | {"head": {k: v for k, v in found.items() if k != "parts"}}


def test_both_files_hold_every_part(member: Person) -> None:
    row = made(member)
    found = as_json(row)
    assert [key for key in found if key != "head"] == [part.key for part in personal.parts()]
    assert (found["head"]["format"], found["head"]["label"]) == ("noc-personal-data/1", "TLP:AMBER")
    assert found["profile"]["records"][0]["name"] == "Ilze Paraugs"
    assert found["profile"]["records"][0]["groups"] == ["Operational Centres"]
    archive = zipfile.ZipFile(io.BytesIO(content(row, copies.ZIP_TYPE)))
    assert archive.namelist() == ["index.html", "style.css", "my-data.json"]
    page = archive.read("index.html").decode()
    assert [part.label in page for part in personal.parts()] == [True] * len(personal.parts())
    assert "<dd>Ilze Paraugs</dd>" in page
    assert archive.read("my-data.json") == content(row, copies.JSON_TYPE)


def test_file_names_bear_the_label(member: Person) -> None:
    day = clock.today().isoformat()
    assert sorted(it.name for it in copies.files_of(made(member))) == [
        f"TLP-AMBER_my-data_{day}.json",
        f"TLP-AMBER_my-data_{day}.zip",
    ]


def test_no_secret_is_copied(member: Person) -> None:
    device = AuthenticatorDevice.objects.create(user=member.user, name="My telephone")
    newcomer = factories.person("Newcomer", email="newcomer@example.org")
    issued = issue_grant(user=newcomer.user, purpose=Purpose.INVITATION, by=SYSTEM)
    url, words = issued.url, {"url": issued.url, "grant": issued.grant}
    post(to="ilze@example.org", template="enrolment_link", context=words, user_id=member.user_id)
    row = made(member)
    text = content(row, copies.JSON_TYPE).decode()
    assert as_json(row)["ways_in"]["records"][0]["second_factors"][0]["name"] == "My telephone"
    for secret in (device.secret, device.sealed_seed, member.user.password, url, url.rstrip("/").rsplit("/", 1)[-1]):
        assert secret not in text
    assert "[link]" in text


def test_a_letter_about_others_is_copied_without_its_words(member: Person, office: Person) -> None:
    post(to="ilze@example.org", template="privacy_account_opened", context={"at": clock.now()}, user_id=member.user_id)
    own, other = {"about": member}, {"about": office}
    for about in (own, other):
        post(
            to="ilze@example.org",
            template="privacy_erasure_refused",
            context={"erasure": {"reason": f"Anna wrote of {about['about'].pk}"}},
            user_id=member.user_id,
            **about,
        )
    letters = as_json(made(member))["letters"]["records"]
    assert [("text" in it, it.get("about")) for it in letters[:3]] == [
        (True, None),
        (True, None),
        (False, "a matter of others"),
    ]


def test_the_journal_says_what_i_did_and_not_who_else_did_what_and_why(member: Person, office: Person) -> None:
    mine, hers = factories.viewer(member), factories.viewer(office)
    door.record(thing=member, verb="profile_changed", by=mine, reason="I moved")
    door.record(thing=member, verb="looked_at", by=hers, reason="A secret of the office")
    door.record(thing=office, verb="judged", by=mine, reason="What I think of Anna")
    door.record(thing=office, verb="unrelated", by=hers)
    rows = {it["what"]: it for it in as_json(made(member))["journal"]["records"]}
    assert (rows["profile_changed"]["by"], rows["profile_changed"]["your_reason"]) == ("you", "I moved")
    assert (rows["looked_at"]["by"], "your_reason" in rows["looked_at"]) == ("somebody else", False)
    assert (rows["judged"]["by"], "your_reason" in rows["judged"]) == ("you", False)
    assert "unrelated" not in rows
    assert "A secret of the office" not in json.dumps(rows)


def test_asking_twice_is_asking_once(member: Person) -> None:
    by = factories.viewer(member)
    assert copies.ask(user=member.user, by=by).pk == copies.ask(user=member.user, by=by).pk
    assert Job.objects.filter(name=copies.MAKE).count() == 1
    assert Mail.objects.filter(kind="privacy_copy_asked").count() == 1


def test_a_new_copy_takes_the_place_of_the_old_one(
    member: Person, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    first = made(member)
    paths = [it.path for it in copies.files_of(first)]
    with django_capture_on_commit_callbacks(execute=True):
        second = made(member)
    assert list(DataCopy.objects.filter(user=member.user)) == [second]
    assert Attachment.objects.filter(owner_type="privacy.datacopy").count() == 2
    assert [it.path.exists() for it in copies.files_of(second)] == [True, True]
    assert [path.exists() for path in paths] == [False, False]


def test_files_are_removed_from_the_disk_after_seven_days(
    member: Person, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    row = made(member)
    paths = [it.path for it in copies.files_of(row)]
    assert [path.exists() for path in paths] == [True, True]
    assert row.goes_at == row.ready_at + dt.timedelta(days=7)
    with django_capture_on_commit_callbacks(execute=True):
        assert copies.remove_old(before=row.ready_at) == 0
        assert copies.remove_old(before=row.ready_at + dt.timedelta(seconds=1)) == 1
    assert [path.exists() for path in paths] == [False, False]
    assert (DataCopy.objects.count(), Attachment.objects.count()) == (0, 0)


def test_the_making_is_journalled_and_told(member: Person) -> None:
    row = made(member)
    rows = Entry.objects.filter(thing_type="privacy.datacopy", thing_id=str(row.pk))
    assert list(rows.order_by("pk").values_list("verb", flat=True)) == ["copy_asked", "copy_made"]
    assert list(Mail.objects.order_by("created_at", "pk").values_list("kind", flat=True)) == [
        "privacy_copy_asked",
        "privacy_copy_ready",
    ]


def test_a_copy_that_was_begun_begins_again_from_nothing(member: Person) -> None:
    row = copies.ask(user=member.user, by=factories.viewer(member))
    job = queue.RunningJob(Job.objects.get(pk=row.job_id), dt.timedelta(minutes=1))
    Job.objects.filter(pk=row.job_id).update(state="running", lease=job._token)
    # The worker dies after writing the files.
    copies.make(job, copy_id=str(row.pk))
    finish = copies.make(job, copy_id=str(row.pk))
    assert finish is not None
    finish()
    assert len(copies.files_of(DataCopy.objects.get())) == 2


def test_words_of_a_copy_are_those_of_people() -> None:
    record = {
        "submitted_at": dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC),
        "on": dt.date(2026, 7, 1),
        "yes": True,
        "nothing": None,
        "many": ["a", "b"],
        "inner": [{"deep": {"deeper": "<b>"}}],
    }
    assert readable.rows(record) == [
        {"label": "Submitted at", "text": "1 July 2026, 14:00 Brussels time"},
        {"label": "On", "text": "1 July 2026"},
        {"label": "Yes", "text": "yes"},
        {"label": "Nothing", "text": "–"},
        {"label": "Many", "text": "a, b"},
        {"label": "Inner", "inner": [[{"label": "Deep", "inner": [[{"label": "Deeper", "text": "<b>"}]]}]]},
    ]


# ── The door ─────────────────────────────────────────────────────────────────────────────────


def address(row: DataCopy) -> str:
    (stored, *_) = [it for it in copies.files_of(row) if it.content_type == copies.ZIP_TYPE]
    return reverse("privacy:download", args=[stored.pk, stored.name])


def test_the_owner_fetches_the_copy_and_it_is_journalled(client: Client, member: Person) -> None:
    row = made(member)
    response = factories.sign_in(client, member).get(address(row))
    assert response.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).testzip() is None
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "attachment" in response.headers["Content-Disposition"]
    assert Entry.objects.filter(verb="files.download").count() == 1


def test_a_copy_is_not_fetched_after_its_days_though_its_files_are_there(client: Client, member: Person) -> None:
    row = made(member)
    factories.sign_in(client, member)
    url, (stored, *_) = address(row), copies.files_of(row)
    with clock.at(row.goes_at - dt.timedelta(minutes=1)):
        assert client.get(url).status_code == 200
    with clock.at(row.goes_at + dt.timedelta(minutes=1)):
        assert client.get(url).status_code == 404
        assert url not in client.get("/account/data/").content.decode()
    assert stored.path.is_file()


@pytest.mark.parametrize("who", ["another member", "office", "officer"])
def test_nobody_else_fetches_it(client: Client, member: Person, office: Person, officer: Person, who: str) -> None:
    row = made(member)
    assert factories.sign_in(Client(), member).get(address(row)).status_code == 200
    other = {"another member": factories.person("Other"), "office": office, "officer": officer}[who]
    assert factories.sign_in(client, other).get(address(row)).status_code == 404


def test_neither_a_visitor_nor_a_session_without_second_factor_fetches_it(client: Client, member: Person) -> None:
    row = made(member)
    assert client.get(address(row)).headers["Location"].startswith("/accounts/login/")
    factories.sign_in(client, member, verified=False)
    assert client.get(address(row)).headers["Location"].startswith("/accounts/second-factor/")


def test_fetching_asks_for_a_fresh_second_factor(client: Client, member: Person) -> None:
    row = made(member)
    response = factories.sign_in(client, member, fresh=False).get(address(row))
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/accounts/step-up/")


def test_the_common_door_of_files_does_not_open_for_a_copy(client: Client, member: Person) -> None:
    (stored, *_) = copies.files_of(made(member))
    factories.sign_in(client, member)
    assert client.get(reverse("files:download", args=[stored.pk, stored.name])).status_code == 404


def test_a_copy_of_somebody_whose_account_is_closed_meanwhile_leaves_no_file(member: Person) -> None:
    row = copies.ask(user=member.user, by=factories.viewer(member))
    job = queue.RunningJob(Job.objects.get(pk=row.job_id), dt.timedelta(minutes=1))
    Job.objects.filter(pk=row.job_id).update(state="running", lease=job._token)
    finish = copies.make(job, copy_id=str(row.pk))
    assert finish is not None
    assert Attachment.objects.of(row).count() == 2
    type(member.user).objects.filter(pk=member.user_id).update(is_active=False)
    finish()
    assert Attachment.objects.of(row).count() == 0
    assert DataCopy.objects.get().ready_at is None


@pytest.mark.parametrize("taken", [False, True])
def test_a_copy_does_not_tell_whether_a_wished_address_has_an_account(
    member: Person, office: Person, taken: bool
) -> None:
    wished = office.user.email if taken else "free@example.org"
    addresses.ask(user=member.user, address=wished, by=factories.viewer(member))
    letters = as_json(made(member))["letters"]["records"]
    assert {it["to"] for it in letters} == {member.user.email}
