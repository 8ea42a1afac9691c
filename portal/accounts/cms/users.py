"""The CMS's list of users: who may work in it. An address is changed by its owner alone, under /account/email/."""

from __future__ import annotations

from typing import Any

from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

from portal.accounts.models import User

#: What these forms are about; names stand in the profile.
FIELDS = ("email", "is_superuser", "groups")


class NewAccountForm(UserCreationForm):
    """An account that is invited: it has no password until its owner chooses one."""

    first_name = None
    last_name = None

    class Meta(UserCreationForm.Meta):
        fields = FIELDS

    def clean_email(self) -> str:
        """Return the address in lower case, as all are kept."""
        return str(self.cleaned_data["email"]).lower()

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - the signature is Django's
        """Make the account without a password."""
        self.instance.set_unusable_password()
        return super().save(commit)


class AccountForm(UserEditForm):
    """Rights of an account. Its address is shown and cannot be changed here."""

    first_name = None
    last_name = None

    class Meta(UserEditForm.Meta):
        fields = (*FIELDS, "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = True
        self.fields["email"].help_text = "Only its owner changes it, in the own account; both mailboxes have to agree."
        self._was_open = self.instance.is_active

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - the signature is Django's
        """Save the rights. Whether the account is open is not a field to write: `wanted_open` says what was ticked, for
        whoever closes and opens accounts with all that belongs to it.
        """
        self.instance.wanted_open = self.cleaned_data.get("is_active", self._was_open)
        self.instance.is_active = self._was_open
        return super().save(commit)


class AccountViewSet(UserViewSet):
    """Wagtail's pages of users with the forms above."""

    def get_form_class(self, for_update: bool = False) -> type:  # noqa: FBT001, FBT002 - the signature is Wagtail's
        """Return the form of a new or of a present account."""
        return AccountForm if for_update else NewAccountForm
