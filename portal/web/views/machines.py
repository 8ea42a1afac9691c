"""What machines ask for: feeds, sitemap, robots.txt and security.txt."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.access.clock import machine_now
from portal.web import feeds as registry
from portal.web.metadata import absolute
from portal.web.public import public_page
from portal.web.sitemap import addresses, robots_leave_alone

PLAIN = "text/plain; charset=utf-8"
#: security.txt must say until when it holds, less than a year ahead (RFC 9116, 2.5.5).
HOLDS = dt.timedelta(days=180)


@require_safe
@public_page
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Return a feed as Atom."""
    for found in registry.feeds():
        if found.slug == slug:
            return HttpResponse(registry.atom(found), content_type="application/atom+xml; charset=utf-8")
    raise Http404("no such feed")


@require_safe
@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """Return all addresses that anybody may read."""
    found = [
        {
            "url": absolute(address.path),
            "modified": address.modified,
            "alternates": [(language, absolute(path)) for language, path in address.alternates],
        }
        for address in addresses(request)
    ]
    return render(request, "web/sitemap.xml", {"addresses": found}, content_type="application/xml; charset=utf-8")


@require_safe
@public_page
def robots(request: HttpRequest) -> HttpResponse:
    """Say what robots may read. The sign-in page is for people who look for it; what lies behind it is not."""
    lines = ["User-agent: *"]
    lines += [f"Allow: {start}/accounts/{name}/" for name in ("login", "signup") for start in ("", "/*")]
    lines += [f"Disallow: {prefix}" for prefix in robots_leave_alone()]
    lines += ["", f"Sitemap: {absolute('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type=PLAIN)


@require_safe
@public_page
def security(request: HttpRequest) -> HttpResponse:
    """Say whom to tell of a weakness (RFC 9116); 404 where the operator has named nobody."""
    if not settings.SECURITY_CONTACT:
        raise Http404("no contact for weaknesses is named")
    until = (machine_now() + HOLDS).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {until.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {absolute('/.well-known/security.txt')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type=PLAIN)
