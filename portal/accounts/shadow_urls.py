"""Stands before Wagtail's addresses and takes over every door that would ask for a password alone, and the page on
which it lets people change their name.

Included at the root, above `wagtail.admin.urls`, `wagtail.documents.urls` and `wagtail.urls`.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, re_path, reverse

from portal.accounts.cms.own import own_account


def sign_in(request: HttpRequest, **captured: Any) -> HttpResponse:
    """Go to our first step, with the query string and so with `next`; what the address captured is dropped."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{reverse('account_login')}?{query}" if query else "account_login")


def new_password(request: HttpRequest) -> HttpResponse:
    """Go to our page for a forgotten password."""
    return redirect("account_reset_password")


urlpatterns = [
    path("admin/login/", sign_in, name="accounts_shadow_admin_login"),
    re_path(r"^admin/password_reset/.*$", new_password, name="accounts_shadow_admin_password"),
    path("admin/account/", own_account, name="accounts_shadow_admin_account"),
    path("_util/login/", sign_in, name="accounts_shadow_login"),
    path("_util/authenticate_with_password/<int:restriction>/<int:page>/", sign_in, name="accounts_shadow_page"),
    path("documents/authenticate_with_password/<int:restriction>/", sign_in, name="accounts_shadow_document"),
]
