"""Forms of the account area: mails, password, e-mail address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from portal.accounts.forms import LONG_ENOUGH
from portal.accounts.models import User
from portal.outbox.kinds import MailGroup
from portal.outbox.models import Choice
from portal.web.forms import PortalForm


class MailsForm(PortalForm):
    """When one wants the mails of each group: at once, in one mail a day, never."""

    def __init__(self, *args: Any, groups: list[MailGroup], **kwargs: Any) -> None:
        self.base_fields = {
            group.key: forms.ChoiceField(
                label=group.label, help_text=group.text, choices=Choice.choices, widget=forms.RadioSelect
            )
            for group in groups
            if group.chosen_here
        }
        super().__init__(*args, **kwargs)


class NewAddressForm(PortalForm):
    """The address that is to take the place of the account's."""

    email = forms.EmailField(
        label="New e-mail address",
        help_text="At your service, if you have one there. Nobody else should read it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"invalid": "This is not an e-mail address. It looks like name@example.org."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        """Return the address in lower case; the present one is refused."""
        address: str = self.cleaned_data["email"].lower()
        if address == self.user.email.lower():
            raise forms.ValidationError("This is the address that you have already.")
        return address


class NewPasswordForm(PortalForm):
    """The present password, and a new one, typed twice because it cannot be seen."""

    present_password = forms.CharField(
        label="Present password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password1 = forms.CharField(
        label="New password",
        help_text=LONG_ENOUGH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="New password, once more",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_present_password(self) -> str:
        """Compare with the present password."""
        current: str = self.cleaned_data["present_password"]
        if not self.user.check_password(current):
            raise forms.ValidationError("This is not your present password.")
        return current

    def clean_password1(self) -> str:
        """Refuse a short or common password."""
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Compare the two new ones, and the new one with the old."""
        cleaned = super().clean() or {}
        current, first, second = (cleaned.get(name) for name in ("present_password", "password1", "password2"))
        if first and second and first != second:
            self.add_error("password2", "The two passwords differ. Type the same one twice.")
        elif first and first == current:
            self.add_error("password1", "This is the password that you have already.")
        return cleaned
