"""Addresses of protected files and of pictures."""

from django.urls import path

from portal.files.views import download, picture

app_name = "files"

urlpatterns = [
    path("pictures/<path:name>", picture, name="picture"),
    path("<uuid:attachment_id>/<str:name>", download, name="download"),
]
