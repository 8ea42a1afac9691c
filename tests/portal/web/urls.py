"""Addresses for this folder's tests alone: the frame must stand without any area behind it."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def blank(request: HttpRequest) -> HttpResponse:
    return HttpResponse("blank")


urlpatterns = [
    path("", include("portal.web.urls")),
    path("accounts/login/", blank, name="account_login"),
    path("accounts/logout/", blank, name="account_logout"),
    # The middleware asks where the CMS begins.
    path("admin/", blank, name="wagtailadmin_home"),
]
