"""Settings of the test suite: local ones, with cheap hashing and folders of its own."""

import tempfile
from pathlib import Path

from portal.settings.local import *  # noqa: F403 - a settings module extends its base by design

_root = Path(tempfile.mkdtemp(prefix="noc-test-"))
VAR = _root
MEDIA_ROOT = _root / "media"
PROTECTED_ROOT = _root / "protected"
SEARCH_INDEX_ROOT = _root / "index"
MAIL_VIEWER_ROOT = _root / "mail"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
}
# Argon2 takes 50 ms a password by design; a test of a page is no test of the hash.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "portal.accounts.hashing.Argon2",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL = "memory://"
