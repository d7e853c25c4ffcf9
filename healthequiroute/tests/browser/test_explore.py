"""Where is need, and why: map, filters in the address, an area with its reasons, all of it by keyboard too."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import fits

NARROW = {"width": 390, "height": 844}


@pytest.fixture
def analyst(sign_in):
    sign_in("Analyst")


# Whether the map's tiles hold more than one colour.
PAINTED = """() => [...document.querySelectorAll('.leaflet-tile-pane canvas')].some(canvas => {
    const image = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(image.data.buffer)).size > 2;
})"""


def test_the_map_is_drawn_and_answers(analyst, page, base_url, check_accessibility):
    page.goto(f"{base_url}/explore/")
    page.wait_for_function(PAINTED)
    check_accessibility()


def test_filters_are_in_the_address_and_survive_a_reload(analyst, page, base_url, check_accessibility):
    page.goto(f"{base_url}/explore/")
    page.get_by_label("Urgent", exact=True).check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page).to_have_url(re.compile(r"\?.*urgent|\?.*priority=3|\?.*class="))
    heading = page.locator("main h2", has_text="areas, most urgent first")
    expect(heading).not_to_contain_text("1,200")
    counted = heading.inner_text()
    page.reload()
    expect(heading).to_have_text(counted)
    tags = page.locator("main table tbody tr")
    expect(tags.first).to_contain_text("Urgent")
    check_accessibility()


def test_an_area_says_why(analyst, page, base_url, check_accessibility):
    page.goto(f"{base_url}/explore/")
    page.locator("main table tbody a[href^='/areas/']").first.click()
    expect(page.get_by_role("heading", name="Why this class")).to_be_visible()
    expect(page.get_by_text("Rule by rule")).to_be_visible()
    expect(page.get_by_role("heading", name="Indicators")).to_be_visible()
    check_accessibility()


def test_the_skip_link_is_first_and_leads_to_the_content(analyst, page, base_url):
    page.goto(f"{base_url}/explore/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.closest('main') !== null || location.hash !== ''")


@pytest.mark.parametrize("path", ["/", "/explore/", "/plans/", "/areas/E01900001/", "/about-data/", "/accessibility/"])
def test_pages_fit_a_phone(analyst, page, base_url, path, check_accessibility):
    page.set_viewport_size(NARROW)
    page.goto(f"{base_url}{path}")
    page.wait_for_load_state("networkidle")
    fits(page)
    check_accessibility()


def test_explore_works_without_javascript(new_context):
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_role("button", name=re.compile(", Analyst$")).click()
    page.goto("/explore/")
    page.get_by_label("Urgent", exact=True).check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator("main table tbody tr").first).to_contain_text("Urgent")
    context.close()


def test_nothing_is_asked_of_other_machines(analyst, page, base_url):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/explore/", "/areas/E01900001/", "/api/v1/docs/"):
        page.goto(f"{base_url}{path}")
        page.wait_for_load_state("networkidle")
    assert asked
    assert [url for url in asked if not url.startswith((base_url, "data:", "blob:"))] == []


def test_the_map_moves_to_another_patch(analyst, page, base_url):
    page.goto(f"{base_url}/explore/?patch=aldermoor-city")
    page.wait_for_function("() => document.getElementById('explore-map')?.areaMap?.map")
    city = page.evaluate("document.getElementById('explore-map').areaMap.map.getBounds().toBBoxString()")
    page.get_by_label("Areas of").select_option(label="Aldermoor and the Isles (1,200)")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator("main h2", has_text="areas, most urgent first")).to_contain_text("1,200")
    # The map moves a moment after the table has come.
    page.wait_for_function(
        "city => document.getElementById('explore-map').areaMap.map.getBounds().toBBoxString() !== city", arg=city
    )
    # The filters offer the places of the new patch.
    expect(page.get_by_label("Local authority").locator("option").nth(2)).to_be_attached()
