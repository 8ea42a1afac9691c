"""All addresses of the portal. Outside the layers: it may name every app."""

from django.conf import settings
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from portal import health
from portal.accounts.middleware import EXEMPT
from portal.pages.serving import serve
from portal.web.languages import PAGES, in_all, public_in_all

handler400 = "portal.web.views.errors.handler400"
handler403 = "portal.web.views.errors.handler403"
handler404 = "portal.web.views.errors.handler404"
handler500 = "portal.web.views.errors.handler500"
# Looked up by allauth for its rate limits.
handler429 = "portal.web.views.errors.too_many_requests"

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    # Before Wagtail's own: its doors that ask for a password alone are taken over.
    path("", include("portal.accounts.shadow_urls")),
    public_in_all("accounts/", "portal.accounts.urls", EXEMPT),
    path("account/", include("portal.accounts.account_urls")),
    path("account/", include("portal.community.urls.profile")),
    public_in_all("lost-device/", "portal.community.urls.recovery", EXEMPT),
    path("", include("portal.privacy.urls")),
    path("admin/", include(wagtailadmin_urls)),
    public_in_all("search/", "portal.search.urls", EXEMPT),
    public_in_all("exchanges/", "exchanges.urls", EXEMPT),
    public_in_all("updates/", "portal.updates.urls", EXEMPT),
    path("files/", include("portal.files.urls")),
    path("jobs/", include("portal.jobs.urls")),
    path("", include("portal.web.urls")),
    public_in_all("", "portal.pages.urls", EXEMPT),
]

if settings.NOC_LOCAL:
    urlpatterns += [path("mail/", include("portal.outbox.urls"))]

urlpatterns += [
    path("", include([pattern for pattern in wagtail_urls.urlpatterns if pattern.name != PAGES])),
    *in_all(re_path(wagtail_urls.serve_pattern, serve, name=PAGES)),
]
