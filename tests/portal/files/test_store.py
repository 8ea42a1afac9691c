"""Storing, seeing, removing, tidying up."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from django import forms
from django.db import transaction

from portal.access.viewer import ANONYMOUS
from portal.files import owners
from portal.files.domain.contents import FileRefused
from portal.files.domain.store import keep, remove, store, sweep_orphans
from portal.files.forms import ProtectedFileField
from portal.files.models import Attachment
from portal.jobs.models import Job
from portal.journal.models import Entry
from tests import factories
from tests.portal.files.makers import PDF, picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def jan():
    return factories.person()


def stored_files(root: Path) -> list[Path]:
    return [file for file in root.rglob("*") if file.is_file()]


def test_stored_file_lies_under_a_random_name_for_us_alone(own_folder: Path, jan) -> None:
    attachment = store(upload=upload("Report.pdf", PDF), owner=jan, by=factories.viewer(jan))
    (file,) = stored_files(own_folder)
    assert (file, file.read_bytes()) == (attachment.path, PDF)
    assert "Report" not in str(file.relative_to(own_folder))
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert (attachment.name, attachment.content_type, attachment.size, attachment.sha256) == (
        "Report.pdf",
        "application/pdf",
        len(PDF),
        hashlib.sha256(PDF).hexdigest(),
    )
    assert (attachment.owner_type, attachment.owner_id, attachment.uploaded_by) == (
        "community.person",
        str(jan.pk),
        jan.user,
    )
    entry = Entry.objects.get()
    assert (entry.verb, entry.thing_id, entry.detail.data["name"]) == ("files.store", str(attachment.pk), "Report.pdf")


def test_digest_is_of_the_bytes_as_stored(jan) -> None:
    original = picture(gps=True)
    attachment = store(upload=upload("photo.jpg", original), owner=jan, by=factories.viewer(jan))
    assert attachment.path.read_bytes() != original
    assert attachment.sha256 == hashlib.sha256(attachment.path.read_bytes()).hexdigest()


def test_refused_file_leaves_nothing(own_folder: Path, jan) -> None:
    with pytest.raises(FileRefused):
        store(upload=upload("report.pdf", b"MZ\x00"), owner=jan, by=factories.viewer(jan))
    assert (Attachment.objects.count(), stored_files(own_folder), Entry.objects.count()) == (0, [], 0)


def test_model_that_is_not_registered_has_no_files(jan) -> None:
    with pytest.raises(KeyError, match=r"community\.country is not registered"):
        store(upload=upload("report.pdf", PDF), owner=jan.country, by=factories.viewer(jan))


def test_attachment_is_as_visible_as_its_record(jan) -> None:
    attachment = store(upload=upload("report.pdf", PDF), owner=jan, by=factories.viewer(jan))
    colleague, foreigner = factories.person("Ola"), factories.person("Aino", "FI")
    assert list(Attachment.objects.visible_to(factories.viewer(colleague))) == [attachment]
    assert list(Attachment.objects.visible_to(factories.viewer(foreigner))) == []
    assert list(Attachment.objects.visible_to(ANONYMOUS)) == []
    owners.unregister("community.person")
    assert list(Attachment.objects.visible_to(factories.viewer(colleague))) == []


def test_owner_with_a_uuid_key(jan) -> None:
    """A key that SQLite keeps without hyphens is still found by its text."""
    owners.register("jobs.job", Job.objects.visible_to)
    try:
        from portal.access import clock

        now = clock.machine_now()
        mine, other = (
            Job.objects.create(name="x", run_after=now, send_after=now, created_at=now, owner=owner)
            for owner in (jan.user, None)
        )
        kept = [store(upload=upload("a.pdf", PDF), owner=job, by=factories.viewer(jan)) for job in (mine, other)]
        assert list(Attachment.objects.visible_to(factories.viewer(jan))) == kept[:1]
        assert list(Attachment.objects.of(mine)) == kept[:1]
    finally:
        owners.unregister("jobs.job")


@pytest.mark.parametrize("files", [1, 3])
def test_visible_files_take_one_query(jan, django_assert_num_queries, files: int) -> None:
    viewer = factories.viewer(jan)
    for _ in range(files):
        store(upload=upload("report.pdf", PDF), owner=jan, by=viewer)
    with django_assert_num_queries(1):
        assert len(Attachment.objects.visible_to(viewer)) == files


@pytest.mark.django_db(transaction=True)
def test_removed_file_is_gone_after_the_commit(own_folder: Path) -> None:
    jan = factories.person()
    attachment = store(upload=upload("report.pdf", PDF), owner=jan, by=factories.viewer(jan))
    path = attachment.path
    with transaction.atomic():
        remove(attachment=attachment, by=factories.viewer(jan))
        assert path.exists()
    assert (path.exists(), Attachment.objects.count()) == (False, 0)
    assert list(Entry.objects.order_by("id").values_list("verb", flat=True)) == ["files.store", "files.remove"]


def test_orphan_is_swept_once_it_is_a_day_old(own_folder: Path, jan) -> None:
    kept = store(upload=upload("report.pdf", PDF), owner=jan, by=factories.viewer(jan))
    with transaction.atomic():
        store(upload=upload("report.pdf", PDF), owner=jan, by=factories.viewer(jan))
        transaction.set_rollback(True)
    (own_folder / "videos").mkdir()
    (own_folder / "videos" / "other").write_text("of another area")
    assert len(stored_files(own_folder)) == 3
    assert sweep_orphans() == 0, "it may belong to a transaction under way"
    day_ago = time.time() - 86_401
    for file in stored_files(own_folder):
        os.utime(file, (day_ago, day_ago))
    assert sweep_orphans() == 1
    assert sorted(stored_files(own_folder)) == sorted([kept.path, own_folder / "videos" / "other"])


class ReportForm(forms.Form):
    title = forms.CharField()
    paper = ProtectedFileField(required=False)


def test_form_field_turns_a_refusal_into_an_error_and_keeps_the_rest() -> None:
    form = ReportForm({"title": "My week"}, {"paper": upload("paper.pdf", b"")})
    assert form.is_valid() is False
    assert form.errors == {"paper": ["“paper.pdf” is empty. Please choose the file again."]}
    assert form.cleaned_data == {"title": "My week"}
    assert form["title"].value() == "My week"


def test_form_field_hands_on_what_it_checked(jan, monkeypatch: pytest.MonkeyPatch) -> None:
    form = ReportForm({"title": "My week"}, {"paper": upload("photo.jpg", picture(gps=True))})
    assert form.is_valid() is True
    paper = form.cleaned_data["paper"]
    attachment = store(upload=paper, owner=jan, by=factories.viewer(jan))
    assert attachment.path.read_bytes() == paper.checked.content
    assert ReportForm({"title": "x"}).is_valid() is True
    assert 'accept=".pdf,.jpg,.jpeg,.png' in str(form["paper"])


def test_a_file_of_the_portals_own_is_kept_whole_and_behind_no_common_door(jan) -> None:
    by = factories.viewer(jan)
    kept = keep(
        write=lambda file: file.write(b"{}" * 5000),
        name="own.json",
        content_type="application/json",
        owner=jan.user,
        by=by,
    )
    assert kept.path.read_bytes() == b"{}" * 5000
    assert (kept.size, kept.sha256) == (10_000, hashlib.sha256(b"{}" * 5000).hexdigest())
    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert Entry.objects.get(verb="files.store").thing_id == str(kept.pk)
    assert not Attachment.objects.visible_to(by).exists()
