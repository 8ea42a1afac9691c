"""What a file is, told from its bytes: the short list of what may be stored, and every reason to refuse."""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

#: 20 MB; larger things (videos) have a way of their own.
MAX_BYTES = 20 * 1024 * 1024
#: A picture of more pixels would fill the memory of the worker that decodes it.
MAX_PIXELS = 50_000_000
#: What an office document may unpack to, and into how many parts.
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PARTS = 5_000
MAX_NAME = 120

JPEG = "image/jpeg"
PNG = "image/png"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
VTT = "text/vtt"
TEXT = "text/plain"

#: Each type in words, and the endings a file of it may have.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    PDF: ("a PDF", (".pdf",)),
    JPEG: ("a JPEG picture", (".jpg", ".jpeg")),
    PNG: ("a PNG picture", (".png",)),
    DOCX: ("a Word document", (".docx",)),
    PPTX: ("a PowerPoint presentation", (".pptx",)),
    XLSX: ("an Excel workbook", (".xlsx",)),
    ODT: ("an OpenDocument text", (".odt",)),
    VTT: ("WebVTT captions", (".vtt",)),
    TEXT: ("plain text", (".txt",)),
}
ALLOWED_WORDS = "PDF, JPEG, PNG, Word (docx), PowerPoint (pptx), Excel (xlsx), OpenDocument (odt), WebVTT or plain text"
#: For the `accept` attribute of a file field.
ACCEPT = ",".join(ending for _, endings in KINDS.values() for ending in endings)

_OOXML_PARTS = {"word/document.xml": DOCX, "ppt/presentation.xml": PPTX, "xl/workbook.xml": XLSX}


class FileRefused(ValueError):
    """A file that is not stored; the message is a sentence for the person who chose it."""


@dataclass(frozen=True)
class Checked:
    """A file that may be stored: its safe name, its type, and the bytes to keep."""

    name: str
    content_type: str
    content: bytes


def check(upload: UploadedFile) -> Checked:
    """Return what is to be stored of an upload. Pictures come back without their metadata.

    Raises `FileRefused` on an empty, too large, damaged or unknown file, and where name and content disagree.
    """
    name = safe_name(upload.name or "")
    if not upload.size:
        raise FileRefused(f"“{name}” is empty. Please choose the file again.")
    if upload.size > MAX_BYTES:
        size = upload.size / 1024 / 1024
        raise FileRefused(f"“{name}” has {size:.0f} MB. A file may have 20 MB at most.")
    upload.seek(0)
    content = upload.read()
    upload.seek(0)
    content_type = _type_of(name, content)
    words, endings = KINDS[content_type]
    if not name.lower().endswith(endings):
        raise FileRefused(f"“{name}” is {words} by its content, but its name says otherwise. Name it {endings[0]}.")
    if content_type in {JPEG, PNG}:
        content = _without_metadata(name, content, content_type)
    elif content_type == PDF:
        _check_pdf(name, content)
    return Checked(name, content_type, content)


def safe_name(name: str) -> str:
    """Return a file name without folders, control or direction characters, of 120 characters at most."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(char for char in base if unicodedata.category(char)[0] != "C" and char not in '"<>|:*?;%')
    kept = re.sub(r"\s+", " ", kept).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if dot and len(kept) > MAX_NAME:
        kept = f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}"
    return kept[:MAX_NAME] or "file"


def _type_of(name: str, content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"PK\x03\x04"):
        return _office_type(name, content)
    text = _as_text(content)
    if text is not None:
        return VTT if re.match(r"WEBVTT(\s|$)", text) else TEXT
    raise FileRefused(f"“{name}” is not of a kind that can be stored: {ALLOWED_WORDS}.")


def _as_text(content: bytes) -> str | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    odd = any(unicodedata.category(char) == "Cc" and char not in "\t\n\r\f" for char in text)
    return None if odd else text


def _office_type(name: str, content: bytes) -> str:
    damaged = FileRefused(f"“{name}” is damaged or was cut off on the way. Please save it again and choose it anew.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise FileRefused(f"“{name}” unpacks to more than a document holds. It was not stored.")
            names = {part.filename for part in parts}
            found = _office_kind(archive, names)
            if found is None:
                raise FileRefused(f"“{name}” is not of a kind that can be stored: {ALLOWED_WORDS}.")
            if any(part.lower().endswith("vbaproject.bin") for part in names):
                raise FileRefused(f"“{name}” holds macros. Please save it without them.")
            if archive.testzip() is not None:
                raise damaged
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise damaged from error
    except Exception as error:
        # zlib, lzma and bz2 each have an error of their own.
        if isinstance(error, FileRefused):
            raise
        raise damaged from error
    return found


def _office_kind(archive: zipfile.ZipFile, names: set[str]) -> str | None:
    if "mimetype" in names and archive.getinfo("mimetype").file_size == len(ODT):
        return ODT if archive.read("mimetype") == ODT.encode() and "content.xml" in names else None
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in _OOXML_PARTS.items() if part in names), None)


def _check_pdf(name: str, content: bytes) -> None:
    # ISO 32000-2, 7.5.5: the last line of the file is the end-of-file marker; readers allow some bytes after it.
    if b"%%EOF" not in content[-1024:] or b"startxref" not in content[-2048:]:
        raise FileRefused(f"“{name}” was cut off on the way: its end is missing. Please choose it again.")


def _without_metadata(name: str, content: bytes, content_type: str) -> bytes:
    from PIL import Image, ImageOps  # late: a heavy library, needed only where somebody uploads a picture

    damaged = FileRefused(f"“{name}” is damaged or was cut off on the way. Please choose it again.")
    format_name = "JPEG" if content_type == JPEG else "PNG"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[format_name]) as probe:
                if probe.width * probe.height > MAX_PIXELS:
                    raise FileRefused(f"“{name}” has more than 50 million pixels. Please make it smaller.")
                probe.verify()
            with Image.open(io.BytesIO(content), formats=[format_name]) as picture:
                picture.load()
                # The camera's turn is in the metadata that goes.
                upright = ImageOps.exif_transpose(picture)
                return _saved(upright, format_name)
    except FileRefused:
        raise
    except Exception as error:
        # Pillow's decoders raise many kinds of error on damaged bytes; none of them is ours to tell apart.
        raise damaged from error


def _saved(picture: Any, format_name: str) -> bytes:
    bare = picture.copy()
    bare.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    target = io.BytesIO()
    if format_name == "JPEG":
        if bare.mode not in {"L", "RGB", "CMYK"}:
            bare = bare.convert("RGB")
        bare.save(target, "JPEG", quality=90, optimize=True)
    else:
        bare.save(target, "PNG", optimize=True)
    return target.getvalue()
