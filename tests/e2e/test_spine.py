"""One exchange from the call to a lesson in the library: each person in a browser of their own, the mails read on the
way, the clock moved so that deadlines really pass.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from portal.access.clock import BRUSSELS
from tests.e2e.people import address, name_of, sign_in
from tests.e2e.stack import Stack
from tests.e2e.watch import axe

OFFICE, SHIFT_LEADER = "Anna Wzorowa", "Ilze Paraugs"
COORDINATOR, HOST_NCP = "Sirpa Esimerkki", "Matti Malliksi"
SENDING_NCP, OTHER_NCP = "Līga Modele", "Anneke Proefstuk"
SIGNERS = ("Hans Beispiel", "Ingrid Förebild")
LESSON = "Write the alert before you need it"
PHONE = {"width": 390, "height": 844}
DESK = "/exchanges/office/calls/2031-1/"


@dataclass
class Walk:
    """What the steps hand on: the running portal, the dates of the call, and the addresses met on the way."""

    stack: Stack
    new_session: Callable[..., BrowserContext]
    today: dt.date
    monday: dt.date
    application: str = ""
    run: str = ""
    placement: str = ""
    pages: dict[str, Page] = field(default_factory=dict)

    def sign_in(self, name: str, **options: object) -> Page:
        """Sign somebody in, in a browser of their own; later return to that browser."""
        if name not in self.pages:
            self.pages[name] = sign_in(self.stack, self.new_session, name, **options)
        return self.pages[name]


def first_link(mail: EmailMessage) -> str:
    """Return the path of the first link in a mail."""
    (found, *_) = re.findall(r"https?://\S+", mail.get_content())
    return urlsplit(found).path


def press(page: Page, name: str) -> None:
    """Press the button of this name; a form may begin with a hidden twin of its main button, for the Enter key."""
    page.get_by_role("button", name=name, exact=True).last.click()


def submit(page: Page, action: str) -> None:
    """Press the button of the form that is sent to an address with this end."""
    page.locator(f"form[action$='{action}'] button[type=submit]").first.click()


def visitor_reads(walk: Walk) -> Page:
    page = walk.new_session().new_page()
    for path, heading in [
        ("/", "Sixty minutes, prepared together"),
        ("/groups/operational-centres/", "Operational Centres"),
        ("/library/", "Library"),
        ("/library/critical-factors/", "Critical Factors in the “Golden Hour”"),
        ("/library/film-manhunt/", "Manhunt"),
    ]:
        page.goto(path)
        expect(page.locator("h1")).to_contain_text(heading)
        assert axe(page) == []
    return page


def office_drafts_call(walk: Walk) -> Page:
    page = walk.sign_in(OFFICE)
    page.goto("/exchanges/office/calls/new/")
    for name, value in {
        "number": "2031/1",
        "title": "A week in another centre",
        "summary": "Shift leaders learn how others alert their neighbours.",
        "opens_on": walk.today,
        "closes_on": walk.today + dt.timedelta(days=20),
        "decision_on": walk.today + dt.timedelta(days=60),
        "weeks_from": walk.monday - dt.timedelta(days=7),
        "weeks_until": walk.monday + dt.timedelta(days=60),
        "seats": 5,
    }.items():
        page.locator(f"[name={name}]").fill(str(value))
    page.locator("[name=rates]").select_option(index=1)
    for row, (criterion, weight) in enumerate([("Need", 60), ("Use at home", 40)]):
        page.locator(f"[name=criteria-{row}-name]").fill(criterion)
        page.locator(f"[name=criteria-{row}-weight]").fill(str(weight))
        page.locator(f"[name=criteria-{row}-low]").fill("Not said")
        page.locator(f"[name=criteria-{row}-high]").fill("Said with examples")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(f"{DESK}$"))
    return page


def host_offers_weeks(walk: Walk) -> None:
    page = walk.sign_in(COORDINATOR)
    page.goto("/exchanges/offers/new/")
    page.locator("[name=call]").select_option(label="Exchange call 2031/1")
    page.locator("[name=summary]").fill("A week at the desk that alerts five neighbours.")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/offers/\d+/$"))
    for start in (walk.monday, walk.monday + dt.timedelta(days=7)):
        page.locator("[name=starts_on]").fill(str(start))
        page.locator("[name=capacity]").fill("1")
        submit(page, "/weeks/")
    submit(page, "/submit/")
    contact_point = walk.sign_in(HOST_NCP)
    contact_point.goto(urlsplit(page.url).path)
    submit(contact_point, "/publish/")


def shift_leader_applies(walk: Walk) -> None:
    page = walk.sign_in(SHIFT_LEADER, viewport=PHONE)
    page.goto("/exchanges/calls/2031-1/")
    submit(page, "/apply/")
    page.wait_for_url(re.compile(r"/applications/\d+/write/about/$"))
    walk.application = re.sub("write/about/$", "", urlsplit(page.url).path)
    page.locator("[name=function]").fill("Shift leader")
    page.locator("[name=years_leading]").fill("6")
    page.locator("[name=phone]").fill("+371 2000 0000")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved")
    page.reload()
    expect(page.locator("[name=phone]")).to_have_value("+371 2000 0000")
    for key, answers in {
        "centre": {"shift": "Forty people, one region, three neighbours."},
        "languages": {
            "aim": "How a neighbour is alerted in ten minutes.",
            "bring_home": "A template for all four shifts.",
        },
        "manager": {"manager_name": "Pēteris Paraugs", "manager_email": "peteris.paraugs@example.org"},
        "needs": {"emergency_name": "Anna Paraugs", "emergency_phone": "+371 2000 0001"},
    }.items():
        page.goto(f"{walk.application}write/{key}/")
        for name, value in answers.items():
            page.locator(f"[name={name}]").fill(value)
        if key == "manager":
            page.locator("[name=manager_consents]").check()
        press(page, "Save and go on")
    page.goto(f"{walk.application}write/weeks/")
    expect(page.locator("main")).to_contain_text("Helsinki")
    press(page, "Save and go on")
    page.goto(f"{walk.application}write/send/")
    assert axe(page) == []
    page.locator("[name=privacy_accepted]").check()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile("/sent/$"))
    expect(page.locator("main")).to_contain_text("2031/1-001")
    walk.stack.mail(address(SHIFT_LEADER), "2031/1")


def contact_point_endorses(walk: Walk) -> None:
    letter = walk.stack.mail(address(SENDING_NCP), "Ilze Paraugs")
    page = walk.sign_in(SENDING_NCP)
    page.goto(first_link(letter))
    page.locator("button[name=endorse]").click()
    expect(page.locator("main")).to_contain_text("Endorsed")
    other = walk.sign_in(OTHER_NCP)
    missing = other.goto(walk.application)
    assert missing is not None
    assert missing.status == 404


def office_opens_review(walk: Walk) -> list[str]:
    """Let the deadline pass, confirm eligibility, assign; return the addresses of the two reviewers."""
    walk.stack.clock("+21d")
    walk.stack.mail(address(OFFICE), "2031/1 is closed")
    page = walk.sign_in(OFFICE)
    page.goto(f"/exchanges/office{walk.application.removeprefix('/exchanges')}")
    press(page, "Confirm: eligible")
    page.goto(DESK)
    submit(page, "/begin-review/")
    press(page, "Assign reviewers")
    expect(page.locator("body")).to_contain_text("2 reviews assigned")
    asked = "Applications to review: Exchange call 2031/1"
    for _ in range(60):
        found = sorted({str(mail["To"]) for mail in walk.stack.mails() if asked in str(mail["Subject"])})
        if len(found) == 2:
            break
        page.wait_for_timeout(500)
    assert len(found) == 2
    return found


def reviewer_scores(walk: Walk, email: str) -> None:
    page = walk.sign_in(name_of(email))
    page.goto("/exchanges/reviews/")
    page.get_by_role("link", name=re.compile(SHIFT_LEADER)).first.click()
    assert axe(page) == []
    for select in page.locator("select[name^=points_]").all():
        select.select_option("8")
    page.locator("[name=comment]").fill("Clear need, and a template that others can use.")
    press(page, "Submit the review")
    expect(page.locator("main")).to_contain_text("Submitted")


def match_is_computed_and_signed(walk: Walk) -> None:
    page = walk.sign_in(OFFICE)
    page.goto(DESK)
    press(page, "Freeze merit and begin the matching")
    press(page, "Compute a match run")
    walk.run = urlsplit(page.url).path
    expect(page.get_by_role("heading", name="The proposed match")).to_be_visible(timeout=30_000)
    assert axe(page) == []
    for signer in SIGNERS:
        page = walk.sign_in(signer)
        page.goto(walk.run)
        press(page, "Sign run 1")
    expect(page.locator("main")).to_contain_text("This run is the decision")


def week_is_accepted_and_agreed(walk: Walk) -> None:
    offer = walk.stack.mail(address(SHIFT_LEADER), "a week in Helsinki is yours if you want it")
    leader = walk.sign_in(SHIFT_LEADER)
    leader.goto(first_link(offer))
    press(leader, "Accept the week")
    leader.wait_for_url(re.compile(r"/placements/\d+/$"))
    walk.placement = urlsplit(leader.url).path
    assert axe(leader) == []
    leader.locator("[name=objectives]").fill("See how five neighbours are alerted in ten minutes.")
    for day in range(1, 6):
        leader.locator(f"[name=day_{day}]").fill(f"Shift {day}, with a debrief")
    leader.locator("[name=language]").fill("English")
    leader.locator("[name=outcome]").fill("A template.")
    press(leader, "Ask all three to confirm this")
    for page in (leader, walk.sign_in(COORDINATOR), walk.sign_in(SENDING_NCP)):
        page.goto(walk.placement)
        press(page, "Confirm version 1")
    expect(page.locator("main")).to_contain_text("All three have confirmed")


def week_is_lived(walk: Walk) -> None:
    walk.stack.clock(f"+{(walk.monday - walk.today).days + 4}d")
    page = walk.sign_in(COORDINATOR)
    page.goto(walk.placement)
    press(page, "Confirm the arrival")
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        press(page, f"Confirm {name}")
    press(page, "End the week")


def report_is_written_and_accepted(walk: Walk) -> None:
    due = walk.stack.mail(address(SHIFT_LEADER), "Your exchange report")
    leader = walk.sign_in(SHIFT_LEADER)
    leader.goto(first_link(due))
    assert axe(leader) == []
    leader.locator("[name=seen]").fill("The message to the neighbours lies ready, with gaps for place and time.")
    leader.locator("[name=differently]").fill("They send first and complete later.")
    leader.locator("[name=lesson_title]").fill(LESSON)
    leader.locator("[name=lesson]").fill("A prepared message leaves the room after four minutes instead of eleven.")
    leader.locator("[name=lesson_public]").check()
    expect(leader.locator("[data-autosave-status]")).to_contain_text("Saved")
    press(leader, "Send to the programme office")
    office = walk.sign_in(OFFICE)
    office.goto(f"{walk.placement}report/")
    press(office, "Accept, lesson for anyone")
    expect(office.locator("main")).to_contain_text("Completed")


def visitor_finds_lesson(walk: Walk, page: Page) -> None:
    accepted = walk.stack.mail(address(SHIFT_LEADER), "Your report is accepted")
    page.goto(first_link(accepted))
    expect(page.locator("h1")).to_contain_text(LESSON)
    found = page.get_by_role("link", name=LESSON)
    for _ in range(30):
        page.goto("/search/?q=prepared+message+leaves")
        if found.count():
            break
        page.wait_for_timeout(500)
    expect(found.first).to_be_visible()


def test_exchange_goes_from_call_to_lesson(stack: Stack, new_session: Callable[..., BrowserContext]) -> None:
    today = dt.datetime.now(BRUSSELS).date()
    later = today + dt.timedelta(days=110)
    walk = Walk(stack, new_session, today, later + dt.timedelta(days=7 - later.weekday()))
    visitor = visitor_reads(walk)
    office = office_drafts_call(walk)
    host_offers_weeks(walk)
    office.goto(DESK)
    submit(office, "/open/")
    visitor.goto("/exchanges/calls/2031-1/")
    expect(visitor.locator("main")).to_contain_text("Helsinki")
    shift_leader_applies(walk)
    contact_point_endorses(walk)
    for email in office_opens_review(walk):
        reviewer_scores(walk, email)
    match_is_computed_and_signed(walk)
    week_is_accepted_and_agreed(walk)
    week_is_lived(walk)
    report_is_written_and_accepted(walk)
    visitor_finds_lesson(walk, visitor)
    assert "The chain is whole." in stack.manage("journal_verify")
