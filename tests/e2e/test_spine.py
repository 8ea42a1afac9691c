"""One exchange from the call to a lesson in the library: each person in a browser of their own, the mails read on the
way, the clock moved so that deadlines really pass.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.people import address, name_of, sign_in
from tests.e2e.stack import Stack
from tests.e2e.watch import axe

OFFICE, SHIFT_LEADER = "Anna Wzorowa", "Ilze Paraugs"
COORDINATOR, HOST_NCP = "Sirpa Esimerkki", "Matti Malliksi"
SENDING_NCP, OTHER_NCP = "Līga Modele", "Anneke Proefstuk"
SIGNERS = ("Hans Beispiel", "Ingrid Förebild")
LESSON = "Write the alert before you need it"

Session = Callable[..., BrowserContext]


def first_link(mail: EmailMessage) -> str:
    """Return the path of the first link in a mail."""
    (found, *_) = re.findall(r"https?://\S+", mail.get_content())
    return urlsplit(found).path


def monday_after(day: dt.date) -> dt.date:
    """Return the first Monday after a day."""
    return day + dt.timedelta(days=7 - day.weekday())


def press(page: Page, name: str) -> None:
    """Press the button with exactly this name; a form may begin with a hidden twin of its main button for the Enter key."""
    page.get_by_role("button", name=name, exact=True).last.click()


def test_exchange_goes_from_call_to_lesson(stack: Stack, new_session: Session) -> None:
    today = dt.date.today()
    closes_on = today + dt.timedelta(days=20)
    monday = monday_after(today + dt.timedelta(days=110))

    # 1. A visitor reads.
    visitor = new_session().new_page()
    for path, heading in [
        ("/", "Sixty minutes, prepared together"),
        ("/groups/operational-centres/", "Operational Centres"),
        ("/library/", "Library"),
    ]:
        visitor.goto(path)
        expect(visitor.locator("h1")).to_contain_text(heading)
        assert axe(visitor) == []

    # 2. The office drafts a call, a centre offers weeks, its contact point publishes, the office opens.
    office = sign_in(stack, new_session, OFFICE)
    office.goto("/exchanges/office/calls/new/")
    for name, value in {
        "number": "2031/1",
        "title": "A week in another centre",
        "summary": "Shift leaders learn how others alert their neighbours.",
        "opens_on": today,
        "closes_on": closes_on,
        "decision_on": today + dt.timedelta(days=60),
        "weeks_from": monday - dt.timedelta(days=7),
        "weeks_until": monday + dt.timedelta(days=60),
        "seats": 5,
    }.items():
        office.locator(f"[name={name}]").fill(str(value))
    office.locator("[name=rates]").select_option(index=1)
    for row, (criterion, weight) in enumerate([("Need", 60), ("Use at home", 40)]):
        office.locator(f"[name=criteria-{row}-name]").fill(criterion)
        office.locator(f"[name=criteria-{row}-weight]").fill(str(weight))
        office.locator(f"[name=criteria-{row}-low]").fill("Not said")
        office.locator(f"[name=criteria-{row}-high]").fill("Said with examples")
    office.locator("main form button[type=submit]").last.click()
    office.wait_for_url(re.compile("/office/calls/2031-1/$"))
    desk = office.url

    host = sign_in(stack, new_session, COORDINATOR)
    host.goto("/exchanges/offers/new/")
    host.locator("[name=call]").select_option(label="Exchange call 2031/1")
    host.locator("[name=summary]").fill("A week at the desk that alerts five neighbours.")
    host.locator("main form button[type=submit]").last.click()
    host.wait_for_url(re.compile(r"/offers/\d+/$"))
    for start in (monday, monday + dt.timedelta(days=7)):
        host.locator("[name=starts_on]").fill(str(start))
        host.locator("[name=capacity]").fill("1")
        host.locator("form[action$='/weeks/'] button[type=submit]").click()
    host.locator("form[action$='/submit/'] button[type=submit]").click()

    host_ncp = sign_in(stack, new_session, HOST_NCP)
    host_ncp.goto(urlsplit(host.url).path)
    host_ncp.locator("form[action$='/publish/'] button[type=submit]").click()

    office.goto(desk)
    office.locator("form[action$='/open/'] button[type=submit]").click()
    visitor.goto("/exchanges/calls/2031-1/")
    expect(visitor.locator("main")).to_contain_text("Helsinki")

    # 3. A shift leader applies on a phone; sections save by themselves.
    leader = sign_in(stack, new_session, SHIFT_LEADER, viewport={"width": 390, "height": 844})
    leader.goto("/exchanges/calls/2031-1/")
    leader.locator("form[action$='/apply/'] button[type=submit]").first.click()
    leader.wait_for_url(re.compile(r"/applications/\d+/write/about/$"))
    application = re.sub("write/about/$", "", urlsplit(leader.url).path)
    leader.locator("[name=function]").fill("Shift leader")
    leader.locator("[name=years_leading]").fill("6")
    leader.locator("[name=phone]").fill("+371 2000 0000")
    expect(leader.locator("[data-autosave-status]")).to_contain_text("Saved")
    leader.reload()
    expect(leader.locator("[name=function]")).to_have_value("Shift leader")
    for key, answers in {
        "centre": {"shift": "Forty people, one region, three neighbours."},
        "languages": {
            "aim": "How a neighbour is alerted in ten minutes.",
            "bring_home": "A template for all four shifts.",
        },
        "manager": {"manager_name": "Pēteris Paraugs", "manager_email": "peteris.paraugs@example.org"},
        "needs": {"emergency_name": "Anna Paraugs", "emergency_phone": "+371 2000 0001"},
    }.items():
        leader.goto(f"{application}write/{key}/")
        for name, value in answers.items():
            leader.locator(f"[name={name}]").fill(value)
        if key == "languages" and not leader.locator("[name=languages-0-language]").input_value():
            leader.locator("[name=languages-0-language]").select_option(label="English")
            leader.locator("[name=languages-0-level]").select_option("B2")
        if key == "manager":
            leader.locator("[name=manager_consents]").check()
        press(leader, "Save and go on")
    leader.goto(f"{application}write/weeks/")
    expect(leader.locator("main")).to_contain_text("Helsinki")
    press(leader, "Save and go on")
    leader.goto(f"{application}write/send/")
    assert axe(leader) == []
    leader.locator("[name=privacy_accepted]").check()
    leader.locator("main form button[type=submit]").last.click()
    leader.wait_for_url(re.compile("/sent/$"))
    expect(leader.locator("main")).to_contain_text("2031/1-001")
    stack.mail(address(SHIFT_LEADER), "2031/1")

    # 4. The own contact point endorses; another country's finds nothing there.
    letter = stack.mail(address(SENDING_NCP), "Ilze Paraugs")
    sender = sign_in(stack, new_session, SENDING_NCP)
    sender.goto(first_link(letter))
    sender.locator("button[name=endorse]").click()
    expect(sender.locator("main")).to_contain_text("Endorsed")
    other = sign_in(stack, new_session, OTHER_NCP)
    missing = other.goto(application)
    assert missing is not None
    assert missing.status == 404

    # The deadline passes; the clock closes the call; the office confirms and opens the review.
    stack.clock("+21d")
    stack.mail(address(OFFICE), "2031/1 is closed")
    office = sign_in(stack, new_session, OFFICE)
    office.goto(f"/exchanges/office/applications/{application.split('/')[-2]}/")
    press(office, "Confirm: eligible")
    office.goto(desk)
    office.locator("form[action$='/begin-review/'] button[type=submit]").click()
    press(office, "Assign reviewers")

    # 5. Two reviewers without a conflict of interest score.
    reviewers = [
        str(mail["To"])
        for mail in stack.mails()
        if "2031/1" in str(mail["Subject"]) and "review" in str(mail["Subject"])
    ]
    stack.mail(reviewers[0] if reviewers else "example.org", "Applications to review: Exchange call 2031/1")
    reviewers = sorted(
        {
            str(mail["To"])
            for mail in stack.mails()
            if "Applications to review: Exchange call 2031/1" in str(mail["Subject"])
        }
    )
    assert len(reviewers) == 2
    for email in reviewers:
        page = sign_in(stack, new_session, name_of(email))
        page.goto("/exchanges/reviews/")
        page.get_by_role("link", name=re.compile(SHIFT_LEADER)).first.click()
        for select in page.locator("select[name^=points_]").all():
            select.select_option("8")
        page.locator("[name=comment]").fill("Clear need, and a template that others can use.")
        press(page, "Submit the review")
        expect(page.locator("main")).to_contain_text("Submitted")

    # 6. The office runs the matching; two committee members from different countries sign.
    office.goto(desk)
    press(office, "Freeze merit and begin the matching")
    press(office, "Compute a match run")
    run = office.url
    expect(office.get_by_role("heading", name="The proposed match")).to_be_visible(timeout=30_000)
    assert axe(office) == []
    for signer in SIGNERS:
        page = sign_in(stack, new_session, signer)
        page.goto(urlsplit(run).path)
        press(page, "Sign run 1")
    expect(page.locator("main")).to_contain_text("This run is the decision")

    # 7. Accept, agree by three, arrive, five days, report.
    offer = stack.mail(address(SHIFT_LEADER), "a week in Helsinki is yours if you want it")
    leader = sign_in(stack, new_session, SHIFT_LEADER)
    leader.goto(first_link(offer))
    press(leader, "Accept the week")
    leader.wait_for_url(re.compile(r"/placements/\d+/$"))
    placement = urlsplit(leader.url).path
    leader.locator("[name=objectives]").fill("See how five neighbours are alerted in ten minutes.")
    for day in range(1, 6):
        leader.locator(f"[name=day_{day}]").fill(f"Shift {day}, with a debrief")
    leader.locator("[name=language]").fill("English")
    leader.locator("[name=outcome]").fill("A template.")
    press(leader, "Ask all three to confirm this")
    host, sender = (sign_in(stack, new_session, name) for name in (COORDINATOR, SENDING_NCP))
    for page in (leader, host, sender):
        page.goto(placement)
        press(page, "Confirm version 1")
    expect(sender.locator("main")).to_contain_text("All three have confirmed")

    stack.clock(f"+{(monday - today).days + 4}d")
    host = sign_in(stack, new_session, COORDINATOR)
    host.goto(placement)
    press(host, "Confirm the arrival")
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        press(host, f"Confirm {name}")
    press(host, "End the week")

    due = stack.mail(address(SHIFT_LEADER), "Your exchange report")
    leader = sign_in(stack, new_session, SHIFT_LEADER)
    leader.goto(first_link(due))
    leader.locator("[name=seen]").fill("The message to the neighbours lies ready, with gaps for place and time.")
    leader.locator("[name=differently]").fill("They send first and complete later.")
    leader.locator("[name=lesson_title]").fill(LESSON)
    leader.locator("[name=lesson]").fill("A prepared message leaves the room after four minutes instead of eleven.")
    leader.locator("[name=lesson_public]").check()
    expect(leader.locator("[data-autosave-status]")).to_contain_text("Saved")
    press(leader, "Send to the programme office")
    office = sign_in(stack, new_session, OFFICE)
    office.goto(f"{placement}report/")
    press(office, "Accept, lesson for anyone")
    expect(office.locator("main")).to_contain_text("Completed")

    # 8. The lesson stands in the library, and a visitor finds it.
    accepted = stack.mail(address(SHIFT_LEADER), "Your report is accepted")
    visitor.goto(first_link(accepted))
    expect(visitor.locator("h1")).to_contain_text(LESSON)
    found = visitor.get_by_role("link", name=LESSON)
    for _ in range(30):
        visitor.goto("/search/?q=prepared+message+leaves")
        if found.count():
            break
        visitor.wait_for_timeout(500)
    expect(found.first).to_be_visible()
    assert stack.manage("journal_verify")
