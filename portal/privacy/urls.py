"""Addresses of what is kept about people: the owner's beneath /account/, those of the watchers beneath /office/."""

from django.urls import path

from portal.privacy.views import data, office

app_name = "privacy"
urlpatterns = [
    path("account/data/", data.data, name="data"),
    path("account/data/copy/", data.ask_copy, name="ask_copy"),
    path("account/data/copy/progress/", data.progress, name="progress"),
    path("account/data/files/<uuid:attachment_id>/<str:name>", data.download, name="download"),
    path("account/data/forget-me/", data.ask_erasure, name="ask_erasure"),
    path("account/data/keep-me/", data.take_back, name="take_back"),
    path("office/retention/", office.retention, name="retention"),
    path("office/erasures/<int:pk>/", office.erasure, name="erasure"),
    path("office/erasures/<int:pk>/look-at/", office.look_at, name="look_at"),
    path("office/erasures/<int:pk>/carry-out/", office.carry_out, name="carry_out"),
    path("office/erasures/<int:pk>/refuse/", office.refuse, name="refuse"),
]
