"""Addresses of the account area, mounted at /account/: for their owner alone, behind the second factor."""

from django.urls import path, re_path

from portal.accounts.views import (
    account,
    addresses,
    codes,
    devices,
    kept,
    mails,
    passkeys,
    passwords,
    providers,
    sessions,
)

urlpatterns = [
    path("", account.overview, name="accounts_overview"),
    path("providers/", providers.own_identities, name="accounts_providers"),
    path("providers/<slug:key>/link/", providers.link, name="accounts_provider_link"),
    path("providers/<int:pk>/remove/", providers.unlink, name="accounts_provider_unlink"),
    path("sessions/", sessions.session_list, name="accounts_sessions"),
    path("sessions/others/", sessions.end_others, name="accounts_sessions_end_others"),
    path("sessions/<uuid:sid>/end/", sessions.end, name="accounts_session_end"),
    path("sessions/kept/<int:pk>/", kept.kept, name="accounts_kept"),
    path("email/", addresses.email, name="accounts_email"),
    path("email/stop/", addresses.email_stop, name="accounts_email_stop"),
    path("password/", passwords.password, name="accounts_password"),
    path("mails/", mails.mails, name="accounts_mails"),
    path("devices/", devices.device_list, name="accounts_devices"),
    path("devices/app/", devices.add_app, name="accounts_app_add"),
    path("devices/codes/", codes.codes, name="accounts_codes"),
    path("devices/codes/file/", codes.codes_file, name="accounts_codes_file"),
    re_path(
        r"^devices/(?P<kind>app|passkey)/(?P<pk>[0-9]{1,9})/rename/$", devices.rename, name="accounts_device_rename"
    ),
    re_path(
        r"^devices/(?P<kind>app|passkey)/(?P<pk>[0-9]{1,9})/remove/$", devices.remove, name="accounts_device_remove"
    ),
    path("devices/passkeys/add/", passkeys.add, name="accounts_passkey_add"),
    path("devices/passkeys/options/", passkeys.new_options, name="accounts_passkey_new_options"),
]
