"""What was begun in a session before its account got a new start, and arrives afterwards, changes nothing any more."""

from __future__ import annotations

import pytest
from allauth.socialaccount.models import SocialAccount

from portal.access.viewer import SYSTEM, viewer_for
from portal.accounts.domain import backup_codes, enrolment, identities, passwords
from portal.accounts.domain.enrolment import EnrolmentRefused
from portal.accounts.domain.resets import start_anew
from portal.accounts.models import BackupCode, Purpose, User
from portal.community.models import Person
from portal.journal.errors import NotAllowed
from tests import factories


def test_backup_codes_of_an_account_that_lost_its_devices_are_not_kept(enrolled: Person) -> None:
    codes = backup_codes.new_codes()
    start_anew(user=enrolled.user, by=SYSTEM)
    with pytest.raises(NotAllowed):
        backup_codes.keep(user=enrolled.user, codes=codes)
    assert BackupCode.objects.count() == 0


def test_new_password_is_not_set_where_the_old_one_is_not_the_account_s_any_more(enrolled: Person) -> None:
    stale = User.objects.get(pk=enrolled.user_id)
    start_anew(user=enrolled.user, by=SYSTEM)
    with pytest.raises(NotAllowed):
        passwords.change(user=stale, password="a sentence of the thief's own")
    assert User.objects.get(pk=enrolled.user_id).has_usable_password() is False


def test_identity_is_not_linked_to_an_account_that_lost_its_devices(enrolled: Person) -> None:
    by = viewer_for(user=enrolled.user, verified=True)
    start_anew(user=enrolled.user, by=SYSTEM)
    with pytest.raises(NotAllowed):
        identities.link(user=enrolled.user, provider="land", name="Land", subject="s", by=by)
    assert SocialAccount.objects.count() == 0


def test_first_password_is_not_set_by_a_grant_that_was_stopped(db: None) -> None:
    user = factories.person().user
    user.set_unusable_password()
    user.save()
    issued = enrolment.invite(user=user, purpose=Purpose.INVITATION, by=SYSTEM)
    grant = enrolment.open_grant(token=issued.url.rstrip("/").rpartition("/")[2])
    enrolment.issue_grant(user=user, purpose=Purpose.INVITATION, by=SYSTEM)
    with pytest.raises(EnrolmentRefused) as refused:
        enrolment.choose_password(grant=grant, password="a sentence of the thief's own")
    assert refused.value.reason == "expired"
    assert User.objects.get(pk=user.pk).has_usable_password() is False
