"""Addresses of a lost device: the person's way, in every language, and the desk of those who say the next word."""

from django.urls import path

from portal.community.views import recovery, recovery_desk

app_name = "recovery"
urlpatterns = [
    path("", recovery.index, name="index"),
    path("look-into-your-mailbox/", recovery.mailbox, name="mailbox"),
    path("ask/", recovery.ask, name="ask"),
    path("ask/<str:token>/", recovery.link, name="link"),
    path("asked/", recovery.asked, name="asked"),
    path("stop/<str:token>/", recovery.stop, name="stop"),
    path("desk/", recovery_desk.desk, name="desk"),
    path("desk/<int:pk>/", recovery_desk.request_page, name="request"),
]
