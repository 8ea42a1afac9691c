"""Every variable the portal reads from its environment, in one documented place.

A variable is the field's name in capitals with the prefix ``NOC_``, e.g. ``NOC_DATABASE_URL``.
``docs/settings.md`` is written from this class by ``manage.py settings_doc``.
"""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent.parent

#: The secret of the embedded default. Production refuses to start with it.
SAMPLE_SECRET = "sample-secret-that-every-reader-of-the-repository-knows"  # noqa: S105 - public on purpose


#: Characters of a secret that is not a Fernet key.
SHORTEST_KEY = 50
#: Hosts of this machine: the only ones that an identity provider may be reached at without TLS.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def split(listed: str) -> list[str]:
    """Return the parts of a comma-separated value, without blanks and empty ones."""
    return [part.strip() for part in listed.split(",") if part.strip()]


class IdentityProvider(BaseModel):
    """A national identity provider that speaks OpenID Connect.

    `key` stands in addresses and never changes; `url` is its issuer, to the letter, beneath which
    `/.well-known/openid-configuration` lies. `auth` says how the portal names itself to it: "client_secret_basic" or
    "client_secret_post"; empty takes what the provider offers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    key: str = Field(pattern="^[a-z][a-z0-9-]{1,29}$")
    name: str = Field(min_length=2, max_length=40)
    url: str
    client_id: str = Field(min_length=1, max_length=191)
    secret: SecretStr = Field(min_length=1, max_length=191)
    auth: str = Field("", pattern="^(client_secret_basic|client_secret_post)?$")

    @field_validator("url")
    @classmethod
    def _carried_by_tls(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in LOOPBACK):
            raise ValueError("an identity provider is reached by https://")
        if parts.query or parts.fragment or not parts.hostname:
            raise ValueError("an issuer is an address without query and fragment (OpenID Connect Discovery, 3)")
        return url


class Environment(BaseSettings):
    """The portal's environment. Unknown ``NOC_`` variables are ignored; wrong values stop the start."""

    model_config = SettingsConfigDict(env_prefix="NOC_", extra="ignore", hide_input_in_errors=True)

    var: Path = Field(ROOT / "var", description="Folder of all that the portal writes: database, files, index, mail.")
    secret_key: str = Field(SAMPLE_SECRET, description="Django's secret key; 50 random characters in production.")
    field_keys: str = Field(
        "",
        description=(
            "Comma-separated Fernet keys for encrypted columns, newest first; empty: one made from the secret. After "
            "adding one: `manage.py rotate_keys`."
        ),
    )
    link_keys: str = Field(
        "",
        description=(
            "Comma-separated keys, each of 50 characters or more, newest first, of the links in updates by e-mail; "
            "empty: made from the secret. The last one also keys the hashes of mailboxes: take it away, and old links "
            "and blocked mailboxes are void."
        ),
    )
    providers: list[IdentityProvider] = Field(
        [],
        description=(
            "National identity providers (OpenID Connect) to sign in with, a JSON list of objects with `key`, `name`, "
            "`url` (the issuer), `client_id`, `secret` and perhaps `auth`; empty: none is offered."
        ),
    )
    database_url: str = Field(
        "",
        description=(
            "postgresql://user:password@host:port/name; empty for SQLite in `var`. On another machine with "
            "`?sslmode=verify-full&sslrootcert=…`, as libpq names them."
        ),
    )
    cache_url: str = Field("", description="redis://… shared by all workers; required in production.")
    broker_url: str = Field("", description="Celery broker, redis://… or amqp://…; empty for files in `var/broker`.")
    email_url: str = Field("", description="smtp://user:password@host:port, with `?tls=1` for STARTTLS.")
    mail_from: str = Field("NOC Community <portal@example.org>", description="Sender of the portal's mail.")
    hosts: str = Field("", description="Comma-separated host names that production answers to.")
    site_url: str = Field("http://localhost:8000", description="Address of the portal, used in mails and feeds.")
    passkey_domain: str = Field(
        "",
        description=(
            "Host name that passkeys belong to: that of `site_url`, which is the default, or a domain above it. "
            "Changing it makes every passkey useless."
        ),
    )
    protected_root: Path | None = Field(None, description="Folder for protected files; default `var/protected`.")
    accel: str = Field(
        "", description="Internal path of the web server for X-Accel-Redirect to `protected_root`; empty streams."
    )
    page_seconds: int = Field(
        60,
        ge=0,
        description="Seconds for which caches may keep a public page without asking again; `local` always asks.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        description=(
            "Proxies of yours before the portal that add to X-Forwarded-For; rate limits count by the address before "
            "them. 0: the header is not believed."
        ),
    )
    keep_former_days: int = Field(
        365, ge=1, description="Days after an account was closed until the name of its owner is forgotten."
    )
    keep_journal_days: int = Field(
        1826,
        ge=1,
        description="Days for which the journal keeps names, reasons and facts; its rows stay for good.",
    )
    keep_mail_days: int = Field(365, ge=1, description="Days for which letters are kept with their text.")
    keep_application_days: int = Field(
        365,
        ge=1,
        description=(
            "Days until an application loses what its applicant wrote, after the decision that ended it; and, where "
            "the week took place, the emergency contact, needs, line manager and telephone numbers after the week."
        ),
    )
    keep_job_days: int = Field(90, ge=1, description="Days for which background work that was done is remembered.")
    security_contact: str = Field(
        "", description="mailto: or https: address for reports of weaknesses; empty: there is no security.txt."
    )
    log_level: str = Field("INFO", description="Lowest level that is logged.")

    @field_validator("field_keys")
    @classmethod
    def _keys_of_fernet(cls, keys: str) -> str:
        for number, key in enumerate(split(keys), start=1):
            try:
                Fernet(key)
            except ValueError:
                # Never the key itself: this message ends up in logs.
                raise ValueError(f"key {number} is no Fernet key: 32 random bytes in URL-safe Base64") from None
        return keys

    @field_validator("link_keys")
    @classmethod
    def _long_keys(cls, keys: str) -> str:
        if any(len(key) < SHORTEST_KEY for key in split(keys)):
            raise ValueError(f"each key has {SHORTEST_KEY} characters or more")
        return keys

    @model_validator(mode="after")
    def _one_provider_a_key(self) -> Self:
        keys = [provider.key for provider in self.providers]
        if len(set(keys)) < len(keys):
            raise ValueError("two identity providers have the same key")
        return self

    @model_validator(mode="after")
    def _passkeys_of_our_own(self) -> Self:
        host = urlsplit(self.site_url).hostname or ""
        # WebAuthn: an RP ID is the host or a registrable domain above it; browsers know which are registrable.
        if self.passkey_domain and not f".{host}".endswith(f".{self.passkey_domain}"):
            raise ValueError(f"NOC_PASSKEY_DOMAIN must be {host} or a domain above it")
        return self


env = Environment()
