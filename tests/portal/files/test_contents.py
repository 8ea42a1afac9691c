"""What may be stored, told from the bytes."""

import io

import pytest
from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from portal.files.domain import contents
from portal.files.domain.contents import FileRefused, check, safe_name
from tests.portal.files import makers
from tests.portal.files.makers import GOOD, PDF, archive, office, picture, upload


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        check(upload(name, content))
    return str(refused.value)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_allowed_kinds(name: str) -> None:
    content, content_type = GOOD[name]
    checked = check(upload(name, content))
    assert (checked.name, checked.content_type) == (name, content_type)
    if not content_type.startswith("image/"):
        assert checked.content == content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.pdf", b"\x00\x01\x02 not a pdf"),
        ("tool.docx", b"MZ\x90\x00" + b"\x00" * 200),
        ("tool.exe", b"\x7fELF" + b"\x00" * 100),
        ("movie.gif", b"GIF89a\x00\x00"),
        ("archive.zip", archive({"a.txt": b"x"})),
        ("archive.docx", archive({"a.txt": b"x"})),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("sheet.ods", archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})),
    ],
)
def test_unknown_kinds_are_refused(name: str, content: bytes) -> None:
    assert refusal(name, content).startswith(f"“{name}” is not of a kind that can be stored: PDF, JPEG, PNG")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.pdf", b"<html><script>alert(1)</script></html>", "plain text by its content"),
        ("photo.pdf", picture(), "a JPEG picture by its content"),
        ("photo.jpg", picture("PNG"), "a PNG picture by its content"),
        ("page.html", b"<html></html>", "plain text by its content"),
        ("vector.svg", b"<svg onload='x'/>", "plain text by its content"),
        ("list.docx", office("xl/workbook.xml"), "an Excel workbook by its content"),
        ("report.pdf.exe", PDF, "a PDF by its content"),
    ],
)
def test_name_and_content_must_agree(name: str, content: bytes, words: str) -> None:
    assert words in refusal(name, content)


def test_empty_file_is_refused() -> None:
    assert refusal("report.pdf", b"") == "“report.pdf” is empty. Please choose the file again."


def test_file_above_twenty_megabytes_is_refused_before_it_is_read() -> None:
    class Unread(UploadedFile):
        def read(self, *args: object) -> bytes:
            raise AssertionError("read")

    with pytest.raises(FileRefused, match=r"has 21 MB\. A file may have 20 MB at most"):
        check(Unread(io.BytesIO(), "film.pdf", size=21 * 1024 * 1024))


@pytest.mark.parametrize("part", [0.3, 0.9])
@pytest.mark.parametrize("name", ["report.pdf", "photo.jpg", "plan.png", "text.docx"])
def test_truncated_file_is_refused(name: str, part: float) -> None:
    content = GOOD[name][0] if "." not in name or not name.endswith("pdf") else PDF + b"%" + b" " * 4000 + b"%%EOF"
    words = refusal(name, content[: int(len(content) * part)])
    assert "cut off on the way" in words


def test_office_file_with_a_damaged_part_is_refused() -> None:
    content = bytearray(office("word/document.xml"))
    middle = content.index(b"word/document.xml") + len("word/document.xml") + 4
    content[middle] ^= 0xFF
    assert "damaged" in refusal("text.docx", bytes(content))


def test_zip_bomb_is_refused_unpacked() -> None:
    assert "unpacks to more" in refusal(
        "text.docx", office("word/document.xml", **{"word/media/a": b"\0" * (contents.MAX_UNPACKED + 1)})
    )


def test_document_of_too_many_parts_is_refused() -> None:
    parts = {f"word/{number}": b"" for number in range(contents.MAX_PARTS)}
    assert "unpacks to more" in refusal("text.docx", office("word/document.xml", **parts))


def test_macros_are_refused() -> None:
    assert "holds macros" in refusal("text.docx", office("word/document.xml", **{"word/vbaProject.bin": b"x"}))


def test_picture_loses_its_place_and_keeps_its_turn() -> None:
    content = picture(gps=True, turned=True)
    assert b"Camera of Jan" in content
    checked = check(upload("photo.jpg", content))
    assert b"Camera of Jan" not in checked.content
    with Image.open(io.BytesIO(checked.content)) as kept:
        assert (dict(kept.getexif()), kept.size) == ({}, (20, 40))


def test_what_hangs_behind_a_picture_is_gone() -> None:
    checked = check(upload("photo.png", picture("PNG") + b"<script>alert(1)</script>"))
    assert b"<script>" not in checked.content


def test_picture_of_too_many_pixels_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    target = io.BytesIO()
    Image.new("1", (10_001, 5_000)).save(target, "PNG")
    assert "more than 50 million pixels" in refusal("plan.png", target.getvalue())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\jan\\report.pdf", "report.pdf"),
        ('re"p\r\nort.pdf', "report.pdf"),
        ("gpj.\u202efdp.exe", "gpj.fdp.exe"),
        ("  two   words .pdf", "two words .pdf"),
        ("...", "file"),
        ("", "file"),
        ("Żółw.pdf", "Żółw.pdf"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_safe_name(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_kinds_are_all_tried() -> None:
    assert {content_type for _, content_type in makers.GOOD.values()} == set(contents.KINDS)
