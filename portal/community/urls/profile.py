"""The profile's address within the account area, mounted at /account/."""

from django.urls import path

from portal.community.views import profile

urlpatterns = [
    path("profile/", profile.profile, name="community_profile"),
]
