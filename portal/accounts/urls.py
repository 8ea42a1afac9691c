"""Addresses of signing in. allauth's views under the names it looks for, without those that would go past the second
factor, and without sign-up.
"""

from allauth.account import views as allauth_views
from django.urls import path, re_path

from portal.accounts.views import (
    addresses,
    enrol,
    enrol_passkey,
    passkeys,
    providers,
    second_factor,
    sign_in,
    step_up,
)
from portal.web.public import public_page

urlpatterns = [
    path("login/", public_page(sign_in.sign_in), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("signup/", public_page(second_factor.signup_closed), name="account_signup"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("confirm-email/", allauth_views.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", allauth_views.confirm_email, name="account_confirm_email"),
    path("password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("second-factor/", second_factor.second_factor, name="accounts_second_factor"),
    path("second-factor/again/", second_factor.start_again, name="accounts_start_again"),
    path("second-factor/none/", second_factor.not_enrolled, name="accounts_not_enrolled"),
    path("second-factor/passkey/", passkeys.options, name="accounts_passkey_options"),
    path("step-up/", step_up.step_up, name="accounts_step_up"),
    path("providers/<slug:key>/", providers.sign_in_by, name="accounts_provider"),
    path("providers/<slug:key>/enrol/", providers.enrol_by, name="accounts_provider_enrol"),
    # One address in one language: the provider has it on its list.
    path("providers/<slug:key>/callback/", providers.callback, name="accounts_provider_callback"),
    path("address/<str:token>/", addresses.address, name="accounts_address"),
    path("address/<str:token>/stop/", addresses.address_stop, name="accounts_address_stop"),
    path("enrol/password/", enrol.enrol_password, name="accounts_enrol_password"),
    path("enrol/device/", enrol.enrol_device, name="accounts_enrol_device"),
    path("enrol/passkey/", enrol_passkey.enrol_passkey, name="accounts_enrol_passkey"),
    path("enrol/passkey/options/", enrol_passkey.options, name="accounts_enrol_passkey_options"),
    path("enrol/<str:token>/", enrol.enrol, name="accounts_enrol"),
]
