"""Addresses of protected files."""

from django.urls import path

from portal.files.views import download

app_name = "files"

urlpatterns = [path("<uuid:attachment_id>/<str:name>", download, name="download")]
