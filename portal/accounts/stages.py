"""The second factor as the last step of every sign-in."""

from __future__ import annotations

from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_otp.models import Device

from portal.accounts import sessions
from portal.accounts.domain.enrolment import is_enrolled


class SecondFactorStage(LoginStage):
    """Holds a sign-in back until a second factor was given; before that there is no signed-in session.

    An enrolled person goes to the code page. A never-enrolled one goes to enrolment if this browser opened a live
    grant, and to an explanation otherwise: a stolen password must not bind a device.
    """

    key = "second_factor"
    urlname = "accounts_second_factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return where to go next, and whether the sign-in stays open meanwhile."""
        user = self.login.user
        if user is None or not user.is_active:
            return HttpResponseRedirect(reverse("account_inactive")), False
        if is_enrolled(user=user):
            return HttpResponseRedirect(reverse("accounts_second_factor")), True
        grant = sessions.opened_grant(self.request)
        if grant is not None and grant.user_id == user.pk:
            return HttpResponseRedirect(reverse("accounts_enrol_device")), True
        return HttpResponseRedirect(reverse("accounts_not_enrolled")), False

    def succeed(self, device: Device) -> HttpResponse:
        """End the sign-in with `device` as the session's second factor; returns where the person wanted to go."""
        # django-otp reads this when Django's login has made the new session.
        self.login.user.otp_device = device
        return self.exit()


def pending_stage(request: HttpRequest) -> SecondFactorStage | None:
    """Return the sign-in of this browser that waits for its second factor, or None."""
    stage = LoginStageController.enter(request, SecondFactorStage.key)
    return stage if isinstance(stage, SecondFactorStage) and stage.login.user is not None else None
