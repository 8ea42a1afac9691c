"""What a provider's tokens and metadata must be like to be believed: each way in which they are not, one by one."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import jwt
import pytest
import requests
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa

from portal.accounts.identity import IdentityAdapter, check_metadata, read_id_token, subject_key

ISSUER, CLIENT, NONCE = "https://login.example", "noc-portal", "n" * 64
OURS, STRANGERS = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


def key_set(*keys: Any, **more: Any) -> dict[str, Any]:
    """Return a provider's key set with the public halves of `keys`."""
    rows = [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) for key in keys]
    return {"keys": [{**row, "kid": str(at), "alg": "RS256", **more} for at, row in enumerate(rows)]}


def token(key: Any = OURS, algorithm: str = "RS256", kid: str | None = "0", **claims: Any) -> str:
    """Return an ID token that is right but for `claims`; None leaves a claim out."""
    now = int(time.time())
    said = {"iss": ISSUER, "sub": "7", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": NONCE, **claims}
    said = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid} if kid else None)


def read(credential: str, keys: dict[str, Any] | None = None) -> dict[str, Any]:
    return read_id_token(credential, keys=keys or key_set(OURS), issuer=ISSUER, client_id=CLIENT, nonce=NONCE)


def test_read_id_token_returns_the_subject_of_a_right_one() -> None:
    assert read(token())["sub"] == "7"


def test_read_id_token_takes_one_of_several_keys() -> None:
    assert read(token(OURS, kid="1"), key_set(STRANGERS, OURS))["sub"] == "7"


def test_read_id_token_without_a_key_id_takes_the_only_key() -> None:
    assert read(token(kid=None))["sub"] == "7"
    with pytest.raises(OAuth2Error):
        read(token(kid=None), key_set(OURS, STRANGERS))


def test_read_id_token_allows_a_clock_that_is_off_by_less_than_a_minute() -> None:
    assert read(token(exp=int(time.time()) - 50))["sub"] == "7"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://login.example/"},
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"},
        {"exp": 1},
        {"iat": 9_999_999_999},
        {"nonce": "m" * 64},
        {"sub": ""},
        {"sub": "x" * 256},
        {"iss": None},
        {"sub": None},
        {"aud": None},
        {"exp": None},
        {"iat": None},
        {"nonce": None},
    ],
    ids=str,
)
def test_read_id_token_refuses_a_wrong_claim(claims: dict[str, Any]) -> None:
    with pytest.raises(OAuth2Error):
        read(token(**claims))


def test_read_id_token_refuses_a_strangers_signature() -> None:
    with pytest.raises(OAuth2Error):
        read(token(STRANGERS))


def test_read_id_token_refuses_one_without_a_signature() -> None:
    with pytest.raises(OAuth2Error):
        read(token(None, algorithm="none"))


def test_read_id_token_refuses_one_signed_with_a_shared_secret() -> None:
    secret = "what the portal and the provider know, and 32 bytes of it"
    with pytest.raises(OAuth2Error):
        read(token(secret, algorithm="HS256"))
    shared = {"keys": [{"kty": "oct", "k": "d2hhdCB0aGUgcG9ydGFsIGFuZCB0aGUgcHJvdmlkZXIga25vdw", "kid": "0"}]}
    with pytest.raises(OAuth2Error):
        read(token(secret, algorithm="HS256"), shared)


def test_read_id_token_refuses_a_key_that_is_for_encryption() -> None:
    with pytest.raises(OAuth2Error):
        read(token(), key_set(OURS, use="enc"))


@pytest.mark.parametrize("credential", ["", "a.b.c", "x" * 5000, "e30.e30.e30"])
def test_read_id_token_refuses_what_is_no_token(credential: str) -> None:
    with pytest.raises(OAuth2Error):
        read(credential)


@pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": "x"}, {"keys": [{}]}])
def test_read_id_token_refuses_a_broken_key_set(keys: dict[str, Any]) -> None:
    with pytest.raises(OAuth2Error):
        read_id_token(token(), keys=keys, issuer=ISSUER, client_id=CLIENT, nonce=NONCE)


def metadata(**more: Any) -> dict[str, Any]:
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    return {"issuer": ISSUER, **{name: f"{ISSUER}/{name}" for name in names}, **more}


def test_check_metadata_takes_the_configured_issuers() -> None:
    check_metadata(metadata(), issuer=ISSUER)


@pytest.mark.parametrize(
    "more",
    [
        {"issuer": "https://login.example/"},
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://login.example/token"},
        {"jwks_uri": ""},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
def test_check_metadata_refuses_another_issuer_and_addresses_without_tls(more: dict[str, Any]) -> None:
    with pytest.raises(OAuth2Error):
        check_metadata(metadata(**more), issuer=ISSUER)


def test_subject_key_differs_by_issuer_and_by_subject() -> None:
    keys = {subject_key(issuer=issuer, subject=subject) for issuer in ("a", "b") for subject in ("1", "2")}
    assert len(keys) == 4
    assert subject_key(issuer="a", subject="b\0c") != subject_key(issuer="a\0b", subject="c")


def test_requests_to_a_provider_follow_no_redirect() -> None:
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(307)
            self.send_header("Location", "/inside")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with IdentityAdapter().get_requests_session() as session, pytest.raises(requests.TooManyRedirects):
            session.post(f"http://127.0.0.1:{server.server_port}/token", data={"client_secret": "x"})
        server.shutdown()
    assert asked == ["/token"]
