"""Addresses of the mail viewer; mounted under the local settings only."""

from django.urls import path

from portal.outbox.views import detail, index

app_name = "outbox"

urlpatterns = [
    path("", index, name="index"),
    path("<slug:name>/", detail, name="detail"),
]
