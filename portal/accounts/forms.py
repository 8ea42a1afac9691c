"""Every form of signing in. allauth's own are given the portal's anatomy and words through `settings.ACCOUNT_FORMS`."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from portal.accounts.domain import codes
from portal.accounts.models import User
from portal.web.forms import PortalForm, PortalFormMixin

LONG_ENOUGH = _("Fifteen characters or more; a sentence is easiest.")


def _word(field: forms.Field, label: Any, hint: Any = "") -> None:
    """Give one of allauth's fields our label and hint; a label needs no copy inside the box."""
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)


class SignInForm(PortalFormMixin, LoginForm):
    """First step: e-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["login"], _("E-mail address"))
        # "webauthn" lets a browser offer passkeys in the same field.
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"
        _word(self.fields["password"], _("Password"))


class ForgottenPasswordForm(PortalFormMixin, ResetPasswordForm):
    """Asks for a link to choose a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["email"], _("E-mail address"), _("The one you sign in with."))
        self.fields["email"].widget.attrs["autocomplete"] = "username"


class NewPasswordForm(PortalFormMixin, ResetPasswordKeyForm):
    """A new password, typed twice because it cannot be seen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["password1"], _("New password"), LONG_ENOUGH)
        _word(self.fields["password2"], _("New password, once more"))


class PasswordAgainForm(PortalFormMixin, ReauthenticateForm):
    """The password, asked again before something weighty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["password"], _("Password"))


class FirstPasswordForm(PortalForm):
    """The first password of an account that has none."""

    password1 = forms.CharField(
        label=_("Password"),
        help_text=LONG_ENOUGH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password1(self) -> str:
        """Refuse a short or common password."""
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ. Type the same one twice."))
        return cleaned


class CodeForm(PortalForm):
    """Six digits from an authenticator app."""

    code = forms.CharField(
        label=_("Code from your app"),
        help_text=_("Six digits, new every thirty seconds."),
        max_length=40,
        error_messages={"required": codes.Kind.MALFORMED.title, "max_length": codes.Kind.MALFORMED.title},
        widget=forms.TextInput(
            attrs={
                "class": "code",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
            }
        ),
    )

    #: How the code fared, once that is known.
    outcome: codes.Outcome | None = None

    def __init__(self, *args: Any, focus: bool, **kwargs: Any) -> None:
        """`focus` puts the cursor into the field, where nothing above it has to be read first."""
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = focus

    def clean_code(self) -> str:
        """Return the six digits that were meant."""
        digits = codes.tidy(self.cleaned_data["code"])
        if digits is None:
            raise forms.ValidationError(codes.Kind.MALFORMED.title)
        return digits

    def refuse(self, outcome: codes.Outcome) -> None:
        """Show why a code was not accepted."""
        self.outcome = outcome
        self.add_error("code", outcome.title)

    @property
    def advice(self) -> str:
        """What to do about the mistake; it stands under the field."""
        if not self.errors:
            return ""
        return (self.outcome or codes.Outcome(codes.Kind.MALFORMED)).advice
