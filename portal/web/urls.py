"""Addresses of the pages that belong to no area."""

from django.urls import path

from portal.web.views import machines
from portal.web.views.display import scheme
from portal.web.views.style import style, style_error
from portal.web.views.waiting import waiting

app_name = "web"

urlpatterns = [
    path("style/", style, name="style"),
    path("style/errors/<int:status>/", style_error, name="style_error"),
    path("display/", scheme, name="scheme"),
    path("waiting/", waiting, name="waiting"),
    path("feeds/<slug:slug>.atom", machines.feed, name="feed"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/security.txt", machines.security, name="security"),
]
