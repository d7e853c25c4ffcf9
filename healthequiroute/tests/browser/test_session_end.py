"""The end of a session: told in time, put off by whoever is there unless twelve hours have passed, and nothing typed is
lost: on a page, in the administration, and on a round. The browser's clock and the rows of the server are moved; nobody
waits.
"""

import re
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from .conftest import TODAY
from .keyboard import press, write

# The demo's people, at whose sessions the clock is moved.
ADMINISTRATOR, FIELD_WORKER, PLATFORM = (f"{name}@aldermoor.example" for name in ("admin", "fieldworker", "platform1"))


@pytest.fixture
def ends_in(portal):
    """`ends_in(seconds)`: the sessions of somebody end then, if nothing is done; since then, below zero."""

    def ends_in(seconds, email=ADMINISTRATOR):
        portal.row(
            "UPDATE accounts_session SET last_active_at = now() - interval '14 minutes', "
            f"expire_date = now() + interval '{seconds} seconds' "
            f"WHERE user_id = (SELECT id FROM accounts_user WHERE email = '{email}') RETURNING 1"
        )

    return ends_in


@pytest.fixture
def hard_end_in(portal):
    """`hard_end_in(seconds)`: so much is left of the administrator's twelve hours, whatever is done."""
    program = """
from datetime import timedelta
from django.conf import settings
from django.utils import timezone
from accounts.models import Session
ends = timezone.now() + timedelta(seconds={seconds})
for session in Session.objects.filter(user__email={email!r}):
    data = session.get_decoded()
    data["signed_in"]["at"] = ends.timestamp() - settings.SESSION_LONGEST_SECONDS
    session.session_data, session.expire_date = Session.get_session_store_class()().encode(data), ends
    session.save(update_fields=["session_data", "expire_date"])
"""

    def hard_end_in(seconds):
        portal.run(program.format(email=ADMINISTRATOR, seconds=seconds))

    return hard_end_in


@contextmanager
def standing_clock(page):
    """The browser's clock stands: a dialog that counts does not run out, however long the machine takes over it."""
    now = datetime.fromtimestamp(page.evaluate("() => Date.now()") / 1000, tz=UTC)
    page.clock.set_fixed_time(now)
    yield
    page.clock.set_system_time(now)


@pytest.fixture
def form(page, sign_in, base_url):
    """A form that somebody has begun to fill in."""
    page.clock.install()
    sign_in("Administrator")
    page.goto(f"{base_url}/members/add/")
    write(page, page.get_by_label("Full name"), "Olive Unsaved")
    press(page, page.get_by_role("checkbox", name=re.compile("^Viewer")), "Space")
    return page


def choose(page, role):
    page.get_by_role("button", name=re.compile(f", {role}$")).click()


def warning(page):
    return page.get_by_role("alertdialog", name="You will be signed out soon")


def keyboard_stays_within(page):
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || Boolean(document.activeElement.closest('#session-end'))"
        )


def test_the_warning_keeps_people_in_and_what_they_typed(form, ends_in, check_accessibility):
    page = form
    page.set_viewport_size({"width": 390, "height": 844})
    ends_in(100)
    page.clock.fast_forward("14:00")
    expect(warning(page)).to_be_visible()
    expect(warning(page)).to_contain_text("Nothing has been done here for a while.")
    stay = page.get_by_role("button", name="Stay signed in")
    expect(stay).to_be_focused()
    with standing_clock(page):
        ends_in(600)
        page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")
        check_accessibility()
        keyboard_stays_within(page)
        press(page, stay)
        expect(warning(page)).to_be_hidden()
    # What was being done goes on where it was.
    expect(page.get_by_role("checkbox", name=re.compile("^Viewer"))).to_be_focused()
    expect(page.get_by_label("Full name")).to_have_value("Olive Unsaved")
    # Escape is the wish to go on, too.
    ends_in(100)
    page.clock.fast_forward("14:00")
    expect(warning(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(warning(page)).to_be_hidden()
    expect(page.get_by_role("checkbox", name=re.compile("^Viewer"))).to_be_focused()


def test_after_the_end_the_same_page_comes_back_with_what_was_typed(form, ends_in, base_url):
    page = form
    ends_in(-1)
    page.clock.fast_forward("16:00")
    page.wait_for_url(f"{base_url}/accounts/login/?next=%2Fmembers%2Fadd%2F&ended=yes")
    expect(page.get_by_text("what you had typed comes back")).to_be_visible()
    choose(page, "Administrator")
    page.wait_for_url(f"{base_url}/members/add/")
    expect(page.locator("#typed-is-back")).to_contain_text("What you had typed is back. It has not been saved yet.")
    expect(page.get_by_label("Full name")).to_have_value("Olive Unsaved")
    expect(page.get_by_role("checkbox", name=re.compile("^Viewer"))).to_be_checked()
    # Once: opened again, the page is as empty as ever.
    page.goto(f"{base_url}/members/add/")
    expect(page.get_by_label("Full name")).to_have_value("")


def test_what_was_typed_is_nobody_elses(form, ends_in, base_url):
    page = form
    ends_in(-1)
    page.clock.fast_forward("16:00")
    page.wait_for_url("**/accounts/login/**")
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('her-typed:')).length") == 1
    page.goto(f"{base_url}/accounts/login/")
    choose(page, "Planner")
    page.wait_for_url(f"{base_url}/")
    page.wait_for_function("() => Object.keys(sessionStorage).every((key) => !key.startsWith('her-typed:'))")


def test_the_end_after_twelve_hours_is_told_and_cannot_be_put_off(
    form, ends_in, hard_end_in, base_url, check_accessibility
):
    page = form
    hard_end_in(550)
    page.clock.fast_forward("11:52:00")
    expect(warning(page)).to_contain_text("12 hours after signing in everybody is signed out. It cannot be put off.")
    expect(page.get_by_role("button", name="Stay signed in")).to_be_hidden()
    expect(page.get_by_role("button", name="Sign in again now")).to_be_focused()
    with standing_clock(page):
        check_accessibility("#session-end")
    # What one was doing can be finished.
    page.get_by_role("button", name="Go on until then").click()
    expect(warning(page)).to_be_hidden()
    # The page tells the server that somebody is there: before the server's row is moved, not over it.
    with page.expect_response(lambda answer: answer.request.method == "POST" and "session" in answer.url):
        page.get_by_label("Email address").fill("olive@example.nhs.uk")
    # Two minutes before it is said once more. Escape is the wish to go on.
    hard_end_in(110)
    page.clock.fast_forward("09:15")
    expect(warning(page)).to_contain_text("It cannot be put off.")
    page.keyboard.press("Escape")
    expect(warning(page)).to_be_hidden()
    ends_in(-1)
    page.clock.fast_forward("02:00")
    page.wait_for_url(f"{base_url}/accounts/login/?next=%2Fmembers%2Fadd%2F&ended=yes")
    expect(page.get_by_text("what you had typed comes back")).to_be_visible()
    choose(page, "Administrator")
    page.wait_for_url(f"{base_url}/members/add/")
    expect(page.locator("#typed-is-back")).to_contain_text("It has not been saved yet.")
    expect(page.get_by_label("Full name")).to_have_value("Olive Unsaved")
    expect(page.get_by_label("Email address")).to_have_value("olive@example.nhs.uk")


def test_the_administration_warns_and_keeps_what_was_typed(page, ends_in, base_url, check_accessibility):
    page.clock.install()
    page.goto(f"{base_url}/accounts/login/?next=/admin/accounts/organisation/")
    page.get_by_role("button", name=re.compile("Petra Platform")).click()
    page.wait_for_url(f"{base_url}/admin/accounts/organisation/")
    page.locator("#result_list tbody th a").first.click()
    name = page.get_by_label("Name:")
    before = name.input_value()
    name.fill("A name that was not saved")
    address = page.url
    ends_in(100, PLATFORM)
    page.clock.fast_forward("14:00")
    expect(warning(page)).to_be_visible()
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    with standing_clock(page):
        ends_in(600, PLATFORM)
        check_accessibility("#session-end")
        keyboard_stays_within(page)
        page.keyboard.press("Escape")
        expect(warning(page)).to_be_hidden()
    ends_in(-1, PLATFORM)
    page.clock.fast_forward("16:00")
    page.wait_for_url("**/accounts/login/?next=*")
    page.get_by_role("button", name=re.compile("Petra Platform")).click()
    page.wait_for_url(address)
    expect(page.locator("#typed-is-back")).to_contain_text("What you had typed is back.")
    expect(name).to_have_value("A name that was not saved")
    page.reload()
    expect(name).to_have_value(before)
    # Scripts of Django's own pages set styles in place, which the policy blocks and the browser tells.
    page.problems[:] = [problem for problem in page.problems if not problem.startswith("Applying inline style")]


def test_a_round_goes_on_after_the_end_and_is_sent_once_its_person_is_back(page, sign_in, ends_in, base_url):
    if timezone.localdate() != TODAY:
        pytest.skip("midnight has passed: the demo's rounds were of yesterday")
    page.set_viewport_size({"width": 390, "height": 844})
    page.clock.install()
    sign_in("Field worker")
    page.goto(f"{base_url}/round/")
    expect(page.get_by_role("heading", level=1)).to_have_text("My round")
    first, second = page.locator("[data-visit]").nth(0), page.locator("[data-visit]").nth(1)
    ends_in(-1, FIELD_WORKER)
    page.clock.fast_forward("16:00")
    expect(page.get_by_text("What you record is kept on this phone and sent once you have signed in.")).to_be_visible()
    # Nobody is led away, and what is recorded now waits. The server takes nothing that is still to come.
    page.clock.set_system_time(timezone.now())
    add_note(first, "The bell is broken")
    first.get_by_role("button", name=re.compile("^Save note")).click()
    notice = page.locator("#round-notice")
    expect(notice).to_contain_text("You are signed out: 1 entry waits to be sent.")
    add_note(second, "Half a note")
    notice.get_by_role("link", name="Sign in again").click()
    page.wait_for_url("**/accounts/login/?next=*")
    choose(page, "Field worker")
    page.wait_for_url(f"{base_url}/round/")
    expect(page.locator("#round-notice")).to_be_hidden()
    expect(first.locator("[data-notes]")).to_contain_text("The bell is broken")
    expect(second.get_by_label("Note for the planner")).to_have_value("Half a note")
    # From the server itself.
    page.reload()
    expect(first.locator("[data-notes]")).to_contain_text("The bell is broken")
    # Browsers write on the console that the session was over.
    page.problems[:] = [problem for problem in page.problems if "401 (Unauthorized)" not in problem]


def add_note(visit, text):
    """Opens the visit and writes into its note, unsent."""
    visit.evaluate("visit => visit.querySelectorAll('details').forEach(details => { details.open = true; })")
    area = visit.get_by_label("Note for the planner")
    area.fill(text)
    return area


def test_signing_out_everywhere_else_ends_the_other_browser(page, sign_in, new_context, base_url, check_accessibility):
    other = new_context().new_page()
    other.goto(f"{base_url}/accounts/login/")
    choose(other, "Administrator")
    other.wait_for_url(f"{base_url}/")
    sign_in("Administrator")
    page.goto(f"{base_url}/accounts/devices/")
    expect(page.get_by_text("This device")).to_be_visible()
    check_accessibility()
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("You are signed out of")).to_be_visible()
    other.goto(f"{base_url}/members/")
    expect(other.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    page.goto(f"{base_url}/members/")
    expect(page.get_by_role("heading", name="Members")).to_be_visible()
