"""The mails of the accounts. All of them concern the account itself, so nobody can do without them."""

from portal.outbox.kinds import SECURITY, add_kinds


def register() -> None:
    """Hand the kinds in; called once, when the apps are ready."""
    add_kinds(
        SECURITY.key,
        [
            "account_email_confirmation",
            "account_password_reset_key",
            "address_agree_new",
            "address_agree_old",
            "address_changed",
            "address_stopped",
            "address_taken",
            "backup_code_used",
            "backup_codes_made",
            "enrolment_link",
            "identity_linked",
            "identity_unlinked",
            "new_device",
            "passkey_refused",
            "password_changed",
            "second_factor_added",
            "second_factor_removed",
            "wrong_codes",
        ],
    )
