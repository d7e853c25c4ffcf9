"""Somebody is told of a plan, reads and unreads it, chooses what they hear of, and makes a rule; an administrator tells
another system.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.tests.receivers import Receiver

from .conftest import comes_true, fits, leave

SHOTS = os.environ.get("SHOTS")
# Two messages for the approver of the demonstration.
TELL = """
from accounts.models import Notification, User
from accounts.services import notify
user = User.objects.get(email="approver@aldermoor.example")
Notification.objects.filter(user=user).delete()
place = user.memberships.get().organisation
notify(user=user, text="Journey of a test waits for approval.", url="/plans/", organisation=place, kind="plan.waiting")
notify(user=user, text="A report of a test is ready.", url="/", organisation=place, kind="report.ready")
"""


def look(page, name, check_accessibility):
    """Both widths without anything to scroll sideways, and axe."""
    for width in (390, 1280):
        fits(page, width)
        check_accessibility()
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


@pytest.fixture
def told(portal):
    portal.manage("shell", "-c", TELL)


def test_reading_undoing_and_filtering(told, sign_in, page, base_url, check_accessibility):
    sign_in("Approver")
    bell = page.get_by_role("navigation", name="Account").get_by_role("link", name=re.compile("^Notifications"))
    expect(bell).to_have_accessible_name(re.compile(r"Notifications\s*, 2 unread"))
    bell.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Notifications")
    look(page, "list", check_accessibility)
    page.get_by_role("link", name="Journey of a test waits for approval.").click()
    expect(page).to_have_url(f"{base_url}/plans/")
    expect(bell).to_have_accessible_name(re.compile("1 unread"))
    page.goto(f"{base_url}/notifications/")
    # As somebody at a keyboard does, who goes on from there.
    page.get_by_label("Show", exact=True).focus()
    page.get_by_label("Show", exact=True).select_option("Unread only")
    expect(page.get_by_text("Journey of a test waits")).to_have_count(0)
    expect(page).to_have_url(re.compile("state=unread"))
    expect(page.get_by_label("Show", exact=True)).to_be_focused()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("Everything is marked as read.")).to_be_visible()
    # Undo is the next stop, not the fourteenth.
    expect(page.locator("#marked-as-read")).to_be_focused()
    look(page, "undo", check_accessibility)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("is marked as new again")).to_be_visible()
    expect(bell).to_have_accessible_name(re.compile("1 unread"))
    page.goto(f"{base_url}/notifications/?kind=round.alert")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    look(page, "nothing", check_accessibility)
    leave(page)


def test_choosing_by_keyboard_what_one_hears_of(sign_in, page, base_url, check_accessibility):
    sign_in("Approver")
    page.goto(f"{base_url}/me/notifications/")
    look(page, "settings", check_accessibility)
    choice = page.get_by_label("A plan waits for approval: email")
    before = choice.input_value()
    choice.focus()
    page.keyboard.press("o")
    choice.select_option("Once a week")
    page.get_by_label("No emails from").fill("19:00")
    page.get_by_role("button", name="Save the settings").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter both times of the quiet hours")
    page.problems[:] = [problem for problem in page.problems if "422" not in problem]
    look(page, "settings-errors", check_accessibility)
    page.get_by_label("No emails until").fill("07:00")
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_text("Your notification settings are saved.")).to_be_visible()
    expect(choice).to_have_value("weekly")
    choice.select_option(before)
    page.get_by_label("No emails from").fill("")
    page.get_by_label("No emails until").fill("")
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_text("Your notification settings are saved.")).to_be_visible()
    leave(page)


def test_a_rule_is_tried_before_it_is_kept(sign_in, page, base_url, check_accessibility):
    sign_in("Planner")
    page.goto(f"{base_url}/me/notifications/rules/")
    look(page, "rules-empty", check_accessibility)
    page.get_by_role("link", name="Add a rule").click()
    page.get_by_role("button", name="Add the rule").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a name")
    page.problems[:] = [problem for problem in page.problems if "422" not in problem]
    look(page, "rule-errors", check_accessibility)
    page.get_by_label("Name of the rule").fill("The city")
    page.get_by_label("Areas of this patch").select_option("Aldermoor city")
    page.get_by_role("button", name="See how often it would have told you").click()
    expect(page.get_by_text("In the last 30 days this would have told you")).to_be_visible()
    page.get_by_role("button", name="Add the rule").click()
    expect(page.get_by_text("An area of Aldermoor city becomes at least urgent.")).to_be_visible()
    look(page, "rules", check_accessibility)
    page.get_by_role("button", name=re.compile(r"^Delete\s*: The city$")).click()
    expect(page.get_by_text("No rules yet.")).to_be_visible()
    leave(page)


def test_another_system_is_told(sign_in, page, base_url, check_accessibility):
    sign_in("Administrator")
    with Receiver() as receiver:
        page.goto(f"{base_url}/webhooks/")
        look(page, "webhooks-empty", check_accessibility)
        page.get_by_role("link", name="Add a webhook").click()
        page.get_by_label("Name of the system").fill("Data warehouse")
        page.get_by_label("Address", exact=True).fill("https://10.0.0.8/")
        page.get_by_label("A plan was published").check()
        page.get_by_role("button", name="Add the webhook").click()
        expect(page.get_by_role("alert")).to_contain_text("webhooks do not go to private addresses")
        page.problems[:] = [problem for problem in page.problems if "422" not in problem]
        look(page, "webhook-errors", check_accessibility)
        page.get_by_label("Address", exact=True).fill(receiver.url)
        page.get_by_role("button", name="Add the webhook").click()
        expect(page.get_by_label("Secret", exact=True)).to_have_value(re.compile("^whsec_"))
        look(page, "webhook-secret", check_accessibility)
        page.get_by_role("link", name="I have copied it: go to the webhook").click()
        page.get_by_role("button", name="Send a test").click()
        expect(page.get_by_text("A test is on its way")).to_be_visible()
        comes_true(page, "async (url) => (await (await fetch(url)).text()).includes('Delivered')", page.url)
        page.reload()
        expect(page.get_by_text("Delivered", exact=True)).to_be_visible()
        assert len(receiver.seen) == 1
        look(page, "webhook", check_accessibility)
        page.get_by_role("button", name="Delete the webhook").click()
        expect(page.get_by_text("No webhooks yet.")).to_be_visible()
    leave(page)
