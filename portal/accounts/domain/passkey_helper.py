"""django-otp-webauthn's helper with the portal's choices. Ask for it through `domain.passkeys`."""

from __future__ import annotations

from typing import Any

from django_otp_webauthn.helpers import WebAuthnHelper
from webauthn.helpers.structs import UserVerificationRequirement

from portal.accounts.models import Passkey, User


class PasskeyHelper(WebAuthnHelper):
    """Makes options and checks answers.

    User verification (PIN, fingerprint, face) is required each time: step-up takes a passkey without the password, and
    in a control room a security key stays in a shared computer. No attestation is asked for or kept: every make of
    authenticator is welcome, and a serial number would be personal data without a use.
    """

    def __init__(self, *, name: str = "") -> None:
        """`name` is what a registered passkey is called."""
        # Host name and origins come from the settings, never from what a request claims.
        super().__init__(request=None)
        self.name = name

    def get_credential_display_name(self, user: User) -> str:
        """Return the address: the person's name is the community's business, and not needed here."""
        return str(user.email)

    def get_generate_registration_options_kwargs(self, *, user: User) -> dict[str, Any]:
        """Require user verification, which the library would only prefer."""
        options: dict[str, Any] = super().get_generate_registration_options_kwargs(user=user)
        options["authenticator_selection"].user_verification = UserVerificationRequirement.REQUIRED
        return options

    def get_registration_extensions(self) -> dict[str, Any]:
        """Ask nothing beyond the standard: nobody signs in with a passkey alone."""
        return {}

    def create_credential(self, *args: Any, **kwargs: Any) -> Passkey:
        """Name the new passkey."""
        passkey: Passkey = super().create_credential(*args, **kwargs)
        passkey.name = self.name
        return passkey

    def create_attestation(self, *args: Any, **kwargs: Any) -> None:
        """Keep none."""
