"""The one door for protected files."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from portal.files.domain.store import store
from portal.files.models import Attachment
from portal.files.serving import span_of
from portal.journal.models import Entry
from tests import factories
from tests.portal.files.makers import PDF, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def jan():
    return factories.person()


@pytest.fixture
def paper(jan) -> Attachment:
    return store(upload=upload("Żółty raport.pdf", PDF), owner=jan, by=factories.viewer(jan))


@pytest.fixture
def signed_in(client: Client, jan) -> Client:
    return factories.sign_in(client, jan)


def url(paper: Attachment) -> str:
    return reverse("files:download", args=[paper.pk, paper.name])


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def downloads() -> int:
    return Entry.objects.filter(verb="files.download").count()


def test_file_is_handed_out_as_a_download(signed_in: Client, paper: Attachment) -> None:
    response = signed_in.get(url(paper), headers={"Accept-Encoding": "gzip"})
    assert (response.status_code, body(response)) == (200, PDF)
    wanted = {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(PDF)),
        "Content-Disposition": "attachment; filename*=utf-8''%C5%BB%C3%B3%C5%82ty%20raport.pdf",
        "ETag": f'"{paper.sha256}"',
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
    }
    assert {name: response.headers[name] for name in wanted} == wanted
    assert "Content-Encoding" not in response.headers


def test_download_is_written_down_once(signed_in: Client, paper: Attachment, jan) -> None:
    body(signed_in.get(url(paper)))
    entry = Entry.objects.get(verb="files.download")
    assert (entry.thing_id, entry.detail.actor_name) == (str(paper.pk), jan.name)
    body(signed_in.get(url(paper), headers={"Range": "bytes=100-"}))
    signed_in.head(url(paper))
    signed_in.get(url(paper), headers={"If-None-Match": f'"{paper.sha256}"'})
    assert downloads() == 1


@pytest.mark.parametrize(
    ("header", "status", "span"),
    [
        ("bytes=0-9", 206, (0, 9)),
        ("bytes=10-", 206, (10, len(PDF) - 1)),
        ("bytes=-6", 206, (len(PDF) - 6, len(PDF) - 1)),
        ("bytes=5-99999", 206, (5, len(PDF) - 1)),
        ("bytes=0-0", 206, (0, 0)),
        ("bytes=0-1,5-6", 200, (0, len(PDF) - 1)),
        ("pages=1-2", 200, (0, len(PDF) - 1)),
        ("bytes=9-2", 200, (0, len(PDF) - 1)),
    ],
)
def test_range(signed_in: Client, paper: Attachment, header: str, status: int, span: tuple[int, int]) -> None:
    first, last = span
    response = signed_in.get(url(paper), headers={"Range": header})
    assert (response.status_code, body(response)) == (status, PDF[first : last + 1])
    assert response.headers["Content-Length"] == str(last - first + 1)
    if status == 206:
        assert response.headers["Content-Range"] == f"bytes {first}-{last}/{len(PDF)}"


@pytest.mark.parametrize("header", ["bytes=99999-", "bytes=-0"])
def test_range_behind_the_end(signed_in: Client, paper: Attachment, header: str) -> None:
    response = signed_in.get(url(paper), headers={"Range": header})
    assert (response.status_code, response.headers["Content-Range"]) == (416, f"bytes */{len(PDF)}")
    assert downloads() == 0


def test_range_of_another_version_is_sent_whole(signed_in: Client, paper: Attachment) -> None:
    response = signed_in.get(url(paper), headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (response.status_code, body(response)) == (200, PDF)


def test_file_that_is_known_is_not_sent_again(signed_in: Client, paper: Attachment) -> None:
    response = signed_in.get(url(paper), headers={"If-None-Match": f'"{paper.sha256}"'})
    assert (response.status_code, response.content) == (304, b"")


def test_head_has_no_body(signed_in: Client, paper: Attachment) -> None:
    response = signed_in.head(url(paper))
    assert (response.status_code, response.headers["Content-Length"], body(response)) == (200, str(len(PDF)), b"")


def test_web_server_hands_out_where_it_can(signed_in: Client, paper: Attachment, settings) -> None:
    settings.NOC_ACCEL = "/internal"
    response = signed_in.get(url(paper))
    assert response.headers["X-Accel-Redirect"] == f"/internal/{paper.stored_name}"
    assert (response.content, response.headers["Content-Type"], downloads()) == (b"", "application/pdf", 1)


@pytest.mark.parametrize("who", ["visitor", "half signed in", "other country", "former member"])
@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-9"}, {"If-None-Match": "*"}])
def test_file_does_not_exist_for(jan, paper: Attachment, who: str, headers: dict[str, str]) -> None:
    client = Client()
    if who == "half signed in":
        factories.sign_in(client, jan, verified=False)
    if who == "other country":
        factories.sign_in(client, factories.person("Aino", "FI"))
    if who == "former member":
        factories.sign_in(client, jan)
        assert client.get(url(paper)).status_code == 200
        jan.active = False
        jan.save()
    before = downloads()
    response = client.get(url(paper), headers=headers)
    # A session on its way to the second factor is sent there from every address that is not public.
    assert response.status_code == (302 if who == "half signed in" else 404)
    assert ("raport" in response.text, "ETag" in response.headers, downloads()) == (False, False, before)


def test_wrong_name_wrong_key_and_missing_bytes_are_not_found(signed_in: Client, paper: Attachment) -> None:
    assert signed_in.get(url(paper)).status_code == 200
    assert signed_in.get(reverse("files:download", args=[paper.pk, "other.pdf"])).status_code == 404
    assert signed_in.get(reverse("files:download", args=[uuid.uuid4(), paper.name])).status_code == 404
    paper.path.unlink()
    assert signed_in.get(url(paper)).status_code == 404


def test_post_is_refused(signed_in: Client, paper: Attachment) -> None:
    assert signed_in.post(url(paper)).status_code == 405


def test_span_of_an_unreadable_header() -> None:
    assert [span_of(header, 10) for header in ("", "bytes=-", "bytes=a-b", "bytes 1-2")] == [None] * 4


def test_text_says_how_it_is_encoded(signed_in: Client, jan) -> None:
    words = "Przekazanie zmiany o 6:00, później łączność."
    note = upload("note.txt", words.encode())
    attachment = store(upload=note, owner=jan, by=factories.viewer(jan))
    response = signed_in.get(url(attachment))
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert body(response).decode() == words
