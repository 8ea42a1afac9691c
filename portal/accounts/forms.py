"""Every form of signing in. allauth's own are given the portal's anatomy and words through `settings.ACCOUNT_FORMS`."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts.domain import backup_codes, codes, devices, forgotten, passkeys
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

    def clean_email(self) -> str:
        """Return the address as it was typed; whether there is such an account is for the job to find out."""
        email: str = self.cleaned_data["email"]
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Hand the address to the job that answers by letter, whatever address it is."""
        email: str = self.cleaned_data["email"]
        forgotten.ask(address=email)
        return email


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


class TypedCodeForm(PortalForm):
    """One field for a code, and what to do when it is not accepted. Which kind of code, the two below say."""

    #: Name of the code's field.
    code_name = ""
    #: What becomes of a code that cannot be one.
    malformed: codes.Outcome
    #: How the code fared, once that is known.
    outcome: codes.Outcome | None = None

    def __init__(self, *args: Any, focus: bool = False, **kwargs: Any) -> None:
        """`focus` puts the cursor into the field, where nothing above it has to be read first."""
        super().__init__(*args, **kwargs)
        self.focus(on=focus)

    def focus(self, *, on: bool) -> None:
        """Let the page put the cursor into the field, or not."""
        self.fields[self.code_name].widget.attrs["autofocus"] = on

    def refuse(self, outcome: codes.Outcome) -> None:
        """Show why a code was not accepted."""
        self.outcome = outcome
        self.add_error(self.code_name, outcome.title)

    @property
    def field(self) -> forms.BoundField:
        """The field, for a template that draws either kind."""
        return self[self.code_name]

    @property
    def advice(self) -> str:
        """What to do about the mistake; it stands under the field."""
        return (self.outcome or self.malformed).advice if self.code_name in self.errors else ""


class CodeForm(TypedCodeForm):
    """Six digits from an authenticator app."""

    code_name, malformed = "code", codes.Outcome(codes.Kind.MALFORMED)

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

    def clean_code(self) -> str:
        """Return the six digits that were meant."""
        digits = codes.tidy(self.cleaned_data["code"])
        if digits is None:
            raise forms.ValidationError(self.malformed.title)
        return digits


class BackupCodeForm(TypedCodeForm):
    """One line of the printed list."""

    code_name, malformed = "backup_code", backup_codes.BackupOutcome(codes.Kind.MALFORMED)

    backup_code = forms.CharField(
        label=_("Backup code"),
        help_text=_("Twenty letters and digits, from your printed list."),
        max_length=80,
        error_messages={"required": backup_codes.MALFORMED_TITLE, "max_length": backup_codes.MALFORMED_TITLE},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_backup_code(self) -> str:
        """Return the twenty characters that were meant."""
        token = backup_codes.tidy(self.cleaned_data["backup_code"])
        if token is None:
            raise forms.ValidationError(self.malformed.title)
        return token


def _device_name() -> forms.CharField:
    return forms.CharField(
        label="Name",
        help_text="So that you can tell it from others, for example “Work telephone”.",
        max_length=devices.LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class DeviceNameForm(PortalForm):
    """What an app or a passkey is called. For pages of members: in English."""

    name = _device_name()

    def clean_name(self) -> str:
        """Return the name on one line."""
        return " ".join(self.cleaned_data["name"].split())


class NewAppForm(CodeForm, DeviceNameForm):
    """A further authenticator app: what it is called, and its first code."""

    field_order = ("name", "code")


class KeptForm(PortalForm):
    """The word that backup codes were printed or stored; without it they do not count."""

    kept = forms.BooleanField(
        label="I have printed these codes or keep them where I can reach them without my telephone"
    )


class PasskeyNameForm(PortalForm):
    """What a new passkey is called; its answer comes beside it (`portal.accounts.ceremony`)."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("So that you can tell it from others, for example “Work telephone”."),
        required=False,
        max_length=passkeys.LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
