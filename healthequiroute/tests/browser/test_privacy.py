"""One's own data, a legal hold that keeps somebody, and how a person without an account is erased in two steps."""

import os
import re
from pathlib import Path

from playwright.sync_api import expect

from .conftest import fits

SHOTS = os.environ.get("SCREENSHOTS")
NAME, REFERENCE = "Zoe Temporary", "temp-01"


def looked_at(page, check_accessibility, name):
    """Fits both widths and breaks no rule; SCREENSHOTS=directory keeps pictures."""
    for width in (390, 1280):
        fits(page, width)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    check_accessibility()


def test_a_copy_the_notice_a_hold_and_an_erasure(page, base_url, sign_in, check_accessibility):
    sign_in("Administrator")
    page.goto(f"{base_url}/my-account/")
    page.get_by_role("link", name="Get a copy of your data").click()
    page.get_by_role("button", name="Make a copy").click()
    expect(page.get_by_text("Your copy is being made.")).to_be_visible()
    looked_at(page, check_accessibility, "my-data")
    page.get_by_role("link", name="What is kept about you, and why").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is kept about people")
    looked_at(page, check_accessibility, "privacy")

    somebody_joins_a_team(page, base_url)
    find_them(page, base_url)
    looked_at(page, check_accessibility, "request")
    a_hold_keeps_them(page, base_url, check_accessibility)

    find_them(page, base_url)
    page.get_by_role("link", name="Erase this person").click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    looked_at(page, check_accessibility, "erase")
    page.get_by_label("The person asked for it").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Type ERASE to confirm").fill("ERASE")
    looked_at(page, check_accessibility, "erase-confirm")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("The person was erased.")).to_be_visible()
    ask_for_them(page, base_url)
    expect(page.get_by_text("Nobody in the organisation matches that.").first).to_be_visible()
    looked_at(page, check_accessibility, "requests")
    # The browser tells on its console of a page that came back with an error in its form.
    page.problems[:] = [problem for problem in page.problems if "422" not in problem]


def somebody_joins_a_team(page, base_url):
    page.goto(f"{base_url}/teams/")
    page.locator("main a[href^='/teams/']:not([href$='/new/'])").first.click()
    page.get_by_role("heading", name="Add a person").click()
    page.get_by_label("Name on plans").fill(NAME)
    page.get_by_label("Short reference").fill(REFERENCE)
    page.get_by_role("button", name="Add person").click()
    expect(page.get_by_role("link", name=NAME).first).to_be_visible()


def ask_for_them(page, base_url):
    page.goto(f"{base_url}/privacy/people/")
    page.get_by_label("Somebody of a team").check()
    page.get_by_label("Reference").fill(REFERENCE)
    page.get_by_role("button", name="Find the person").click()


def find_them(page, base_url):
    ask_for_them(page, base_url)
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)


def a_hold_keeps_them(page, base_url, check_accessibility):
    page.goto(f"{base_url}/privacy/holds/add/")
    page.get_by_label("Somebody of a team").check()
    page.get_by_label("Email address or reference").fill(REFERENCE)
    page.get_by_label("Why it must stay").fill("A complaint is being looked into.")
    page.get_by_label(re.compile("Reference of the case")).fill("C-2026-17")
    looked_at(page, check_accessibility, "hold-add")
    page.get_by_role("button", name="Place the legal hold").click()
    expect(page.get_by_text("The legal hold is in force.")).to_be_visible()
    looked_at(page, check_accessibility, "hold")
    hold = page.url
    page.goto(f"{base_url}/privacy/holds/")
    expect(page.get_by_role("link", name=re.compile(NAME))).to_be_visible()
    looked_at(page, check_accessibility, "holds")
    find_them(page, base_url)
    expect(page.get_by_text("A legal hold names this person")).to_be_visible()
    expect(page.get_by_role("link", name="Erase this person")).to_have_count(0)
    page.goto(hold)
    page.get_by_label("Why it need not stay any longer").fill("The complaint is answered.")
    page.get_by_role("button", name="Release the legal hold").click()
    expect(page.get_by_text("The legal hold is released")).to_be_visible()
