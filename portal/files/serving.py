"""Handing out a file: whole or in part, with the headers that keep it a download."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags

from portal.files.storage import FOLDER, picture_storage

if TYPE_CHECKING:
    from portal.files.models import Attachment

CHUNK = 64 * 1024
#: How a browser is told what a picture is; nothing else lies beneath the pictures' folder.
PICTURE_TYPES = {".avif": "image/avif", ".webp": "image/webp", ".jpg": "image/jpeg", ".png": "image/png"}
#: Seconds for which a browser shows a public picture without asking. Its name never means another one, but the page may
#: be withdrawn: caches that many share ask as often as for a page (`PUBLIC_PAGE_SECONDS`). To ask costs no bytes (304).
PICTURE_AGE = 60 * 60
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def span_of(header: str, size: int) -> tuple[int, int] | None:
    """Return first and last byte that a Range header asks for, or None where all of it is to be sent.

    RFC 9110, 14.2: one range is honoured; several, or what cannot be read, are ignored. Raises `ValueError` where the
    range begins behind the end (416).
    """
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0:
            raise ValueError("the range is empty")
        return max(0, size - int(last)), size - 1
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if start >= size:
        raise ValueError("the range begins behind the end")
    return None if end < start else (start, end)


def begins_download(request: HttpRequest) -> bool:
    """Return whether this request is the beginning of a download: a later part of one, or a look, is not another."""
    header = request.headers.get("Range", "").strip()
    return request.method == "GET" and (not header or header.startswith("bytes=0-"))


def serve(request: HttpRequest, attachment: Attachment) -> HttpResponseBase:
    """Return the answer to a request for a file that the viewer may have: 200, 206, 304 or 416."""
    etag = f'"{attachment.sha256}"'
    response: HttpResponseBase
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if known and (known == ["*"] or etag in [tag.removeprefix("W/") for tag in known]):
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
    elif settings.NOC_ACCEL:
        # The web server reads the file and knows ranges itself.
        response = HttpResponse()
        response.headers["X-Accel-Redirect"] = quote(f"{settings.NOC_ACCEL}/{attachment.stored_name}")
        _describe(response, attachment)
    else:
        response = _streamed(request, attachment, etag)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-store"
    return response


def serve_picture(request: HttpRequest, name: str, *, public: bool) -> HttpResponseBase:
    """Return the answer to a request for a stored picture that the viewer may see: 200 or 304.

    Raises `Http404` where the bytes are gone or are no picture.
    """
    content_type = PICTURE_TYPES.get(Path(name).suffix)
    storage = picture_storage()
    if content_type is None or not storage.exists(name):
        raise Http404("no such picture")
    etag = f'"{Path(name).name}"'
    response: HttpResponseBase
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
        del response.headers["Content-Type"]
    elif settings.NOC_ACCEL:
        response = HttpResponse(content_type=content_type)
        response.headers["X-Accel-Redirect"] = quote(f"{settings.NOC_ACCEL}/{FOLDER}/{name}")
    else:
        with storage.open(name) as file:
            response = HttpResponse(file.read(), content_type=content_type)
        request.META["HTTP_ACCEPT_ENCODING"] = "identity"
    response.headers["ETag"] = etag
    kept = f"public, max-age={PICTURE_AGE}, s-maxage={settings.PUBLIC_PAGE_SECONDS}, must-revalidate"
    response.headers["Cache-Control"] = kept if public else "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _streamed(request: HttpRequest, attachment: Attachment, etag: str) -> HttpResponseBase:
    size = attachment.size
    wanted = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        wanted = ""
    try:
        span = span_of(wanted, size)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = span or (0, size - 1)
    body = _part(attachment.path, first, last) if request.method == "GET" else iter(())
    response = StreamingHttpResponse(body, status=206 if span else 200)
    _describe(response, attachment)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(last - first + 1)
    if span:
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    # The gzip middleware would change length, ranges and ETag of what is compressed already.
    request.META["HTTP_ACCEPT_ENCODING"] = "identity"
    return response


def _describe(response: HttpResponseBase, attachment: Attachment) -> None:
    # Text is kept as UTF-8 alone (`domain.contents`); a browser that has to guess may guess wrong.
    charset = "; charset=utf-8" if attachment.content_type.startswith("text/") else ""
    response.headers["Content-Type"] = f"{attachment.content_type}{charset}"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=attachment.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Should a browser show it all the same, it may do nothing.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"


def _part(path: Path, first: int, last: int) -> Iterator[bytes]:
    left = last - first + 1
    with path.open("rb") as file:
        file.seek(first)
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
