"""Addresses of the pages that belong to no area."""

from django.urls import path

from portal.web.views.display import scheme
from portal.web.views.style import style
from portal.web.views.waiting import waiting

app_name = "web"

urlpatterns = [
    path("style/", style, name="style"),
    path("display/", scheme, name="scheme"),
    path("waiting/", waiting, name="waiting"),
]
