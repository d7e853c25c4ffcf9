"""What a plan shows and gives away: one stop in map, timeline and table; one person alone; files; the live search."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from .conftest import SEARCHED, TODAY, stop_the_search
from .test_visit_plan import create_plan


def open_proposal(page, base_url, portal):
    """Tomorrow's proposal of the demo. Lists begin with the latest day, and other journeys fill their first page."""
    day = TODAY + timedelta(days=1)
    name = f"City community nursing, {day.day} {day:%B %Y}"
    plan = portal.row(f"SELECT id FROM routing_routeplan WHERE name = '{name}'")[0]
    page.goto(f"{base_url}/plans/{plan}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator("#plan-map")).to_have_attribute("data-drawn", "true")


def test_a_stop_is_the_same_in_map_timeline_and_table(page, base_url, portal, sign_in, check_accessibility):
    sign_in("Planner")
    open_proposal(page, base_url, portal)
    # Whoever has two visits tomorrow (of 120 somebody has), and whoever has one.
    second, first = (page.locator(f"tr[id^=stop-][id$='-{number}']").first for number in (2, 1))
    key, other = second.get_attribute("data-stop"), first.get_attribute("data-stop")
    second.locator("xpath=ancestor::details/summary").click()
    second.locator("button[data-stop]").focus()
    page.keyboard.press("Enter")
    note = page.locator("#plan-map-selected")
    expect(note).to_contain_text("stop 2")
    expect(page.locator("#plan-timeline rect.is-selected")).to_have_attribute("data-stop", key)
    expect(page.locator(".leaflet-marker-icon.is-selected")).to_have_count(1)
    expect(page.locator("#plan-map")).to_be_focused()
    check_accessibility()

    page.keyboard.press("Escape")
    expect(page.locator(".is-selected")).to_have_count(0)
    page.locator(f"#plan-timeline rect[data-stop='{other}']").click()
    note.get_by_role("link").click()
    expect(first).to_be_visible()
    expect(first).to_have_class(re.compile("is-selected"))

    page.get_by_label("Show on the map").select_option(index=1)
    expect(page.locator("#plan-legend [aria-pressed=true]")).to_have_count(1)
    # Another marker may lie above it.
    page.locator(".her-stop--stop").first.dispatch_event("click")
    expect(note).to_contain_text("Selected")


def test_files_are_saved_under_names_that_say_what_they_are(page, base_url, portal, sign_in):
    sign_in("Planner")
    open_proposal(page, base_url, portal)
    with page.expect_download() as table:
        page.get_by_role("link", name="Stops (CSV)").click()
    assert re.fullmatch(r"visits-[\w-]+-\d{4}-\d\d-\d\d-v\d+-stops\.csv", table.value.suggested_filename)
    page.get_by_role("link", name="Run sheets").first.click()
    with page.expect_download() as calendar:
        page.get_by_role("link", name=re.compile(r"^Calendar \(ICS\)")).first.click()
    assert calendar.value.suggested_filename.endswith(".ics")


def test_the_search_shows_its_curve_until_somebody_stops_it(page, base_url, sign_in, check_accessibility):
    sign_in("Planner")
    create_plan(page, base_url, name="Round with a curve", visits=60, seconds="120")
    page.get_by_role("button", name="Optimise").click()
    panel = page.locator("#plan-progress")
    expect(panel.locator("svg.her-chart--lines")).to_be_visible(timeout=SEARCHED)
    expect(panel).to_contain_text("Tier 1")
    expect(panel).to_contain_text("seconds left")
    expect(panel).to_contain_text("The best plan costs")
    check_accessibility()
    stop_the_search(page, "plan")
    expect(page.locator("main")).to_contain_text("less than the first")
