"""Signing in by a national identity provider: OpenID Connect, checked more closely than allauth does by itself.

What a provider says is its subject alone, and that subject opens the account it was linked to beforehand. It makes no
account, its e-mail addresses and names are neither asked for nor kept, and the login stage asks for the portal's own
second factor as after a password.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit

import jwt
import requests
import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from portal.outbox.post import link

log = structlog.get_logger(__name__)

#: Hosts of this machine: the only ones that are reached without TLS.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

#: Signatures that are taken (OpenID Connect Core 3.1.3.7): keys that the provider alone holds, never a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
#: Seconds that the provider's clock may differ from ours.
LEEWAY = 60
#: Seconds for which what a provider says of itself is believed without asking again.
METADATA_SECONDS = 600
#: Addresses that its metadata must name.
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Offered:
    """A configured provider, as pages name it."""

    key: str
    name: str


def offered() -> list[Offered]:
    """Return the configured providers in the order of the setting; empty where there is none."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return [Offered(app["provider_id"], app["name"]) for app in apps]


def offered_one(key: str) -> Offered | None:
    """Return the configured provider with this key, or None."""
    return next((provider for provider in offered() if provider.key == key), None)


def subject_key(*, issuer: str, subject: str) -> str:
    """Return what is kept of an identity: a hash of issuer and subject, 64 hex digits.

    The issuer belongs to it (OpenID Connect Core 2: a subject is unique for its issuer alone), so a provider that is
    replaced behind the same key opens nobody's account.
    """
    return hashlib.sha256(json.dumps([issuer, subject]).encode()).hexdigest()


def nonce_of(verifier: str) -> str:
    """Return the nonce that belongs to a PKCE verifier: both live in the session that began, and are used once."""
    return hashlib.sha256(f"nonce:{verifier}".encode()).hexdigest()


class NationalAdapter(OpenIDConnectOAuth2Adapter):
    """Talks to the provider: metadata of the configured issuer alone, signed tokens alone, bound to this sign-in."""

    _nonce: str | None = None

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself, checked. Raises `OAuth2Error`, or a `RequestException` when it is away."""
        issuer = self.get_provider().app.settings["server_url"]
        place = metadata_place(issuer)
        config: dict[str, Any] | None = cache.get(place)
        if config is None:
            config = self._ask(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            check_metadata(config, issuer=issuer)
            cache.set(place, config, METADATA_SECONDS)
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the one address that the provider has on its list, whatever host or language the request has."""
        return link(reverse("accounts_provider_callback", args=[self.provider_id]))

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        """Exchange the code, and remember which nonce the answer must carry."""
        if not pkce_code_verifier:
            raise OAuth2Error("the sign-in began without PKCE")
        self._nonce = nonce_of(pkce_code_verifier)
        data: dict[str, Any] = super().get_access_token_data(request, app, client, pkce_code_verifier)
        return data

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return the identity that the ID token proves. The access token is used for nothing."""
        credential = kwargs["response"].get("id_token")
        if not isinstance(credential, str) or self._nonce is None:
            raise OAuth2Error("the answer holds no ID token")
        config = self.openid_config
        claims = read_id_token(
            credential,
            keys=self._ask(config["jwks_uri"]),
            issuer=config["issuer"],
            client_id=app.client_id,
            nonce=self._nonce,
        )
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _ask(self, url: str) -> dict[str, Any]:
        with IdentityAdapter().get_requests_session() as session:
            # A redirect could lead into the network behind the portal.
            answer = session.get(url, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
        if answer.status_code != 200 or not isinstance(found, dict):
            raise OAuth2Error(f"no JSON object at {url}")
        return found


def metadata_place(issuer: str) -> str:
    """Return the key under which the cache holds what an issuer says of itself."""
    return f"oidc:{hashlib.sha256(issuer.encode()).hexdigest()}"


def check_metadata(config: Mapping[str, Any], *, issuer: str) -> None:
    """Raise `OAuth2Error` unless the metadata is of exactly this issuer and names addresses that TLS protects."""
    if config.get("issuer") != issuer:
        raise OAuth2Error(f"metadata of {config.get('issuer')!r} where {issuer!r} was configured")
    for name in ENDPOINTS:
        parts = urlsplit(str(config.get(name, "")))
        if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in LOOPBACK):
            raise OAuth2Error(f"{name} is no address under https")


def read_id_token(
    credential: str, *, keys: Mapping[str, Any], issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """Return the claims of an ID token after every check of OpenID Connect Core 3.1.3.7. Raises `OAuth2Error`.

    The signature is checked also where TLS would be enough. `keys` is the provider's key set (RFC 7517).
    """
    try:
        kid = jwt.get_unverified_header(credential).get("kid")
        signing = [key for key in jwt.PyJWKSet.from_dict(dict(keys)).keys if key.public_key_use in (None, "sig")]
        found = [key for key in signing if key.key_id == kid] if kid else signing
        if len(found) != 1:
            raise OAuth2Error("the key of the ID token is not among the provider's")
        claims: dict[str, Any] = jwt.decode(
            credential,
            found[0].key,
            algorithms=[name for name in ALGORITHMS if name == found[0].algorithm_name],
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise OAuth2Error(f"ID token refused: {type(error).__name__}") from error
    if claims["nonce"] != nonce:
        raise OAuth2Error("the ID token belongs to another sign-in")
    if claims.get("azp", client_id) != client_id:
        raise OAuth2Error("the ID token was made for another client")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise OAuth2Error("the ID token names nobody")
    return claims


class NationalProvider(OpenIDConnectProvider):
    """allauth's provider with one scope, a nonce, and nothing taken from the address line."""

    oauth2_adapter_class = NationalAdapter

    def get_default_scope(self) -> list[str]:
        """Return what is asked for: who it is, and nothing about them."""
        return ["openid"]

    def get_pkce_params(self) -> dict[str, str]:
        """Return the PKCE challenge, and the nonce that goes with it."""
        params: dict[str, str] = super().get_pkce_params()
        return {**params, "nonce": nonce_of(params["code_verifier"])}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return what is kept of the identity."""
        return subject_key(issuer=data["id_token"]["iss"], subject=data["id_token"]["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep nothing else."""
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Take no name and no address."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Take no address: none of them decides anything here."""
        return []


class IdentityAdapter(DefaultSocialAccountAdapter):
    """allauth's adapter: providers from the settings alone, no sign-up, and our own pages for whatever goes wrong."""

    def list_apps(
        self, request: HttpRequest | None, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the providers of the settings; the table of allauth is not asked."""
        apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        found = [SocialApp(provider="openid_connect", **app) for app in apps]
        return [
            app
            for app in found
            if provider in (None, app.provider, app.provider_id) and client_id in (None, app.client_id)
        ]

    def get_requests_session(self) -> requests.Session:
        """Return a session that follows no redirect: one could carry a code or a secret to somebody else."""
        session: requests.Session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Return False: an account begins with an invitation or an approved join request."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """Return the nameless user that allauth made to begin with: nobody gets an account by it."""
        return sociallogin.user

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Return False: an address that a provider names proves nothing here."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Decide what a proved identity opens; all but a plain sign-in is answered by our own views."""
        from portal.accounts.views import providers

        if answer := providers.identity_proved(request, sociallogin):
            raise ImmediateHttpResponse(answer)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> NoReturn:
        """Say in words what went wrong; the reason itself is for the log."""
        from portal.accounts.views import providers

        log.warning("provider_sign_in_failed", provider=provider.sub_id, error=str(error), reason=str(exception))
        state = (extra_context or {}).get("state")
        raise ImmediateHttpResponse(providers.went_wrong(request, provider.sub_id, error=str(error), state=state))


#: What may go wrong on the way to a provider.
TROUBLE = (OAuth2Error, requests.RequestException)

__all__ = ["TROUBLE", "IdentityAdapter", "NationalProvider", "Offered", "SocialAccount", "offered", "offered_one"]
