"""Devices and networks in words, from what a browser says of itself with each request.

A table of our own: people need "Firefox on Windows" to know their own sessions again, not version 142 on build 22631.
"""

from __future__ import annotations

import ipaddress
import re

from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

UNKNOWN = "a browser that does not say its name"
#: What stands in a User-Agent, and what people call it; the first match wins, so those that pretend to be another
#: browser too stand before it.
_BROWSERS = (
    (r"Edg(?:A|iOS|e)?/", "Edge"),
    (r"OPR/|OPT/|Opera", "Opera"),
    (r"Vivaldi/", "Vivaldi"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chromium/", "Chromium"),
    (r"Chrome/|CriOS/", "Chrome"),
    (r"Version/[\d.]+.*Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPhone", "an iPhone"),
    (r"iPad", "an iPad"),
    (r"Android.*Mobile", "a telephone with Android"),
    (r"Mobile.*(?:Firefox|rv:)", "a telephone with Android"),
    (r"Android", "a tablet with Android"),
    (r"Windows", "Windows"),
    (r"CrOS", "ChromeOS"),
    (r"Mac OS X|Macintosh", "a Mac"),
    (r"Linux|X11", "Linux"),
)
#: Brands of the header Sec-CH-UA: the User-Agent of all of these says Chrome.
_BRANDS = (("Microsoft Edge", "Edge"), ("Opera", "Opera"), ("Brave", "Brave"), ("Google Chrome", "Chrome"))


def device_of(request: HttpRequest) -> str:
    """Return the device behind a request: "Firefox on Windows", "Chromium on Linux", "a telephone with Android"."""
    agent = request.META.get("HTTP_USER_AGENT", "")[:400]
    browser = _first(_BROWSERS, agent)
    if browser == "Chrome":
        browser = _brand(request.META.get("HTTP_SEC_CH_UA", "")[:400])
    system = _first(_SYSTEMS, agent)
    return " on ".join(filter(None, (browser, system))) or UNKNOWN


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((words for pattern, words in table if re.search(pattern, agent)), "")


def _brand(brands: str) -> str:
    if '"Chromium"' not in brands:
        return "Chrome"
    return next((words for brand, words in _BRANDS if f'"{brand}"' in brands), "Chromium")


def network_of(request: HttpRequest) -> str:
    """Return the network a request comes from, never the address: "193.58.12.x", "2a02:1810:4f2::/48", or "".

    Behind proxies the address is the one that `ALLAUTH_TRUSTED_PROXY_COUNT` trusts, as for allauth's rate limits.
    """
    try:
        address = ipaddress.ip_address(get_client_ip(request) or "")
    except (ValueError, ImproperlyConfigured):
        return ""
    if address.is_loopback:
        return "localhost"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((address, 48), strict=False))
        address = address.ipv4_mapped
    return f"{str(address).rpartition('.')[0]}.x"
