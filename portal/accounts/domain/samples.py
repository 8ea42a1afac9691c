"""Accounts of the sample content."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from portal.accounts.domain.codes import NotLocal
from portal.accounts.domain.enrolment import DEVICE_NAME
from portal.accounts.models import AuthenticatorDevice, User


@transaction.atomic
def sample_account(*, email: str, password: str) -> User:
    """Return an account that can sign in at once: password, verified address, confirmed authenticator app.

    An account that is there keeps its password and device. `manage.py sample_code` shows its codes. Raises `NotLocal`
    outside the local settings.
    """
    if not settings.NOC_LOCAL:
        raise NotLocal("sample accounts exist under the local settings only")
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, password)
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    AuthenticatorDevice.objects.get_or_create(user=user, confirmed=True, defaults={"name": DEVICE_NAME})
    return user
