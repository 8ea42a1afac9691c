"""Which mails one gets, and when."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.access import clock
from portal.accounts.account_forms import MailsForm
from portal.accounts.decorators import owner_required
from portal.accounts.domain.mail_choices import choose
from portal.outbox import kinds, preferences


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@owner_required
def mails(request: HttpRequest) -> HttpResponse:
    """Show and keep the person's choice for each group of mails."""
    user, viewer = request.user, request.viewer  # type: ignore[attr-defined]
    groups = kinds.groups_for(viewer)
    form = MailsForm(request.POST or None, groups=groups, initial=preferences.choices_of(user_id=user.pk))
    if form.is_valid():
        changed = choose(user=user, choices=form.cleaned_data, by=viewer)
        messages.success(request, "Your choice is kept." if changed else "Nothing was changed: this was your choice.")
        return redirect("accounts_mails")
    context = {
        "form": form,
        "always": [group for group in groups if group.always],
        "elsewhere": [group for group in groups if group.url_name],
        "collected": preferences.collected(user_id=user.pk),
        "next_daily": preferences.next_daily(clock.now()),
    }
    return render(request, "accounts/mails.html", context)
