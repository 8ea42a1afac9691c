"""Every variable the portal reads from its environment, in one documented place.

A variable is the field's name in capitals with the prefix ``NOC_``, e.g. ``NOC_DATABASE_URL``.
``docs/settings.md`` is written from this class by ``manage.py settings_doc``.
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent.parent

#: The secret of the embedded default. Production refuses to start with it.
SAMPLE_SECRET = "sample-secret-that-every-reader-of-the-repository-knows"  # noqa: S105 - public on purpose


class Environment(BaseSettings):
    """The portal's environment. Unknown ``NOC_`` variables are ignored; wrong values stop the start."""

    model_config = SettingsConfigDict(env_prefix="NOC_", extra="ignore")

    var: Path = Field(ROOT / "var", description="Folder of all that the portal writes: database, files, index, mail.")
    secret_key: str = Field(SAMPLE_SECRET, description="Django's secret key; 50 random characters in production.")
    field_keys: str = Field(
        "",
        description="Comma-separated Fernet keys for encrypted columns, newest first; empty: one made from the secret.",
    )
    database_url: str = Field("", description="postgresql://user:password@host:port/name; empty for SQLite in `var`.")
    cache_url: str = Field("", description="redis://… shared by all workers; required in production.")
    broker_url: str = Field("", description="Celery broker, redis://… or amqp://…; empty for files in `var/broker`.")
    email_url: str = Field("", description="smtp://user:password@host:port, with `?tls=1` for STARTTLS.")
    mail_from: str = Field("NOC Community <portal@example.org>", description="Sender of the portal's mail.")
    hosts: str = Field("", description="Comma-separated host names that production answers to.")
    site_url: str = Field("http://localhost:8000", description="Address of the portal, used in mails and feeds.")
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
    security_contact: str = Field(
        "", description="mailto: or https: address for reports of weaknesses; empty: there is no security.txt."
    )
    log_level: str = Field("INFO", description="Lowest level that is logged.")


env = Environment()
