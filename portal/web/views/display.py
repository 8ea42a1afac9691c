"""The display switch in the footer, for browsers without our script."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.web.context_processors import SCHEME_COOKIE, SCHEMES

ONE_YEAR = 365 * 24 * 60 * 60


# Exempt on purpose: a token in every footer would give each visitor a cookie, and all a forged request could do is
# turn a page dark.
@csrf_exempt
@require_POST
def scheme(request: HttpRequest) -> HttpResponse:
    """Remember "system", "light" or "dark" in a cookie and go back to the page; anything else forgets the choice."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = request.POST.get("scheme", "")
    if chosen in SCHEMES and chosen != "system":
        # Readable by our script, which sets the same cookie; it names no person.
        response.set_cookie(SCHEME_COOKIE, chosen, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(SCHEME_COOKIE, samesite="Lax")
    return response
