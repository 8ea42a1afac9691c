"""One's own profile, a page of the account area."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts import stepup
from portal.accounts.decorators import member_required
from portal.community.domain import profiles
from portal.community.domain.standing import contact_points
from portal.community.forms.profile import ProfileForm
from portal.community.models import Person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change what others see of the person; a new name asks for the second factor once more."""
    viewer = request.viewer  # type: ignore[attr-defined]
    people = Person.objects.select_related("user", "country", "organisation", "centre")
    person = get_object_or_404(people, pk=viewer.person_id)
    form = ProfileForm(request.POST or None, person=person)
    if form.is_valid():
        if form.cleaned_data["name"] != person.name and (answer := stepup.ask(request)):
            return answer
        given = {name: form.cleaned_data[name] for name in ("name", "function", "centre")}
        changed = profiles.change(person=person, languages=form.languages, by=viewer, **given)
        messages.success(request, "Your profile is kept." if changed else "Nothing was changed.")
        return redirect("community_profile")
    context = {
        "form": form,
        "person": person,
        "groups": list(person.groups.order_by("name")),
        "roles": profiles.roles_in_words(person),
        "contact_points": [row.name for row in contact_points(person.country_id) if row.pk != person.pk],
    }
    return render(request, "community/profile.html", context)
