"""Equity of what was planned, and a week: found from the plans, readable for everybody, on a phone as well."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from .conftest import TODAY, fits, stop_the_search

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def test_equity_and_a_week_from_the_list_of_plans(page, base_url, sign_in, check_accessibility):
    sign_in("Planner")
    page.goto(f"{base_url}/plans/")
    page.get_by_role("link", name="Equity of visits").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Equity of visits")
    expect(page.get_by_role("heading", name="By deprivation fifth of the home area")).to_be_visible()
    check_accessibility()
    page.set_viewport_size(NARROW)
    fits(page)
    check_accessibility()

    page.set_viewport_size(WIDE)
    page.goto(f"{base_url}/plans/")
    page.get_by_role("link", name="Weeks", exact=True).click()
    page.get_by_role("link", name="New week", exact=True).click()
    day = TODAY + timedelta(days=2)
    page.get_by_label("Day", exact=True).fill(str(day.day))
    page.get_by_label("Month").fill(str(day.month))
    page.get_by_label("Year").fill(str(day.year))
    page.get_by_label("How many days?").fill("4")
    page.get_by_label(re.compile("From priorities")).check()
    page.get_by_label("How many visits?").fill("24")
    page.get_by_label("Name", exact=True).fill("Advent week")
    page.get_by_label("Time to search").select_option("120")
    check_accessibility()
    page.get_by_role("button", name="Create week").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Advent week")
    check_accessibility()
    page.get_by_role("button", name="Optimise the week").click()
    stop_the_search(page, "week")
    expect(page.get_by_role("heading", name="Who does what when")).to_be_visible()
    check_accessibility()
    page.set_viewport_size(NARROW)
    fits(page)
    check_accessibility()
