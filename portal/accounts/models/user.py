"""The account behind a person. The profile is `community.Person`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from portal.access import clock


class NeverDeleted(RuntimeError):
    """Somebody tried to delete the row of an account or a person: what they decided would lose its author.

    `portal.privacy.domain.people` closes an account and forgets the name; the empty row stays.
    """


class UserQuerySet(models.QuerySet["User"]):
    """Accounts, which are closed and forgotten, never deleted."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise NeverDeleted("accounts are closed and forgotten by portal.privacy, never deleted")


class UserManager(BaseUserManager["User"]):
    """Makes users by their e-mail address."""

    def get_queryset(self) -> UserQuerySet:
        """Return all accounts."""
        return UserQuerySet(self.model, using=self._db)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new user; without a password the account cannot be signed in to until one is set."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new user with every right in the CMS."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


# django-otp is untyped, and so is the manager of the devices that point here.
class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """An account: e-mail address and password. Without a second factor it opens nothing."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=clock.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse."""
        raise NeverDeleted("accounts are closed and forgotten by portal.privacy, never deleted")

    @property
    def first_name(self) -> str:
        """Wagtail's admin greets people by this; the name itself lives in `community.Person`."""
        return self.email.split("@")[0]

    def get_full_name(self) -> str:
        """Return what the CMS shows as the user's name."""
        return self.email
