"""Works beside a running portal, on its data: `python -m tests.e2e.arrange <command>`, JSON in and out.

`arrange` signs people in and makes what addresses of the list stand for, all in one start of Django. `freshen` lets
sessions have given their second factor just now. `templates` sends requests once more, inside this process, where one
can see which template each answer is made from. `telephone` reads addresses, one a line, and answers each with the
code that the person's authenticator app shows.
"""

from __future__ import annotations

import io
import json
import sys
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import django

from tests.e2e.listed import MEMBER

#: Their accounts have no password and no second factor yet; one for each page that a link opens.
NEWCOMERS = ("enrol-1", "enrol-2", "enrol-3", "enrol-4")


def arrange(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the session key of each person in `readers`, and what the names in addresses stand for."""
    from django.db.models import Min

    from exchanges.models import Application, HostOffer, Placement, Review
    from portal.accounts.models import User
    from portal.community.models import Person

    teresa = Application.objects.get(applicant__name="Teresa Amostra", call__slug="2027-1")
    piotr = Application.objects.get(applicant__name="Piotr Przykładowy", call__slug="2027-1")
    names: dict[str, Any] = {
        "draft": teresa.pk,
        "submitted": piotr.pk,
        "offer": HostOffer.objects.get(call__slug="2027-1", centre__city="Helsinki").pk,
        "review": Review.objects.filter(reviewer__name="Erika Mustermann").aggregate(Min("pk"))["pk__min"],
        "placement": Placement.objects.aggregate(Min("pk"))["pk__min"],
        "mail": _mail(),
        "kept": _kept(Person.objects.get(name="Anna Wzorowa").user_id),
        "reset": _reset(User.objects.get(email="kadri.naidis@example.org")),
    }
    names |= _updates()
    names["erasure"] = _erasure(Person.objects.select_related("user").get(name="Tomáš Příklad"))
    names |= _lost_devices()
    _providers()
    names |= _addresses()
    names |= {name: _link(f"{name}@example.org") for name in NEWCOMERS}
    sessions = {name: _session(Person.objects.select_related("user").get(name=name)) for name in asked["readers"]}
    return {"names": {key: str(value) for key, value in names.items()}, "sessions": sessions}


def freshen(asked: dict[str, Any]) -> dict[str, Any]:
    """Let each of `sessions`, by its key, have given its second factor just now, if it has one."""
    from importlib import import_module

    from django.conf import settings
    from django_otp import DEVICE_ID_SESSION_KEY

    from portal.access import clock
    from portal.accounts.sessions import VERIFIED_AT

    for key in asked["sessions"]:
        session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        if DEVICE_ID_SESSION_KEY in session:
            session[VERIFIED_AT] = clock.machine_now().timestamp()
            session.save()
    return {}


def templates(asked: dict[str, Any]) -> dict[str, Any]:
    """Return as `found`, for each of `requests` by its name, the status and the templates of the answer."""
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    requests = asked["requests"].values()
    cookies = [SimpleCookie(sent["cookie"]).get("sessionid") for sent in requests if sent["fresh"]]
    freshen({"sessions": sorted({cookie.value for cookie in cookies if cookie})})
    found = {}
    for name, sent in asked["requests"].items():
        parts = urlsplit(sent["url"])
        client = Client(enforce_csrf_checks=True, raise_request_exception=False, HTTP_HOST=parts.netloc)
        client.cookies.load(sent["cookie"])
        response = client.generic(
            sent["method"],
            f"{parts.path}?{parts.query}",
            sent["body"],
            content_type=sent["type"] or "application/octet-stream",
        )
        rendered = [template.name for template in response.templates]
        found[name] = {"status": response.status_code, "templates": [name for name in rendered if name]}
    return {"found": found}


def telephone() -> None:
    """Answer each address on standard input with a code that was not used yet, waiting for the next if need be."""
    from django.core.management import call_command

    for line in sys.stdin:
        said = io.StringIO()
        call_command("sample_code", line.strip(), wait=True, stdout=said)
        print(said.getvalue().splitlines()[0], flush=True)


def _kept(user_id: int) -> int:
    """Return the key of a text that was typed into a form whose session had ended."""
    from django.http import QueryDict

    from portal.accounts.domain.kept_forms import keep

    data = QueryDict("title=A+week+in+another+centre&summary=Shift+leaders+go+where+their+questions+are+answered.")
    page = "/exchanges/office/calls/new/"
    kept = keep(user_id=user_id, action=page, page=page, data=data)
    assert kept is not None
    return int(kept.pk)


def _session(person: Any) -> str:
    """Return the key of a new session of `person` with a second factor, as signing in leaves it."""
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY

    from portal.accounts.models import AuthenticatorDevice

    client = Client()
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = AuthenticatorDevice.objects.get(user=person.user, confirmed=True).persistent_id
    session.save()
    return str(session.session_key)


def _providers() -> None:
    """Leave in the portal's cache what the first identity provider would say of itself."""
    from django.conf import settings
    from django.core.cache import cache

    from portal.accounts.identity import ENDPOINTS, metadata_place

    issuer = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"]
    said = {"issuer": issuer, **{name: f"{issuer}/{name}" for name in ENDPOINTS}}
    cache.set(metadata_place(issuer), said, 24 * 3600)


def _link(email: str) -> str:
    """Return the path of the link that lets a new account choose a password and a second factor."""
    from portal.access.viewer import ANONYMOUS
    from portal.accounts.domain.enrolment import issue_grant
    from portal.accounts.models import Purpose, User

    user, _ = User.objects.get_or_create(email=email)
    user.set_unusable_password()
    user.save()
    return urlsplit(issue_grant(user=user, purpose=Purpose.INVITATION, by=ANONYMOUS).url).path


def _reset(user: Any) -> str:
    """Return the path of the link that lets `user` choose a new password."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str
    from django.urls import reverse

    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})


def _updates() -> dict[str, Any]:
    """Return the links of letters to subscribers in each standing, and the key of an update in each state."""
    from portal.access import clock
    from portal.community.domain.standing import viewer_of
    from portal.community.models import Person
    from portal.updates.domain import addresses, gathering, subscriptions, tokens
    from portal.updates.models import Subscriber, Update
    from portal.updates.registries import Topic

    readers = {
        name: Subscriber.objects.create(
            address=f"{name}@example.org", digest=addresses.digest(f"{name}@example.org"), asked_at=clock.now()
        )
        for name in ("waiting", "reading")
    }
    for reader in readers.values():
        reader.choices.create(topic=Topic.NEWS)
        reader.choices.create(topic=Topic.RESULTS)
    paths = {name: urlsplit(tokens.confirm_url(reader)).path for name, reader in readers.items()}
    subscriptions.confirm(token=tokens.confirm_token(readers["reading"]))
    reading = {
        str(purpose): tokens.path_of(purpose=purpose, digest=readers["reading"].digest)
        for purpose in (tokens.Purpose.MANAGE, tokens.Purpose.STOP, tokens.Purpose.BLOCK)
    }
    office = viewer_of(Person.objects.select_related("user").get(name=MEMBER))
    gone = addresses.digest("gone@example.org")
    # Letters are being written for a moment only: this one has no job that would end it.
    sending = Update.objects.create(prepared_at=clock.now(), sent_at=clock.now(), state=Update.State.SENDING)
    return {
        **reading,
        "confirm": paths["waiting"],
        "confirmed": paths["reading"],
        "stopped": tokens.path_of(purpose=tokens.Purpose.STOP, digest=gone),
        "block": tokens.path_of(purpose=tokens.Purpose.BLOCK, digest=gone),
        "update-draft": gathering.prepare(by=office).pk,
        "update-sending": sending.pk,
        "update-sent": Update.objects.filter(state=Update.State.SENT).first().pk,
    }


def _addresses() -> dict[str, str]:
    """Return the paths in the letters about a new e-mail address, of one that waits and of one that was stopped."""
    import re

    from portal.access.viewer import viewer_for
    from portal.accounts.domain import addresses
    from portal.accounts.models import User
    from portal.outbox.models import Mail

    def ask(account: str) -> list[str]:
        user = User.objects.get(email=f"{account}@example.org")
        addresses.ask(user=user, address=f"new-{user.email}", by=viewer_for(user=user, verified=True))
        mail = Mail.objects.filter(kind="address_agree_old", user=user).latest("created_at")
        return re.findall(r"(/accounts/address/\S+)", mail.body)

    agree, stop = ask("ilze.paraugs")
    half, _ = ask("hanna.kuvio")
    stopped, _ = ask("eva.prikladova")
    addresses.stop(token=stopped.split("/")[-2])
    return {"address-agree": agree, "address-stop": stop, "address-half": half, "address-stopped": stopped}


def _lost_devices() -> dict[str, Any]:
    """Return the links of letters about a lost device, and the key of a request that waits for each word."""
    from portal.community.domain import recovery, recovery_links
    from portal.community.domain.standing import viewer_of
    from portal.community.models import Person

    def person(name: str) -> Person:
        return Person.objects.select_related("user", "country").get(name=name)

    def ask(name: str) -> Any:
        return recovery.ask(user=person(name).user, way="password", what="lost")

    # Her country has no contact point in the sample: the office makes sure of her.
    asked, waits = ask("Nadia Esempio"), ask("Maja Provberg")
    confirmed = recovery.confirm(recovery=waits, by=viewer_of(person("Karin Exempel")), method="called")
    stopped = recovery.stop(recovery=ask("Eva Příkladová"))
    return {
        "recovery-link": urlsplit(recovery_links.ask_url(person("Hanna Kuvio"))).path,
        "recovery-stop": recovery_links.stop_path(confirmed),
        "recovery-stopped": recovery_links.stop_path(stopped),
        "recovery-asked": asked.pk,
        "recovery-confirmed": confirmed.pk,
    }


def _erasure(person: Any) -> int:
    """Return the key of a wish to be forgotten that the office looks at."""
    from portal.community.domain.standing import viewer_of
    from portal.community.models import Person
    from portal.privacy.domain import erasures

    wish = erasures.ask(user=person.user, words="I leave the service in June.", by=viewer_of(person))
    office = Person.objects.select_related("user").get(name=MEMBER)
    return int(erasures.look_at(erasure=wish, by=viewer_of(office)).pk)


def _mail() -> str:
    """Return the path of a mail in the viewer, sent now."""
    from django.core.mail import send_mail
    from django.urls import reverse

    from portal.outbox import viewer

    send_mail("A sample letter", "With a link: http://localhost/library/\n", None, ["reader@example.org"])
    (mail, *_) = viewer.kept_mails(to="reader@example.org")
    return reverse("outbox:detail", args=[mail.name])


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "telephone":
        telephone()
    else:
        print(
            json.dumps(
                {"arrange": arrange, "freshen": freshen, "templates": templates}[sys.argv[1]](json.load(sys.stdin))
            )
        )
