"""A newcomer of each role, who has read "First steps by role" of the README and types no address.

Every name of a button, link or heading that a newcomer follows here is in the README, in bold; the tests look it up.
"""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import expect

from .conftest import TODAY, stop_the_search

README = (settings.BASE_DIR / "README.md").read_text()
STEPS = README.split("## First steps by role", 1)[-1].split("\n## ", 1)[0]


@pytest.fixture
def newcomer(page, base_url, sign_in):
    """`newcomer("Planner")`: signed in from the sign-in page, as a guide to whom one says what the README says."""

    def begin(role):
        sign_in(role)
        return Newcomer(page, role)

    return begin


class Newcomer:
    """Follows words of the README's section, and refuses others."""

    def __init__(self, page, role):
        self.page = page
        lines = (" ".join(line.split()) for line in STEPS.split("\n* "))
        self.words = next(line for line in lines if line.startswith(f"**{role}:**"))

    def _named(self, name):
        assert f"**{name}**" in self.words, f"the README does not say “{name}” to this role"
        return name

    def goes(self, name):
        """By the navigation or by a link of the page."""
        self.page.get_by_role("link", name=self._named(name), exact=True).first.click()

    def presses(self, name):
        self.page.get_by_role("button", name=re.compile(f"^{re.escape(self._named(name))}")).first.click()

    def fills(self, name, value):
        self.page.get_by_label(self._named(name), exact=True).fill(str(value))

    def ticks(self, name):
        self.page.get_by_label(self._named(name), exact=True).first.check()

    def reads(self, name):
        expect(self.page.get_by_role("heading", name=self._named(name), exact=True).first).to_be_visible()


def test_a_viewer_finds_out_why_an_area_is_urgent(newcomer, page):
    viewer = newcomer("Viewer")
    viewer.goes("Explore")
    page.locator("main table tbody a[href^='/areas/E']").first.click()
    viewer.reads("Why this class")


def test_an_analyst_lists_the_urgent_areas_and_explains_one(newcomer, page):
    analyst = newcomer("Analyst")
    analyst.goes("Explore")
    analyst.ticks("Urgent")
    analyst.presses("Apply filters")
    expect(page).to_have_url(re.compile(r"\?.*(urgent|class|priority)"))
    expect(page.locator("main table tbody tr").first).to_contain_text("Urgent")
    page.locator("main table tbody a[href^='/areas/E']").first.click()
    analyst.goes("The priority on a page of its own")
    analyst.reads("What would change it")


def test_a_planner_plans_a_day_and_an_approver_publishes_it(newcomer, page):
    planner = newcomer("Planner")
    planner.goes("Plans")
    planner.goes("New plan")
    name, day = "A newcomer's plan", TODAY + timedelta(days=4)
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(label, exact=True).fill(str(value))
    planner.fills("Name of the plan", name)
    page.get_by_label("Time to search").select_option("60")
    planner.presses("Create plan")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    planner.presses("Optimise")
    stop_the_search(page, "plan")

    approver = newcomer("Approver")
    approver.goes("Plans")
    page.get_by_role("link", name=name).first.click()
    approver.fills("Reason", "What is left out can wait.")
    if page.get_by_label("Decision for all").count():
        page.get_by_label("Decision for all").select_option("other")
    approver.presses("Approve plan")
    expect(page.locator("#plan-state")).to_have_text("Approved")
    approver.presses("Publish plan")
    expect(page.locator("#plan-state")).to_have_text("Published")


def test_a_field_worker_opens_the_round_and_says_that_all_is_well(newcomer, page):
    """The visits themselves: test_round."""
    page.set_viewport_size({"width": 390, "height": 844})
    worker = newcomer("Field worker")
    worker.goes("Open my round")
    worker.reads("My round")
    expect(page.locator("[data-visit]").first).to_be_visible()
    assert "**Arrived**" in worker.words
    assert "**Done**" in worker.words


def test_a_safety_reviewer_reads_how_sure_the_priorities_are(newcomer):
    reviewer = newcomer("Safety reviewer")
    reviewer.goes("Data")
    reviewer.goes("How priorities hold")
    reviewer.reads("How well the priorities hold")


def test_an_auditor_sees_that_the_trail_is_unbroken_and_who_did_what(newcomer, page):
    auditor = newcomer("Auditor")
    auditor.goes("Audit")
    expect(page.get_by_text("Unbroken")).to_be_visible()
    page.get_by_label("Kind of action").select_option("sign_in")
    auditor.presses("Filter")
    expect(page).to_have_url(re.compile("group=sign_in"))
    expect(page.locator("tbody")).to_contain_text("Signed in")


def test_an_administrator_adds_a_colleague_who_stays_until_removed(newcomer, page):
    administrator = newcomer("Administrator")
    administrator.goes("Members")
    administrator.goes("Add a person")
    administrator.fills("Email address", "newcomer@journey.example")
    administrator.fills("Full name", "Nell Newcomer")
    page.get_by_role("checkbox", name=re.compile("^Viewer")).check()
    administrator.presses("Add the person")
    expect(page.get_by_text("Nell Newcomer belongs to")).to_be_visible()


def test_a_platform_administrator_makes_a_draft_of_the_model_and_drops_it(page, base_url):
    page.goto(f"{base_url}/accounts/login/")
    page.get_by_role("button", name=re.compile("Petra Platform")).click()
    page.wait_for_url(f"{base_url}/")
    platform = Newcomer(page, "Platform administrator")
    platform.goes("Administration")
    platform.goes("Model versions")
    page.get_by_role("link", name=re.compile("version 1$")).click()
    platform.goes("New draft from this version")
    page.get_by_label("What will the draft try?").fill("A newcomer's trial")
    platform.presses("Make a draft")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A newcomer's trial")
    platform.goes("Delete")
    platform.presses("Delete this draft")
    expect(page.get_by_role("link", name=re.compile("A newcomer's trial"))).to_have_count(0)
