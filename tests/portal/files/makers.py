"""Small real files of each kind, and broken ones."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n96\n%%EOF\n"
)


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(kind: str = "JPEG", *, gps: bool = False, turned: bool = False, size: tuple[int, int] = (40, 20)) -> bytes:
    image = Image.effect_noise(size, 80).convert("RGB")
    exif = Image.Exif()
    if gps:
        exif[0x010F] = "Camera of Jan"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (52.0, 13.0, 0.0)
    if turned:
        exif[0x0112] = 6
    target = io.BytesIO()
    image.save(target, kind, exif=exif)
    return target.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def office(main: str, **more: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", main: b"<x/>" * 200, **more})


GOOD: dict[str, tuple[bytes, str]] = {
    "report.pdf": (PDF, "application/pdf"),
    "photo.jpg": (picture(), "image/jpeg"),
    "photo.JPEG": (picture(), "image/jpeg"),
    "plan.png": (picture("PNG"), "image/png"),
    "text.docx": (office("word/document.xml"), DOCX),
    "talk.pptx": (office("ppt/presentation.xml"), PPTX),
    "list.xlsx": (office("xl/workbook.xml"), XLSX),
    "text.odt": (archive({"mimetype": ODT.encode(), "content.xml": b"<x/>"}), ODT),
    "film.vtt": (b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n", "text/vtt"),
    "notes.txt": ("Zażółć gęślą jaźń\r\n\tok\n".encode(), "text/plain"),
}
