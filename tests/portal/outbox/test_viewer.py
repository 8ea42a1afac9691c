"""The mail viewer of the local settings."""

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from portal.access import clock
from portal.jobs import queue
from portal.outbox import post, viewer
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept(settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "portal.outbox.viewer.ViewerBackend"
    settings.MAIL_VIEWER_ROOT = tmp_path / "mail"
    return tmp_path / "mail"


def send(to: str, subject: str, body: str = "Text", minute: int = 0) -> None:
    with clock.at(dt.datetime(2027, 1, 15, 12, minute, tzinfo=dt.UTC)):
        post.post_text(to=to, subject=subject, body=body, kind="test")
    assert queue.work_all() == 1


def test_mail_becomes_a_file(kept: Path) -> None:
    send("jan@example.org", "Zgłoszenie przyjęte", "Dzień dobry\n")
    (mail,) = viewer.kept_mails()
    assert (mail.to, mail.subject, mail.text) == ("jan@example.org", "Zgłoszenie przyjęte", "Dzień dobry\n")
    assert mail.at == dt.datetime(2027, 1, 15, 12, tzinfo=dt.UTC)
    assert [file.suffix for file in kept.iterdir()] == [".eml"]


def test_list_shows_newest_first_and_filters_by_address(client: Client) -> None:
    send("jan@example.org", "First", minute=1)
    send("anna@example.org", "Second", minute=2)
    send("jan@example.org", "Third", minute=3)
    text = client.get(reverse("outbox:index")).text
    assert text.index("Third") < text.index("Second") < text.index("First")
    only = client.get(reverse("outbox:index"), {"to": "JAN@example.org"}).text
    assert ("Third" in only, "First" in only, "Second" in only) == (True, True, False)


def test_detail_shows_text_and_clickable_links(client: Client) -> None:
    send("jan@example.org", "Come in", "Open http://localhost:8000/exchanges/?a=1&b=2\n\n<script>alert(1)</script>")
    (mail,) = viewer.kept_mails()
    text = client.get(reverse("outbox:detail", args=[mail.name])).text
    assert '<a href="http://localhost:8000/exchanges/?a=1&amp;b=2"' in text
    assert "&lt;script&gt;alert(1)" in text
    assert "15 January 2027, 13:00" in text


def test_mail_sent_twice_is_one_file(kept: Path) -> None:
    send("jan@example.org", "Once")
    post.Mail.objects.update(state="failed")
    post.send_again(post.Mail.objects.get())
    assert queue.work_all() == 1
    assert len(list(kept.iterdir())) == 1


def test_empty_viewer_says_so(client: Client) -> None:
    assert "No letters" in client.get(reverse("outbox:index")).text


@pytest.mark.parametrize("name", ["nothing", "20270115T120000Z-" + "0" * 32])
def test_unknown_mail_is_not_found(client: Client, name: str) -> None:
    assert client.get(reverse("outbox:detail", args=[name])).status_code == 404


def test_viewer_opens_nothing_but_its_own_files(kept: Path) -> None:
    send("jan@example.org", "Hello")
    (kept.parent / "secret.eml").write_text("Subject: Secret\n\n")
    (kept / "other.eml").write_text("Subject: Other\n\n")
    assert viewer.kept_mail("../secret") is None
    assert viewer.kept_mail("other") is None
    assert [mail.subject for mail in viewer.kept_mails()] == ["Hello"]


@pytest.mark.parametrize("mails", [1, 3])
def test_list_takes_no_query_for_a_visitor(client: Client, django_assert_num_queries, mails: int) -> None:
    for number in range(mails):
        send("jan@example.org", f"Letter {number}", minute=number)
    with django_assert_num_queries(0):
        assert client.get(reverse("outbox:index")).status_code == 200


def test_viewer_does_not_exist_in_production(client: Client, settings) -> None:
    assert client.get(reverse("outbox:index")).status_code == 200
    settings.NOC_LOCAL = False
    assert client.get(reverse("outbox:index")).status_code == 404


def test_viewer_is_open_to_somebody_on_the_way_to_the_second_factor(client: Client) -> None:
    factories.sign_in(client, factories.person(), verified=False)
    assert client.get(reverse("outbox:index")).status_code == 200
