"""Mail is written with its cause and sent after it."""

import datetime as dt
import socket
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import transaction

from portal.access import clock
from portal.jobs import queue
from portal.jobs.models import Job, JobState
from portal.outbox import post
from portal.outbox.models import Mail
from tests import factories

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2027, 1, 15, 12, tzinfo=dt.UTC)
REAL_SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def template(settings, tmp_path: Path) -> str:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "hello.txt").write_text("Subject: Hello {{ name }}\n\nDear {{ name }},\n{{ site_url }}/x/\n")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.SITE_URL = "https://noc.example/"
    return "hello"


@pytest.fixture
def closed_port(settings) -> int:
    """A mail server that refuses every connection: a port of which we know that nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = REAL_SMTP, "127.0.0.1", port
    return port


def write(subject: str = "Hello", **fields) -> Mail:
    return post.post_text(to="jan@example.org", subject=subject, body="Text", kind="test", **fields)


def test_mail_is_written_from_its_template_without_escaping(template: str) -> None:
    person = factories.person()
    mail = post.post(to="jan@example.org", template=template, context={"name": "Seán O'Brien & co"}, about=person)
    assert (mail.subject, mail.body) == (
        "Hello Seán O'Brien & co",
        "Dear Seán O'Brien & co,\nhttps://noc.example/x/\n",
    )
    assert (mail.kind, mail.about, mail.state) == ("hello", f"community.person:{person.pk}", "waiting")


def test_mail_is_sent_by_its_job(settings) -> None:
    settings.SITE_URL = "https://noc.example"
    with clock.at(NOON):
        mail = write()
    assert django_mail.outbox == []
    assert queue.work_all() == 1
    (sent,) = django_mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["jan@example.org"], "Hello", "Text\n")
    assert sent.extra_headers == {
        "Message-ID": f"<{mail.pk}@noc.example>",
        "Date": "Fri, 15 Jan 2027 12:00:00 +0000",
        "Auto-Submitted": "auto-generated",
    }
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.error) == ("sent", 1, "")


def test_label_stands_in_front_of_the_subject_unless_it_is_clear() -> None:
    assert write(tlp="TLP:AMBER").subject == "[TLP:AMBER] Hello"
    assert write(tlp="TLP:CLEAR").subject == "Hello"


def test_subject_cannot_bring_headers_along() -> None:
    assert write("Subject: Hello\r\nBcc: evil@example.org").subject == "Hello Bcc: evil@example.org"


def test_mail_of_a_rolled_back_cause_is_never_sent() -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert (Mail.objects.count(), Job.objects.count()) == (0, 0)


def test_same_key_is_one_mail(template: str) -> None:
    first = post.post(to="a@example.org", template=template, context={"name": "A"}, key="k")
    assert post.post(to="b@example.org", template=template, context={"name": "B"}, key="k") == first
    assert write(key="k") == first
    assert queue.work_all() == 1
    assert [sent.to for sent in django_mail.outbox] == [["a@example.org"]]


def test_nothing_is_written_while_mail_is_held_back(template: str) -> None:
    with post.held_back():
        assert post.post(to="a@example.org", template=template, context={}) is None
        assert write() is None
    assert Mail.objects.count() == 0
    assert write() is not None


def test_refused_mail_is_tried_again_and_stays_visible_as_failed(closed_port: int) -> None:
    with time_machine.travel(NOON, tick=False) as machine:
        mail = write()
        job = Job.objects.get()
        for attempt in range(1, queue.MAX_ATTEMPTS + 1):
            assert queue.work_all() == 0
            mail.refresh_from_db()
            assert mail.attempts == attempt
            assert mail.state == ("waiting" if attempt < queue.MAX_ATTEMPTS else "failed")
            assert mail.error.startswith("ConnectionRefusedError")
            job.refresh_from_db()
            machine.move_to(job.run_after + dt.timedelta(seconds=1))
        assert queue.work_all() == 0
    assert list(post.failed()) == [mail]


def test_failed_mail_is_sent_again_under_the_same_message_id(settings, closed_port: int) -> None:
    mail = write()
    Job.objects.update(attempts=queue.MAX_ATTEMPTS - 1)
    queue.work_all()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert post.send_again(mail) is True
    assert post.send_again(mail) is False, "it waits by now"
    assert queue.work_all() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("sent", "")
    assert [sent.extra_headers["Message-ID"] for sent in django_mail.outbox] == [f"<{mail.pk}@localhost>"]
    assert post.send_again(mail) is False


def test_mail_that_was_sent_is_not_sent_by_a_second_job() -> None:
    mail = write()
    queue.work_all()
    post.deliver_soon(mail)
    assert queue.work_all() == 1
    assert len(django_mail.outbox) == 1


def test_sweep_revives_a_mail_whose_job_is_gone_and_leaves_the_others() -> None:
    lost, waiting = write("Lost"), write("Waiting")
    Job.objects.filter(payload__mail_id=str(lost.pk)).delete()
    assert post.sweep() == 1
    assert post.sweep() == 0
    assert queue.work_all() == 2
    assert sorted(sent.subject for sent in django_mail.outbox) == ["Lost", "Waiting"]
    assert waiting.state == "waiting"


def test_sweep_makes_a_mail_visible_whose_worker_died_each_time() -> None:
    mail = write()
    Job.objects.update(state=JobState.FAILED, error="The worker died.", attempts=8)
    assert post.sweep() == 0
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.error) == ("failed", 8, "The worker died.")


def test_outbox_failed_lists_and_sends_again(closed_port: int) -> None:
    with clock.at(NOON):
        write("Lost letter")
    Job.objects.update(attempts=queue.MAX_ATTEMPTS - 1)
    queue.work_all()
    out = StringIO()
    call_command("outbox_failed", stdout=out)
    first, last = out.getvalue().splitlines()
    assert first.startswith("2027-01-15 13:00  jan@example.org  Lost letter  (ConnectionRefusedError")
    assert last == "1 mail not delivered."
    out = StringIO()
    call_command("outbox_failed", "--send-again", stdout=out)
    assert out.getvalue().splitlines()[-1] == "1 mail queued once more."
    assert (post.failed().count(), Mail.objects.get().state) == (0, "waiting")


def test_mail_brings_its_own_header_lines_along() -> None:
    write(
        headers={
            "List-Unsubscribe": "<https://noc.example/stop/>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    )
    queue.work_all()
    (sent,) = django_mail.outbox
    head = sent.message()
    assert head["List-Unsubscribe"] == "<https://noc.example/stop/>"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert head["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("lines", [{"Bcc": "all@example.org"}, {"List-Id": "a\r\nBcc: all@example.org"}])
def test_header_lines_that_are_the_outbox_s_own_or_break_the_head_are_refused(lines: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="header lines"):
        write(headers=lines)
    assert Mail.objects.count() == 0


def test_forgotten_mail_is_gone_and_one_that_waits_is_not_sent() -> None:
    write()
    post.post_text(to="ana@example.org", subject="Stays", body="Text", kind="test")
    post.post_text(to="jan@example.org", subject="Of another kind", body="Text", kind="other")
    assert post.forget(to="jan@example.org", kinds=["test"]) == 1
    queue.work_all()
    assert sorted(sent.subject for sent in django_mail.outbox) == ["Of another kind", "Stays"]
