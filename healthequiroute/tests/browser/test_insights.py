"""The outlook of published activity: from the list to one series and its model; by keyboard, and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import fits

NARROW = {"width": 390, "height": 844}
WIDTHS = (320, 390, 768, 1280)
EXPECT = re.compile(r"^We expect [\d,]+ \w+ from .+ In 8 of 10 cases it will be between [\d,]+ and [\d,]+\.")


def test_from_what_stands_out_to_one_outlook_and_its_model(page, base_url, sign_in, check_accessibility):
    sign_in("Analyst")
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Insights").click()
    expect(page.get_by_role("heading", name="Insights", level=1)).to_be_visible()
    expect(page.locator(".her-summary")).to_contain_text("Published figures run to")
    check_accessibility()
    for width in WIDTHS:
        fits(page, width)

    # The order is in the address, and said to whoever does not see it.
    page.get_by_role("link", name="How sure").click()
    expect(page).to_have_url(re.compile(r"sort=sure"))
    expect(page.get_by_role("columnheader", name="How sure")).to_have_attribute("aria-sort", "ascending")
    page.get_by_label("Measure", exact=True).select_option(label="A&E attendances")
    page.get_by_role("button", name="Show").click()
    rows = page.get_by_role("main").locator("tbody tr")
    expect(rows.first).to_contain_text("A&E attendances")
    with page.expect_download() as taken:
        page.locator(".her-list-files").get_by_role("link", name="CSV").click()
    assert taken.value.suggested_filename.startswith("outlook-")

    rows.first.get_by_role("link").click()
    expect(page.locator(".her-summary")).to_have_text(EXPECT)
    expect(page.locator(".her-outlook__chart polyline.her-outlook__seen").first).to_be_attached()
    expect(
        page.get_by_role("table", name=re.compile("expected attendances of each month")).locator("tbody tr")
    ).to_have_count(6)
    check_accessibility()
    for width in WIDTHS:
        fits(page, width)
    page.get_by_role("link", name="The model behind it").click()
    expect(page.get_by_role("heading", name="Whether its ranges hold")).to_be_visible()
    check_accessibility()
    page.set_viewport_size(NARROW)
    fits(page)


def test_home_and_an_area_lead_to_the_outlook(page, base_url, sign_in):
    sign_in("Planner")
    panel = page.get_by_role("region", name="The next six months")
    panel.get_by_role("listitem").first.get_by_role("link").click()
    expect(page.locator(".her-summary")).to_have_text(EXPECT)
    page.goto(f"{base_url}/areas/E01900001/")
    region = page.get_by_role("region", name=re.compile("^Outlook of "))
    expect(region).to_contain_text("there is no outlook for this one")
    region.get_by_role("listitem").first.get_by_role("link").click()
    expect(page.locator(".her-summary")).to_have_text(EXPECT)


def test_an_outlook_is_reached_by_keyboard_alone(page, base_url, sign_in):
    sign_in("Viewer")
    page.goto(f"{base_url}/insights/")
    page.get_by_label("Find a measure or place").focus()
    page.keyboard.type("emergency")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=emergency"))
    link = page.get_by_role("main").locator("tbody th a").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".her-summary")).to_have_text(EXPECT)
    # What is folded opens with the keyboard as well.
    page.get_by_text(re.compile("^Published figures of the last")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name=re.compile("published figures, the newest first"))).to_be_visible()


@pytest.fixture
def plain(new_context, base_url):
    """A page that runs no scripts, of somebody who has signed in."""
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base_url}/accounts/login/")
    page.get_by_role("button", name=re.compile(", Analyst$")).click()
    expect(page).to_have_url(f"{base_url}/")
    yield page
    context.close()


def test_everything_is_there_without_scripts(plain, base_url):
    plain.goto(f"{base_url}/insights/?place=all-icb")
    plain.get_by_label("Find a measure or place").fill("emergency")
    plain.get_by_role("button", name="Show").click()
    expect(plain).to_have_url(re.compile("q=emergency"))
    plain.get_by_role("main").locator("tbody th a").first.click()
    expect(plain.locator(".her-summary")).to_have_text(EXPECT)
    expect(plain.locator(".her-outlook__chart")).to_be_visible()
    plain.get_by_role("link", name="The model behind it").click()
    expect(plain.get_by_role("table", name="Mean error by months ahead").locator("tbody tr")).to_have_count(6)
