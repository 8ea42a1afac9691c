"""Settings that hold everywhere. What differs stands in local, production and test."""

import base64
import hashlib
from urllib.parse import parse_qs, unquote, urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF

from portal.settings.environment import ROOT, env, split
from portal.settings.logs import configure_logs

BASE_DIR = ROOT
VAR = env.var
SECRET_KEY = env.secret_key
#: Fernet keys for encrypted columns, newest first (MultiFernet rotates).
FIELD_KEYS = split(env.field_keys) or [
    base64.urlsafe_b64encode(hashlib.sha256(b"field:" + env.secret_key.encode()).digest()).decode()
]
#: Keys of the links in updates by e-mail, newest first; the last one also keys the hashes of mailboxes.
LINK_KEYS = split(env.link_keys) or [hashlib.sha256(b"links:" + env.secret_key.encode()).hexdigest()]
DEBUG = False
#: True under the local settings only: sample clock, mail viewer, style guide, sample sign-ins.
NOC_LOCAL = False
ALLOWED_HOSTS = [host.strip() for host in env.hosts.split(",") if host.strip()]
SITE_URL = env.site_url
#: Whom security.txt names (RFC 9116); empty: nobody, and there is none.
SECURITY_CONTACT = env.security_contact

INSTALLED_APPS = [
    "exchanges",
    "events.meetings",
    "events.pilots",
    "library",
    "portal.updates",
    "portal.pages",
    "portal.privacy",
    "portal.community",
    "portal.accounts",
    "portal.search",
    "portal.files",
    "portal.web",
    "portal.journal",
    "portal.outbox",
    "portal.jobs",
    "portal.access",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "portal.accounts.cms.config.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_otp",
    # Beneath the accounts: it asks for the user model while it is imported.
    "django_otp_webauthn",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.web.middleware.SecurityHeadersMiddleware",
    "portal.web.maintenance.MaintenanceMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "portal.web.public.PublicPageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.web.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.access.middleware.ViewerMiddleware",
    "portal.web.cms.CmsPolicyMiddleware",
    "portal.accounts.middleware.ZoneGateMiddleware",
    "portal.web.middleware.HugeNumberMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.web.middleware.DomainErrorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.web.context_processors.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "portal.web.templatetags.noc",
                "portal.web.templatetags.languages",
            ],
        },
    },
]


def _database(url: str) -> dict:
    """Return Django's database entry for a PostgreSQL URL, or the embedded SQLite when it is empty."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "portal.sqlite3",
            "OPTIONS": {
                # A deferred transaction that reads and then writes fails at once, whatever the timeout.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        # sslmode, sslrootcert and the like, as libpq names them.
        "OPTIONS": {name: values[0] for name, values in query.items() if name.startswith("ssl")},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(env.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if env.cache_url:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.cache_url}}
else:
    # Shared by all processes of one machine, unlike the memory cache; rate limits need that.
    CACHES = {
        "default": {
            "BACKEND": "portal.web.filecache.CountingFileCache",
            "LOCATION": VAR / "cache",
            # Beyond this a third is thrown away at random, counts of wrong passwords among it.
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    }
#: Copies of public pages (portal.web.copies), in the memory of each process; what makes them void is shared.
CACHES["pages"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"}

# ── Sign-in ──────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["portal.accounts.hashing.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.accounts.validators.KnownWordsValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/waiting/"
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.SignInForm",
    "reset_password": "portal.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "portal.accounts.forms.NewPasswordForm",
    "reauthenticate": "portal.accounts.forms.PasswordAgainForm",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = env.trusted_proxies
ACCOUNT_RATE_LIMITS = {
    # Wrong passwords are counted by portal.accounts.attempts, which does not lock the owner out.
    "login": "",
    "login_failed": "",
    # By network alone: a count for each address would let a stranger keep its owner from asking. How many letters a
    # mailbox gets is the job's to decide (portal.accounts.domain.forgotten).
    "reset_password": "20/m/ip",
}
#: Name of the cookie of a browser that somebody signed in with before (portal.accounts.domain.known_devices).
KNOWN_BROWSER_COOKIE = "known"
# National identity providers. Which identity belongs to which account is decided by a link made beforehand, never by an
# e-mail address, and nobody gets an account by them (portal.accounts.identity).
SOCIALACCOUNT_ADAPTER = "portal.accounts.identity.IdentityAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "portal.accounts.identity.NationalProvider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": provider.key,
                "name": provider.name,
                "client_id": provider.client_id,
                "secret": provider.secret.get_secret_value(),
                "settings": {"server_url": provider.url, "token_auth_method": provider.auth},
            }
            for provider in env.providers
        ],
    }
}
OTP_TOTP_ISSUER = "NOC Community"
# Passkeys belong to a host name and are taken from our own address alone. None of the library's views is mounted.
OTP_WEBAUTHN_CREDENTIAL_MODEL = "accounts.Passkey"
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
OTP_WEBAUTHN_RP_ID = env.passkey_domain or urlsplit(env.site_url).hostname
OTP_WEBAUTHN_RP_NAME = "NOC Community"
OTP_WEBAUTHN_ALLOWED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(env.site_url))]
OTP_WEBAUTHN_TIMEOUT_SECONDS = 5 * 60
# What goes wrong is journalled and said on the page; the library would log each wrong answer as an error.
OTP_WEBAUTHN_EXCEPTION_LOGGER_NAME = ""
# Django's middleware on a table of our own, so `django.contrib.sessions` is not among the apps: it would only add its
# own, empty one.
SESSION_ENGINE = "portal.accounts.session_store"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.accounts.views.kept.csrf_failure"

# ── Headers ──────────────────────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
#: Seconds for which any cache may keep a public page without asking again.
PUBLIC_PAGE_SECONDS = env.page_seconds
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# ── What is kept of people, and for how long (portal.privacy) ────────────────────────────────
#: Days by rule; the rules say what each of them forgets.
KEEP_DAYS = {
    "former": env.keep_former_days,
    "journal": env.keep_journal_days,
    "mail": env.keep_mail_days,
    "applications": env.keep_application_days,
    "jobs": env.keep_job_days,
    # Copies of somebody's data, and the last letter to an address that is forgotten.
    "copies": 7,
    "last_letters": 7,
}

# ── Words and times ──────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en-gb"
#: Each by its own name, as the switch prints it; the first is without a prefix in addresses (portal.web.languages).
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch"), ("fr", "Français"), ("pl", "Polski")]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
# A page offered for translation stays a draft until somebody who knows the language publishes it.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
USE_TZ = True
TIME_ZONE = "Europe/Brussels"

# ── Files ────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
#: Never beneath MEDIA_ROOT: reached through portal.files alone.
PROTECTED_ROOT = env.protected_root or VAR / "protected"
#: Path under which the web server hands out PROTECTED_ROOT on X-Accel-Redirect; empty to stream it ourselves.
NOC_ACCEL = env.accel.rstrip("/")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o600

# ── Mail ─────────────────────────────────────────────────────────────────────────────────────
DEFAULT_FROM_EMAIL = env.mail_from
SERVER_EMAIL = env.mail_from
#: Folder of the mail viewer under the local settings.
MAIL_VIEWER_ROOT = VAR / "mail"
if env.email_url:
    _mail = urlsplit(env.email_url)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or 25
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_TLS = "tls" in parse_qs(_mail.query)
    EMAIL_TIMEOUT = 20

# ── Wagtail ──────────────────────────────────────────────────────────────────────────────────
WAGTAIL_SITE_NAME = "NOC Community"
WAGTAILADMIN_BASE_URL = env.site_url
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# Deadlines are in Brussels time for everybody, editors too.
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILEMBEDS_FINDERS: list[dict] = []
WAGTAILIMAGES_IMAGE_MODEL = "files.PortalImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "portal.files.forms.PictureForm"
WAGTAILIMAGES_RENDITION_STORAGE = "portal.files.storage.PictureStorage"
# The formats and sizes that `portal.files.domain.contents` takes. No SVG: it can carry scripts.
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database"}}
#: Folder of the search index; 0700, outside MEDIA_ROOT.
SEARCH_INDEX_ROOT = VAR / "index"

# ── Background work ──────────────────────────────────────────────────────────────────────────
TASKS = {"default": {"BACKEND": "portal.jobs.tasks_backend.JobsBackend"}}
CELERY_BROKER_URL = env.broker_url or "filesystem://localhost//"
if not env.broker_url:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "broker" / "queue"),
        "data_folder_out": str(VAR / "broker" / "queue"),
        "control_folder": str(VAR / "broker" / "control"),
        "store_processed": False,
        # Seconds between two looks into the folder, also while all hands are full: one second means two jobs a second.
        "polling_interval": 0.1,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A message that does not get through is sent again by the sweep; a page must not wait for the broker meanwhile.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
#: What the clock starts: Celery task name, and how often (seconds or crontab).
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat" / "schedule")
CELERY_BEAT_SCHEDULE = {
    # What beats often expires before its next beat: a worker that is behind must not catch up with empty rounds.
    "sweep-expired-leases": {"task": "jobs.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "send-waiting-mail": {"task": "outbox.sweep", "schedule": 30.0, "options": {"expires": 30}},
    # Every minute, and not at seven only: a round that was missed is made up for by the next.
    "send-daily-mail": {"task": "outbox.daily", "schedule": 60.0, "options": {"expires": 60}},
    "seal-journal": {"task": "journal.seal", "schedule": 20.0, "options": {"expires": 20}},
    "drain-search-changes": {"task": "search.drain", "schedule": 60.0, "options": {"expires": 60}},
    "exchanges-clock": {"task": "exchanges.tick", "schedule": 30.0, "options": {"expires": 30}},
    "sweep-orphan-files": {"task": "files.sweep_orphans", "schedule": crontab(hour="4", minute="11")},
    "tidy-updates": {"task": "updates.tidy", "schedule": crontab(hour="3", minute="41")},
    "forget-messages": {"task": "pages.forget_messages", "schedule": crontab(hour="3", minute="41")},
    "forget-what-is-old": {"task": "privacy.retention", "schedule": crontab(hour="3", minute="53")},
    "lapse-recoveries": {"task": "community.lapse_recoveries", "schedule": crontab(hour="3", minute="29")},
    # What was typed into a lost session is kept for an hour.
    "clear-sessions": {"task": "accounts.clear_sessions", "schedule": 600.0, "options": {"expires": 600}},
}

configure_logs(level=env.log_level, json=False)
LOGGING_CONFIG = None
