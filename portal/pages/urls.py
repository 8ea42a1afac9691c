"""Addresses of the pages that are no Wagtail pages."""

from django.urls import path

from portal.pages.contact_views import contact_send

app_name = "pages"

urlpatterns = [path("contact/send/", contact_send, name="contact_send")]
