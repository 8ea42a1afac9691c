"""Addresses of the updates by e-mail."""

from django.urls import path

from portal.updates.views import office, public

app_name = "updates"
urlpatterns = [
    path("", public.index, name="index"),
    path("look-into-your-mailbox/", public.asked, name="asked"),
    path("confirm/<str:token>/", public.confirm, name="confirm"),
    path("manage/<str:token>/", public.manage, name="manage"),
    path("stop/<str:token>/", public.stop, name="stop"),
    path("block/<str:token>/", public.block, name="block"),
    path("office/", office.office, name="office"),
    path("office/subscribers/", office.subscriber_list, name="subscribers"),
    path("office/on-request/", office.on_request, name="on_request"),
    path("office/prepare/", office.prepare, name="prepare"),
    path("office/<int:pk>/", office.update_page, name="update"),
    path("office/<int:pk>/leave-in/", office.leave_in, name="leave_in"),
    path("office/<int:pk>/discard/", office.discard, name="discard"),
    path("office/<int:pk>/send/", office.send, name="send"),
    path("office/<int:pk>/send-on/", office.send_on, name="send_on"),
    path("office/<int:pk>/progress/", office.progress, name="progress"),
]
