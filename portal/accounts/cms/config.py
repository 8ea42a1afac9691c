"""Stands in INSTALLED_APPS for wagtail.users."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's users with our forms."""

    user_viewset = "portal.accounts.cms.users.AccountViewSet"
