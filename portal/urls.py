"""All addresses of the portal. Outside the layers: it may name every app."""

from django.conf import settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from portal import health

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
    path("accounts/", include("portal.accounts.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("search/", include("portal.search.urls")),
    path("exchanges/", include("exchanges.urls")),
    path("files/", include("portal.files.urls")),
    path("jobs/", include("portal.jobs.urls")),
    path("", include("portal.web.urls")),
]

if settings.NOC_LOCAL:
    urlpatterns += [path("mail/", include("portal.outbox.urls"))]

urlpatterns += [path("", include(wagtail_urls))]
