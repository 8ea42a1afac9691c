"""Where the contact form is sent."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.pages.domain.contact import About, NobodyReads, send
from portal.pages.forms import ContactForm
from portal.pages.models import ContactPage
from portal.web.languages import local

#: Messages from one network address; allauth's counters, which all workers share.
RATES = {"send": "5/10m/ip,20/d/ip"}
TOO_MANY = gettext_lazy(
    "Several messages came from your network in a short time. Wait ten minutes, then send this one again"
)
NOBODY = gettext_lazy("The form has nobody to deliver this to at the moment. Write to contact@enlets.eu instead")


# Exempt on purpose: a token would give every visitor of the page a cookie. The view trusts nothing but what is typed,
# and a forged request could only send what anybody may send; session cookies do not come with it (SameSite=Lax).
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def contact_send(request: HttpRequest) -> HttpResponse:
    """Take a message; show the page again with what is missing, everything typed still in it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    page = ContactPage.objects.visible_to(viewer).first()
    if page is None:
        raise Http404("no contact page")
    home = local(page.url or "/")
    about = request.POST.get("about", "")
    if about not in About.values:
        return redirect(home)
    form = ContactForm(request.POST, about=About(about))
    status = 400
    if form.is_valid():
        # A machine is told what a person is told.
        if form.looks_automatic:
            return redirect(f"{home}?{urlencode({'sent': '00000000'})}")
        if not ratelimit.consume(request, app="portal.pages", action="send", config=RATES):
            form.add_error(None, TOO_MANY)
            status = 429
        else:
            try:
                receipt = send(message=form.given(), page=page, by=viewer)
            except NobodyReads:
                form.add_error(None, NOBODY)
                status = 503
            else:
                return redirect(f"{home}?{urlencode({'sent': receipt.reference, 'to': receipt.key})}")
    context = page.get_context(request, form=form)
    return TemplateResponse(request, page.get_template(request), context, status=status)
