"""The embedded default of `make run`: one machine, no server but our own processes."""

from portal.settings.base import *  # noqa: F403 - a settings module extends its base by design

NOC_LOCAL = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
EMAIL_BACKEND = "portal.outbox.viewer.ViewerBackend"
# Whoever tries the portal out changes things in one window and looks at them in another.
PUBLIC_PAGE_SECONDS = 0
