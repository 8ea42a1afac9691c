"""Devices and networks in words."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from portal.accounts.whereabouts import UNKNOWN, device_of, network_of

ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
KIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {KIT} Version/18.5 Safari/605.1.15"
GALAXY = f"{ANDROID}SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"
FENNEC = "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("agent", "brands", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", "", "Firefox on Windows"),
        (FENNEC, "", "Firefox on a telephone with Android"),
        (CHROME, "", "Chrome on Linux"),
        (CHROME, '"Chromium";v="141", "Not?A_Brand";v="8"', "Chromium on Linux"),
        (CHROME, '"Google Chrome";v="141", "Not?A_Brand";v="8", "Chromium";v="141"', "Chrome on Linux"),
        (CHROME, '"Brave";v="141", "Chromium";v="141"', "Brave on Linux"),
        (f"{CHROME} Edg/141.0.0.0".replace("X11; Linux x86_64", "Windows NT 10.0"), "", "Edge on Windows"),
        (f"{CHROME} OPR/120.0.0.0", "", "Opera on Linux"),
        (f"{ANDROID}Chrome/141.0.0.0 Mobile Safari/537.36", "", "Chrome on a telephone with Android"),
        (f"{ANDROID}Chrome/141.0.0.0 Safari/537.36", "", "Chrome on a tablet with Android"),
        (GALAXY, "", "Samsung Internet on a telephone with Android"),
        (f"{ANDROID}Mobile", "", "a telephone with Android"),
        (f"{IPHONE}Version/18.5 Mobile/15E148 Safari/604.1", "", "Safari on an iPhone"),
        (f"{IPHONE}CriOS/141.0 Mobile/15E148 Safari/604.1", "", "Chrome on an iPhone"),
        (MAC, "", "Safari on a Mac"),
        (CHROME.replace("X11; Linux x86_64", "X11; CrOS x86_64 14541.0.0"), "", "Chrome on ChromeOS"),
        ("", "", UNKNOWN),
        ("curl/8.0", "", UNKNOWN),
        ("<script>" * 100_000, "", UNKNOWN),
    ],
)
def test_device_is_said_in_words(agent: str, brands: str, words: str) -> None:
    headers = {"HTTP_USER_AGENT": agent, "HTTP_SEC_CH_UA": brands}
    assert device_of(RequestFactory().get("/", **headers)) == words


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("193.58.12.7", "193.58.12.x"),
        ("2a02:1810:4f2:8000:1:2:3:4", "2a02:1810:4f2::/48"),
        ("::ffff:193.58.12.7", "193.58.12.x"),
        ("127.0.0.1", "localhost"),
        ("::1", "localhost"),
        ("", ""),
        ("not an address", ""),
    ],
)
def test_network_is_never_the_address(address: str, network: str) -> None:
    assert network_of(RequestFactory().get("/", REMOTE_ADDR=address)) == network


def test_network_behind_proxies_is_that_of_the_trusted_one(settings) -> None:
    headers = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.1.1.1, 193.58.12.7"}
    assert network_of(RequestFactory().get("/", **headers)) == "10.0.0.x"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert network_of(RequestFactory().get("/", **headers)) == "193.58.12.x"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    assert network_of(RequestFactory().get("/", **headers)) == ""
