"""What people have to get done is done without JavaScript as well: in a browser that runs none, by forms and links.

Elsewhere: an administrator gives roles (test_people), a lost phone (test_two_factors), the model editor
(test_model_editor), the audit trail (test_audit_trail), how priorities hold (test_methods).
"""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from .conftest import SEARCHED, TODAY

# An account for whoever has most to do today, apart from the demo's field worker, whose round others go through.
SECOND_WORKER = """
import json
from django.conf import settings
from django.db.models import Count
from django.test import Client
from accounts.tests.factories import MembershipFactory, UserFactory
from accounts.tests.sessions import sign_in
from routing.civil_time import today
from routing.models import RouteAssignment
taken = RouteAssignment.objects.filter(plan__day=today(), staff__user=None).annotate(n=Count("stops")).order_by("-n")
person, user = taken.first().staff, UserFactory(email="second.worker@journey.example")
person.user = MembershipFactory(organisation=person.team.organisation, roles=["field_worker"], user=user).user
person.save()
client = Client()
sign_in(client, person.user)
name = settings.SESSION_COOKIE_NAME
print("told:" + json.dumps({"name": name, "value": client.cookies[name].value}))
"""


@pytest.fixture
def plain(new_context, base_url):
    """`plain("Planner")`: a page of somebody who has signed in without scripts."""
    opened = []

    def sign_in(role):
        context = new_context(java_script_enabled=False)
        opened.append(context)
        page = context.new_page()
        page.goto(f"{base_url}/accounts/login/")
        page.get_by_role("button", name=re.compile(f", {role}$")).click()
        expect(page).to_have_url(f"{base_url}/")
        return page

    yield sign_in
    for context in opened:
        context.close()


def test_areas_are_filtered_sorted_paged_opened_and_compared(plain, base_url):
    page = plain("Analyst")
    page.goto(f"{base_url}/explore/")
    page.get_by_label("Urgent", exact=True).check()
    page.get_by_role("button", name="Apply filters").click()
    rows = page.locator("main table tbody tr:has(a[href^='/areas/E'])")
    expect(rows.first).to_contain_text("Urgent")
    first = rows.first.inner_text()
    page.locator("main thead a").first.click()
    expect(page).to_have_url(re.compile("sort="))
    expect(rows.first).to_be_visible()
    page.goto(f"{base_url}/explore/")
    page.get_by_role("link", name=re.compile("^Next")).first.click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(rows.first).not_to_have_text(first)
    page.locator("main tbody a[href^='/areas/E']").first.click()
    expect(page.get_by_role("heading", name="Why this class")).to_be_visible()
    codes = ("E01900001", "E01900002")
    page.goto(f"{base_url}/compare/?{'&'.join(f'area={code}' for code in codes)}")
    for code in codes:
        expect(page.get_by_role("main")).to_contain_text(code)


def test_a_day_is_planned_approved_and_published(plain, base_url):
    planner = plain("Planner")
    day = TODAY + timedelta(days=5)
    planner.goto(f"{base_url}/plans/new/")
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        planner.get_by_label(label, exact=True).fill(str(value))
    planner.get_by_label("Name of the plan").fill("Nothing but forms")
    planner.get_by_label("How many visits?").fill("10")
    planner.get_by_label("Time to search").select_option("10")
    planner.get_by_role("button", name="Create plan").click()
    planner.get_by_role("button", name="Optimise").click()
    # The page asks for itself again until the plan is there.
    expect(planner.locator("#plan-state")).to_have_text("Proposed", timeout=SEARCHED)
    address = planner.url

    approver = plain("Approver")
    approver.goto(address)
    approver.get_by_label("Reason", exact=True).fill("What is left out can wait.")
    approver.get_by_role("button", name="Approve plan").click()
    expect(approver.locator("#plan-state")).to_have_text("Approved")
    approver.get_by_role("button", name="Publish plan").click()
    expect(approver.locator("#plan-state")).to_have_text("Published")


def test_a_visit_is_recorded_from_arrival_to_done(portal, new_context, base_url):
    if timezone.localdate() != TODAY:
        pytest.skip("midnight has passed: the demo's rounds were of yesterday")
    cookie = json.loads(portal.run(SECOND_WORKER).split("told:", 1)[1])
    context = new_context(java_script_enabled=False)
    context.add_cookies([cookie | {"url": base_url}])
    page = context.new_page()
    page.goto(f"{base_url}/round/")
    page.get_by_role("button", name=re.compile("^Set off")).click()
    expect(page.locator("#my-round")).to_have_attribute("data-stage", "out")
    visit = page.locator("[data-visit][data-current]")
    reference = visit.get_attribute("data-reference")
    visit.get_by_role("button", name=re.compile("^Arrived")).click()
    visit = page.locator(f"[data-reference='{reference}']")
    expect(visit).to_have_attribute("data-state", "arrived")
    visit.get_by_role("button", name=re.compile("^Done")).click()
    expect(visit).to_have_attribute("data-state", "done")
    context.close()


def test_an_absence_is_added_and_removed(plain, base_url):
    page = plain("Planner")
    page.goto(f"{base_url}/teams/")
    page.get_by_role("link", name="City community nursing").click()
    page.get_by_role("link", name="Rota", exact=True).click()
    page.get_by_role("link", name="Noor Sedge").first.click()
    day = TODAY + timedelta(days=12)
    first = page.get_by_role("group", name="First day")
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        first.get_by_label(label, exact=True).fill(str(value))
    page.get_by_label("Training").check()
    page.get_by_role("button", name="Add absence").click()
    absence = page.get_by_role("link", name=f"{day:%A} {day.day} {day:%B %Y}")
    expect(absence).to_be_visible()
    page.get_by_role("listitem").filter(has=absence).get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.get_by_role("link", name=f"{day:%A} {day.day} {day:%B %Y}")).to_have_count(0)


def test_members_are_found_and_opened(plain, base_url):
    page = plain("Administrator")
    page.goto(f"{base_url}/members/")
    page.get_by_label("Name or address").fill("vikram")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=vikram"))
    page.get_by_role("link", name="Vikram Viewer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vikram Viewer")


def test_preferences_hold_feedback_is_sent_and_notifications_are_read(plain, base_url):
    page = plain("Viewer")
    page.goto(f"{base_url}/me/preferences/")
    page.get_by_label("Dark", exact=True).check()
    page.get_by_role("button", name="Save your settings").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(f"{base_url}/me/preferences/")
    page.get_by_label("As this device is set").check()
    page.get_by_role("button", name="Save your settings").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    page.get_by_text("Give feedback on this page").click()
    page.get_by_role("link", name="Write to the people who run this portal").click()
    page.get_by_role("radio").first.check()
    page.get_by_label("What do you want to say?").fill("The map is easy to read.")
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_role("main")).to_contain_text("The map is easy to read.")
    page.goto(f"{base_url}/notifications/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
