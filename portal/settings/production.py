"""Production: refuses to start with a sample secret, DEBUG, or a cache that the workers do not share."""

from django.core.exceptions import ImproperlyConfigured

from portal.settings.base import *  # noqa: F403 - a settings module extends its base by design
from portal.settings.environment import SAMPLE_SECRET, env
from portal.settings.logs import configure_logs

_faults = []
if env.secret_key == SAMPLE_SECRET or len(env.secret_key) < 50:
    _faults.append("NOC_SECRET_KEY must be your own, of 50 characters or more")
if not env.field_keys:
    _faults.append("NOC_FIELD_KEYS must hold at least one Fernet key")
if not env.link_keys:
    _faults.append("NOC_LINK_KEYS must hold a key, so that a new secret key voids no link in a letter")
if not env.cache_url:
    _faults.append("NOC_CACHE_URL must name a Redis that all workers share; rate limits live there")
if not env.hosts:
    _faults.append("NOC_HOSTS must name the hosts to answer to")
if not env.email_url:
    _faults.append("NOC_EMAIL_URL must name a mail server")
if not env.database_url:
    _faults.append("NOC_DATABASE_URL must name a PostgreSQL database")
if DEBUG:  # noqa: F405 - from base
    _faults.append("DEBUG must be off")
if _faults:
    raise ImproperlyConfigured("Production settings refuse to start: " + "; ".join(_faults) + ".")

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
KNOWN_BROWSER_COOKIE = "__Host-known"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]  # noqa: F405 - from base

configure_logs(level=env.log_level, json=True)
