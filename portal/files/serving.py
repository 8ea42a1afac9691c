"""Handing out a file: whole or in part, with the headers that keep it a download."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags

if TYPE_CHECKING:
    from portal.files.models import Attachment

CHUNK = 64 * 1024
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
    response.headers["Content-Type"] = attachment.content_type
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
