"""Members and accounts: added from a file, found, suspended together, reviewed, and what an organisation is without."""

import os
import re
from pathlib import Path

from playwright.sync_api import expect

from healthequiroute.tests.browser.conftest import fits, leave

NARROW, WIDE = 390, 1280
FILE = (
    b"full_name,email,roles\nFemi Ade,femi.ade@imported.example,planner; approver\n"
    b"Gwen Jones,gwen.jones@imported.example,field worker\nHana Ito,nonsense,viewer\n"
)
SHOTS = os.environ.get("SCREENSHOTS")


def looked_at(page, check_accessibility, name):
    """Fits both widths and breaks no rule; SCREENSHOTS=directory keeps pictures."""
    for width in (NARROW, WIDE):
        fits(page, width)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    check_accessibility()


def press_on(page, control, key="Enter"):
    """With the keyboard alone."""
    control.focus()
    expect(control).to_be_focused()
    page.keyboard.press(key)


def sign_in_as_petra(page, base_url):
    """As one of the two platform administrators."""
    leave(page)
    page.goto(f"{base_url}/accounts/login/")
    page.get_by_role("button", name=re.compile("Petra Platform")).click()
    page.wait_for_url(f"{base_url}/")


def test_people_from_a_file_are_suspended_together(page, base_url, sign_in, check_accessibility):
    sign_in("Administrator")
    page.goto(f"{base_url}/members/import/")
    page.locator("input[type=file]").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": FILE})
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 people in the file")
    expect(page.get_by_text("Line 4: “nonsense” is not an email address.")).to_be_visible()
    looked_at(page, check_accessibility, "import-preview")
    page.get_by_role("button", name="Add 2 people").click()
    expect(page.get_by_text(re.compile("2 people belong to"))).to_be_visible()

    page.get_by_label("Name or address").fill("imported.example")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("imported.example"))
    expect(page.get_by_label(re.compile("^Choose "))).to_have_count(2)
    page.get_by_label("Choose Femi Ade").check()
    page.get_by_label("Choose Gwen Jones").check()
    page.get_by_label("What to do").select_option("suspend")
    page.get_by_label("Why, to suspend").fill("Moved to another trust")
    looked_at(page, check_accessibility, "members-chosen")
    page.get_by_role("button", name="Look at the change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Suspend: 2 people")
    looked_at(page, check_accessibility, "several")
    page.get_by_role("button", name="Suspend: 2 people").click()
    expect(page.get_by_text("Suspend: done for 2 of 2.")).to_be_visible()

    page.goto(f"{base_url}/members/?q=femi.ade")
    page.get_by_role("link", name="Femi Ade").click()
    expect(page.get_by_text("Moved to another trust")).to_be_visible()
    page.get_by_label("New note").fill("Asked to come back in May.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Asked to come back in May.")).to_be_visible()
    page.get_by_role("region", name="What happened").get_by_role("link", name="All of it").click()
    expect(page.get_by_text("Suspended a member")).to_be_visible()
    looked_at(page, check_accessibility, "history")


def test_settings_and_the_review_of_access(page, base_url, sign_in, check_accessibility):
    sign_in("Administrator")
    page.goto(f"{base_url}/organisation/settings/")
    page.get_by_label("Break in minutes").fill("500")
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_label("Break in minutes")).to_have_attribute("aria-describedby", re.compile("error"))
    # That the form was refused is told on the console as well.
    page.problems[:] = [problem for problem in page.problems if "422" not in problem]
    problem = page.get_by_role("alert").get_by_role("link", name="Enter a whole number from 0 to 120")
    press_on(page, problem)
    expect(page.get_by_label("Break in minutes")).to_be_focused()
    looked_at(page, check_accessibility, "settings-wrong")
    for address in ("/organisation/setup/", "/roles/", "/members/review/"):
        page.goto(f"{base_url}{address}")
        looked_at(page, check_accessibility, address.strip("/").replace("/", "-"))
    page.get_by_role("button", name="Begin a review").click()
    page.get_by_label("Olu Auditor still needs these roles").check()
    page.get_by_role("button", name="Confirm the roles of those ticked").click()
    expect(page.get_by_text("Confirmed for 1 person.")).to_be_visible()
    looked_at(page, check_accessibility, "review")


def test_the_platform_looks_after_organisations_and_people(page, base_url, check_accessibility):
    sign_in_as_petra(page, base_url)
    page.goto(f"{base_url}/organisations/")
    looked_at(page, check_accessibility, "organisations")
    page.get_by_role("link", name="Add an organisation").click()
    page.get_by_label("Name", exact=True).fill("Journey Care")
    page.get_by_label(re.compile("Full name")).fill("Adaeze Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh")
    page.get_by_label(re.compile("Email address")).fill("adaeze@journey-care.example")
    page.get_by_role("button", name="Add the organisation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Journey Care")
    page.get_by_role("button", name=re.compile("Switch off ?: Weeks")).click()
    expect(page.get_by_text("Weeks: off for Journey Care.")).to_be_visible()
    looked_at(page, check_accessibility, "organisation")
    page.goto(f"{base_url}/people/?q=adaeze")
    page.get_by_label(re.compile("^Choose Adaeze")).check()
    page.get_by_label("What to do").select_option("ask_second_factor")
    page.get_by_label("Why", exact=True).fill("Works with names and homes")
    looked_at(page, check_accessibility, "people")
    page.get_by_role("button", name="Look at the change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask for a second factor: 1 person")
    looked_at(page, check_accessibility, "people-several")
    page.get_by_role("button", name="Ask for a second factor: 1 person").click()
    expect(page.get_by_text("Ask for a second factor: done for 1 of 1.")).to_be_visible()
    page.get_by_role("link", name="Adaeze").click()
    looked_at(page, check_accessibility, "person")


def test_without_javascript(base_url, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{base_url}/accounts/login/")
    page.get_by_role("button", name=re.compile(", Administrator$")).click()
    page.goto(f"{base_url}/members/?role=viewer")
    page.get_by_label("Choose Vikram Viewer").check()
    page.get_by_label("What to do").select_option("grant")
    page.get_by_label("Role, to give one").select_option("analyst")
    page.get_by_role("button", name="Look at the change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Give a role: 1 person")
