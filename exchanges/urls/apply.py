"""From the call to the endorsed application."""

from django.urls import path, re_path

from exchanges.views import applications, endorsement, offers, office, public

urlpatterns = [
    path("", public.index, name="index"),
    path("calls/<slug:slug>/", public.call, name="call"),
    path("calls/<slug:slug>/apply/", public.apply, name="apply"),
    path("office/", office.office, name="office"),
    path("office/calls/new/", office.call_new, name="call_new"),
    path("office/calls/<slug:slug>/", office.desk_page, name="desk"),
    path("office/calls/<slug:slug>/edit/", office.call_edit, name="call_edit"),
    path("office/calls/<slug:slug>/open/", office.call_open, name="call_open"),
    path("office/calls/<slug:slug>/eligible/", office.eligible, name="eligible"),
    path("office/calls/<slug:slug>/begin-review/", office.begin_review, name="begin_review"),
    path("office/applications/<int:pk>/", office.eligibility_page, name="eligibility"),
    path("offers/", offers.offer_list, name="offers"),
    path("offers/new/", offers.offer_new, name="offer_new"),
    path("offers/<int:pk>/", offers.offer_detail, name="offer"),
    path("offers/<int:pk>/edit/", offers.offer_edit, name="offer_edit"),
    path("offers/<int:pk>/weeks/", offers.week_add, name="week_add"),
    path("offers/<int:pk>/return/", offers.offer_return, name="offer_return"),
    re_path(r"^offers/(?P<pk>[0-9]{1,9})/(?P<verb>submit|publish|withdraw)/$", offers.offer_move, name="offer_move"),
    re_path(
        r"^offers/weeks/(?P<pk>[0-9]{1,9})/(?P<verb>block|unblock|remove)/$", offers.week_change, name="week_change"
    ),
    path("applications/<int:pk>/", applications.application_page, name="application"),
    path("applications/<int:pk>/write/<slug:key>/", applications.section_page, name="section"),
    path("applications/<int:pk>/write/<slug:key>/autosave/", applications.autosave, name="autosave"),
    path("applications/<int:pk>/sent/", applications.sent, name="sent"),
    path("applications/<int:pk>/withdraw/", applications.withdraw, name="withdraw"),
    path("endorsements/", endorsement.endorsement_list, name="endorsements"),
    path("endorsements/<int:pk>/", endorsement.endorsement_detail, name="endorsement"),
]
