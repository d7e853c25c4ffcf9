"""From a need to a decision: a planner makes and optimises a plan, an approver decides, an auditor sees each step."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from .conftest import OPEN_DAY, SEARCHED, TODAY, fits, stop_the_search

NARROW = {"width": 390, "height": 844}


def create_plan(page, base_url, *, name: str, days_ahead: int = OPEN_DAY, visits: int = 40, seconds: str = "10"):
    """Fill in the form for a plan; ends on the plan's page. The demo has shifts for every day of a week ahead."""
    day = TODAY + timedelta(days=days_ahead)
    page.goto(f"{base_url}/plans/new/")
    page.get_by_label("Day", exact=True).fill(str(day.day))
    page.get_by_label("Month").fill(str(day.month))
    page.get_by_label("Year").fill(str(day.year))
    page.get_by_label("Name of the plan").fill(name)
    page.get_by_label("How many visits?").fill(str(visits))
    page.get_by_label("Time to search").select_option(seconds)
    page.get_by_role("button", name="Create plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def take_the_first_plan(page):
    """Optimise, and stop as soon as there is a plan: where what follows needs a plan, not the best one. The search has
    to be given more time than this takes.
    """
    page.get_by_role("button", name=re.compile("^Optimise")).click()
    stop_the_search(page, "plan")


def leave_out_a_tier_one_visit(page) -> str:
    """On purpose, from the page of a draft; returns the visit's reference and goes back to the plan."""
    page.get_by_role("link", name="Fixed by hand").click()
    card = page.locator("form[action$='/leave-out/']")
    choices = card.get_by_label("Visit").locator("option").all_inner_texts()
    chosen = next(text for text in choices if text.endswith("tier 1"))
    card.get_by_label("Visit").select_option(label=chosen)
    card.get_by_role("button", name="Leave visit out").click()
    reference = chosen.split(",")[0]
    expect(page.get_by_text(f"{reference} is left out").first).to_be_visible()
    return reference


def test_a_plan_from_priorities_to_publication(page, base_url, sign_in, check_accessibility):
    sign_in("Planner")
    check_accessibility()
    create_plan(page, base_url, days_ahead=3, name="Morning round", seconds="120")
    expect(page.locator("#plan-state")).to_have_text("Draft")
    check_accessibility()
    left_out = leave_out_a_tier_one_visit(page)
    check_accessibility()
    page.get_by_role("link", name="Back to the plan").click()

    page.get_by_role("button", name="Optimise").click()
    # The worker's progress arrives by itself: the cost of the best plan falls on a curve. Stopped early, it is kept.
    expect(page.locator("#plan-progress")).to_be_visible()
    expect(page.locator("#plan-progress svg").first).to_be_visible(timeout=SEARCHED)
    stop_the_search(page, "plan")
    expect(page.locator("main [hx-trigger*=every]")).to_have_count(0)

    expect(page.locator(".leaflet-overlay-pane path, .leaflet-overlay-pane canvas").first).to_be_attached()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(page.get_by_role("heading", name="Coverage by deprivation fifth")).to_be_visible()
    expect(page.get_by_role("heading", name="Why visits are left out")).to_be_visible()
    expect(page.get_by_text("Core20 coverage ratio").first).to_be_visible()
    expect(page.get_by_role("button", name="Approve plan")).to_have_count(0)
    check_accessibility()
    address = page.url

    sign_in("Approver")
    # Home lists the first of those that wait; other journeys leave some.
    page.goto(address)
    check_accessibility()
    # Somebody decides on this visit by name, and on any others together.
    page.get_by_text(f"Decide on {left_out} alone").click()
    page.get_by_label(f"Decision for {left_out}").select_option("deferred")
    page.get_by_label(f"Day for {left_out}").select_option(index=2)
    page.get_by_label(f"Reason for {left_out}").fill("Her daughter is there until then.")
    page.get_by_label("Decision for all").select_option("other")
    page.get_by_label("Reason", exact=True).fill("What is left out can wait until tomorrow.")
    page.get_by_role("button", name="Approve plan").click()
    expect(page.locator("#plan-state")).to_have_text("Approved")
    expect(page.get_by_text("Approved by Alex Approver")).to_be_visible()
    expect(page.get_by_text("Her daughter is there until then.")).to_be_visible()
    page.get_by_role("button", name="Publish plan").click()
    expect(page.locator("#plan-state")).to_have_text("Published")
    check_accessibility()
    page.get_by_role("link", name=re.compile("Versions")).click()
    expect(page.get_by_text("Shown now")).to_be_visible()
    check_accessibility()

    sign_in("Auditor")
    page.goto(f"{base_url}/audit/")
    expect(page.get_by_text("Unbroken")).to_be_visible()
    check_accessibility()
    page.goto(f"{base_url}/audit/routing.routeplan/{address.rstrip('/').split('/')[-1]}/")
    trail = page.locator("main").inner_text().lower()
    for step in ("made {}", "asked for {} to be optimised", "{} was optimised", "approved {}", "published {}"):
        assert step.format("a visit plan") in trail, step


def test_a_scenario_beside_its_original(page, base_url, sign_in, check_accessibility):
    sign_in("Planner")
    create_plan(page, base_url, name="Full round", visits=30, seconds="120")
    take_the_first_plan(page)
    page.get_by_role("button", name="Copy as a scenario").click()
    page.get_by_role("button", name="Add nurse").click()
    expect(page.get_by_text("One more nurse, made up").first).to_be_visible()
    check_accessibility()
    page.get_by_role("link", name="Back to the plan").click()
    take_the_first_plan(page)
    expect(page.get_by_text("It cannot be approved: 1 person of it is made up.")).to_be_visible()
    page.get_by_role("link", name="Compare with the original").click()
    expect(page.get_by_role("heading", name="Who gains and who loses visits")).to_be_visible()
    check_accessibility()
    page.set_viewport_size(NARROW)
    fits(page)


def test_a_killed_worker_leaves_an_honest_page_and_another_try(page, base_url, portal, sign_in, check_accessibility):
    sign_in("Planner")
    create_plan(page, base_url, name="Interrupted round", seconds="120")
    page.get_by_role("button", name="Optimise").click()
    expect(page.locator("#plan-progress progress")).not_to_have_attribute("value", "0", timeout=SEARCHED)

    portal.kill_worker()
    try:
        # The heartbeat has to be missed first; the page finds out by itself.
        expect(page.get_by_text("The search was interrupted", exact=False).first).to_be_visible(timeout=SEARCHED)
        expect(page.locator("#plan-state")).to_have_text("Draft")
        check_accessibility()
    finally:
        # Other journeys need one.
        portal.start_worker()
    page.get_by_role("button", name=re.compile("Try again|Optimise")).click()
    expect(page.locator("#plan-progress progress")).not_to_have_attribute("value", "0", timeout=SEARCHED)
    stop_the_search(page, "plan")


def test_a_plan_without_javascript(new_context, base_url):
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_role("button", name=re.compile(", Planner$")).click()
    create_plan(page, base_url, name="Round without scripts", visits=12)
    page.get_by_role("button", name="Optimise").click()
    # The page asks for itself again until the plan is there.
    expect(page.locator("#plan-state")).to_have_text("Proposed", timeout=SEARCHED)
    expect(page.get_by_role("heading", name="Rounds, stop by stop")).to_be_visible()
    context.close()


def test_the_plan_fits_a_phone(page, base_url, sign_in):
    page.set_viewport_size(NARROW)
    sign_in("Approver")
    page.goto(f"{base_url}/plans/")
    page.locator("main a[href*='/plans/']").first.click()
    fits(page)
