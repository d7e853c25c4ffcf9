"""Tasks that people do, each from its first page to its end, by keyboard alone: nothing is clicked."""

import re
import threading
from datetime import timedelta
from uuid import uuid4

from playwright.sync_api import expect

from accounts.tests.receivers import Receiver

from .conftest import SEARCHED, TODAY, WORKED_OUT, leave
from .keyboard import enter, go, press, said, skip_to, tab_to, write

PASSWORD = "a long password for tests"
# Whoever approves has a day of its own.
DAY, LATER = TODAY + timedelta(days=5), TODAY + timedelta(days=7)
WHY = "Her daughter is there until then."
# Far from the days of any plan.
ROTA_DAY = TODAY + timedelta(days=40)
TAKE_SHIFT_AWAY = f"""
from datetime import date
from healthequiroute.demo import account
from routing.models import Shift
from routing.services import remove_shift
shift = Shift.objects.get(staff__reference="city-06", day=date.fromisoformat("{ROTA_DAY}"))
remove_shift(shift=shift, by=account("planner"))
"""
POSTCODE = """
SELECT visit.postcode FROM routing_visit AS visit JOIN routing_team AS team ON team.id = visit.team_id
WHERE team.name = 'City community nursing' AND visit.postcode <> '' ORDER BY visit.id LIMIT 1
"""
DEFERRED = "SELECT state FROM routing_visit WHERE reference = '{}' AND day = '{}'"


def forgive_refusals(page):
    """That a form was refused is told on the console as well."""
    page.problems[:] = [problem for problem in page.problems if "422" not in problem]


def choose_file(page, name: str, lines: list[str]):
    """Enter on the button opens the browser's own choice of files; the focus is where it was when that closes."""
    field = page.locator("#id_file")
    # Waited for before it is asked for: a busy machine listens late.
    with page.expect_file_chooser() as chooser:
        tab_to(page, field)
        page.keyboard.press("Enter")
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": "\n".join(lines).encode()})
    expect(field).to_be_focused()


def test_a_person_is_invited_and_accepts(page, base_url, sign_in, new_context, check_accessibility):
    email = f"kit-{uuid4().hex[:8]}@example.nhs.uk"
    sign_in("Administrator")
    page.goto(f"{base_url}/members/")
    skip_to(page, page.get_by_role("link", name="Add a person", exact=True))
    enter(page)
    skip_to(page, page.get_by_role("button", name="Add the person"))
    enter(page)
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    forgive_refusals(page)
    press(page, page.get_by_role("link", name="Enter an email address"))
    expect(page.get_by_label("Email address")).to_be_focused()
    page.keyboard.type(email)
    assert write(page, page.get_by_label("Full name"), "Kit Keys") == 1
    press(page, page.get_by_role("checkbox", name=re.compile("^Viewer")), "Space")
    go(page, page.get_by_role("button", name="Add the person"))
    expect(page.get_by_role("alert")).to_be_focused()
    # What comes next with somebody new is near.
    assert go(page, page.get_by_role("button", name="Make a link for the first password")) <= 4
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    check_accessibility()
    copy = page.locator("[data-copy]")
    assert press(page, copy) == 2
    expect(copy).to_have_text(re.compile("Copied|Press Ctrl"))
    link = page.get_by_label("Link", exact=True).input_value()
    accept(new_context(), base_url, link, email)
    remove(page)
    leave(page)


def accept(context, base_url, link, email):
    """In a browser of the invited person."""
    page = context.new_page()
    page.goto(link)
    assert write(page, page.get_by_label("New password", exact=True), "short") == 3
    write(page, page.get_by_label("New password, once more"), "short")
    page.keyboard.press("Enter")
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    press(page, page.get_by_role("link", name=re.compile("too short")))
    expect(page.get_by_label("New password", exact=True)).to_be_focused()
    page.keyboard.type(PASSWORD)
    write(page, page.get_by_label("New password, once more"), PASSWORD)
    go(page, page.get_by_role("button", name="Save the password"))
    go(page, page.get_by_role("link", name="Sign in", exact=True))
    write(page, page.get_by_label("Email address"), email)
    write(page, page.get_by_label("Password", exact=True), PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Kit Keys")).to_be_visible()
    context.close()


def remove(page):
    """The portal is as it was."""
    go(page, page.get_by_role("link", name="Back to members"))
    go(page, page.get_by_role("link", name="Kit Keys"))
    go(page, page.get_by_role("button", name="Remove from the organisation"))
    go(page, page.get_by_role("button", name=re.compile("^Remove")))
    expect(page.get_by_role("alert")).to_be_focused()


def test_a_webhook_is_made_tried_and_a_delivery_repeated(page, base_url, sign_in, check_accessibility):
    sign_in("Administrator")
    seen = threading.Event()
    with Receiver() as receiver:
        # The other system answers once the page was seen that waits for it.
        receiver.before = lambda _: seen.wait(5)
        page.goto(f"{base_url}/webhooks/add/")
        skip_to(page, page.get_by_label("Name of the system"))
        page.keyboard.type("Told by keyboard")
        write(page, page.get_by_label("Address", exact=True), receiver.url)
        press(page, page.get_by_label("A plan was published"), "Space")
        go(page, page.get_by_role("button", name="Add the webhook"))
        # A secret that is shown once is not looked for behind the whole head of the page.
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        copy = page.locator("[data-copy]")
        assert press(page, copy) == 2
        expect(copy).to_have_text(re.compile("Copied|Press Ctrl"))
        go(page, page.get_by_role("link", name=re.compile("I have copied it")))
        skip_to(page, page.get_by_role("button", name="Send a test"))
        enter(page)
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.locator("#webhook-log")).to_contain_text("On its way")
        seen.set()
        # Nobody has to load the page again: the log looks after it, and what became of the test is read out.
        expect(page.locator("#webhook-log")).to_contain_text("Delivered", timeout=WORKED_OUT)
        expect(said(page)).to_have_text("A test: Delivered.")
        expect(page.locator("#webhook-state")).to_have_text("Works")
        expect(page.locator("#webhook-log[hx-trigger]")).to_have_count(0)
        expect(page.get_by_role("alert")).to_be_focused()
        again = page.get_by_role("button", name="Send again")
        assert go(page, again) == 2
        expect(again).to_have_count(2, timeout=WORKED_OUT)
        assert len(receiver.seen) == 2
        check_accessibility()
        go(page, page.get_by_role("button", name="Delete the webhook"))
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_role("link", name="Told by keyboard", exact=True)).to_have_count(0)
    leave(page)


def test_a_rota_is_brought_from_a_file(page, base_url, portal, sign_in, check_accessibility):
    head = "staff,day,start,end,break_minutes,break_window"
    sign_in("Planner")
    page.goto(f"{base_url}/teams/")
    skip_to(page, page.get_by_role("link", name="City community nursing"))
    enter(page)
    skip_to(page, page.get_by_role("link", name="Rota", exact=True))
    enter(page)
    # Past everybody's name.
    skip_to(page, page.get_by_role("link", name="Load a rota or absences from a file"))
    page.keyboard.press("Enter")
    expect(page.locator("#file-title")).to_be_focused()
    assert go(page, page.get_by_role("button", name="Check file")) == 4
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    forgive_refusals(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_file")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    day = f"{ROTA_DAY:%d/%m/%Y}"
    choose_file(page, "rota.csv", [head, f"city-06,{day},07:15,15:15,,", f"nobody,{day},08:00,16:00,,"])
    go(page, page.get_by_role("button", name="Check file"))
    expect(page).to_have_title(re.compile("^Preview of rota.csv: 1 row refused"))
    check_accessibility()
    # Before anything is changed one meets what would not be.
    faults = page.get_by_role("link", name="1 row refused")
    skip_to(page, faults)
    page.keyboard.press("Enter")
    expect(page.locator("#refused-title")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Change the rota"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    assert go(page, page.get_by_role("link", name="Rota of the team")) == 2
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rota")
    portal.run(TAKE_SHIFT_AWAY)
    leave(page)


def test_a_visit_is_deferred_a_plan_published_and_both_taken_back(page, base_url, portal, sign_in, check_accessibility):
    mark = f"KEYS-{uuid4().hex[:6]}"
    sign_in("Planner")
    ask_for_a_plan(page, base_url, portal.row(POSTCODE)[0], mark)
    address = page.url.partition("#")[0]
    sign_in("Approver")
    page.goto(address)
    defer_and_approve(page, mark, check_accessibility)
    assert portal.row(DEFERRED.format(mark, LATER)) == ("open",)
    assert go(page, page.get_by_role("button", name="Publish plan")) <= 3
    expect(page.locator("#plan-state")).to_have_text("Published")
    expect(page.get_by_role("alert")).to_be_focused()
    # What was decided is taken back in the order in which it was done.
    take_back(page, "Withdraw the publication", "Why is it withdrawn?", "Withdraw publication")
    expect(page.locator("#plan-state")).to_have_text("Approved")
    take_back(page, "Take the approval back", "Why is it reopened?", "Make it a proposal again")
    expect(page.locator("#plan-state")).to_have_text("Proposed")
    assert portal.row(DEFERRED.format(mark, LATER)) is None
    leave(page)


def ask_for_a_plan(page, base_url, postcode, mark):
    """A planner's part: a plan of three visits, and one at a time of night when nobody works."""
    page.goto(f"{base_url}/plans/")
    skip_to(page, page.get_by_role("link", name="New plan"))
    enter(page)
    skip_to(page, page.get_by_label("Day", exact=True))
    page.keyboard.type(str(DAY.day))
    write(page, page.get_by_label("Month", exact=True), str(DAY.month))
    write(page, page.get_by_label("Year", exact=True), str(DAY.year))
    write(page, page.get_by_label("Name of the plan"), f"By keyboard {mark}")
    tab_to(page, page.get_by_label("Time to search"))
    page.keyboard.press("Home")
    tab_to(page, page.get_by_role("radio", name=re.compile("^From priorities")))
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name=re.compile("^From a file"))).to_be_checked()
    visits = [f"{mark}-{number},{postcode},30,,,2" for number in range(3)]
    choose_file(
        page,
        "visits.csv",
        ["reference,postcode,minutes,window_start,window_end,tier", *visits, f"{mark},{postcode},60,03:00,04:00,1"],
    )
    go(page, page.get_by_role("button", name="Create plan"))
    skip_to(page, page.get_by_role("button", name="Optimise plan"))
    enter(page)
    # Who watches the search is brought to its outcome, and hears it.
    expect(page.locator("#plan-verdict")).to_be_focused(timeout=SEARCHED)
    expect(said(page)).to_contain_text("Proposed. 3 of 4 visits are planned")


def defer_and_approve(page, mark, check_accessibility):
    """An approver's part: refused once for want of a day and a reason."""
    skip_to(page, page.locator("summary", has_text=f"Decide on {mark} alone"))
    page.keyboard.press("Enter")
    write(page, page.get_by_label(f"Decision for {mark}"), "Deferred")
    go(page, page.get_by_role("button", name="Approve plan"))
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    forgive_refusals(page)
    check_accessibility()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    day = page.get_by_label(f"Day for {mark}")
    expect(day).to_be_focused()
    for _ in range((LATER - DAY).days):
        page.keyboard.press("ArrowDown")
    expect(day).to_have_value(str(LATER))
    assert write(page, page.get_by_label(f"Reason for {mark}"), WHY) == 1
    go(page, page.get_by_role("button", name="Approve plan"))
    expect(page.locator("#plan-state")).to_have_text("Approved")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_text(WHY)).to_be_visible()
    check_accessibility()


def take_back(page, fold, question, button):
    press(page, page.locator("summary", has_text=fold))
    assert write(page, page.get_by_label(question), "The journey is over.") == 1
    assert go(page, page.get_by_role("button", name=button)) == 1
    expect(page.get_by_role("alert")).to_be_focused()
