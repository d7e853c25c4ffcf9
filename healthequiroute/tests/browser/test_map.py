"""The map by keyboard, by search and by list; another theme without other tiles; tiles that fail; paper."""

import re

import pytest
from playwright.sync_api import expect

EXPLORE = "/explore/?patch=aldermoor-city"
NAMED = "() => document.getElementById('explore-map')?.dataset.named"
CENTRE = "() => document.getElementById('explore-map').areaMap.map.getCenter().toString()"
# The whole place is in sight, and takes at least three quarters of the map's width or height.
FILLED = """() => {
    const {map, data, element} = document.getElementById('explore-map').areaMap;
    const [west, south, east, north] = JSON.parse(data.bounds);
    const corners = [[south, west], [north, east]];
    const size = map.getSize(), [low, high] = corners.map(corner => map.latLngToContainerPoint(corner));
    const wide = (high.x - low.x) / size.x, tall = (low.y - high.y) / size.y;
    if (size.x !== element.clientWidth) return false;
    return corners.every(corner => map.getBounds().contains(corner)) && Math.max(wide, tall) > 0.75;
}"""
ZOOM = "() => document.getElementById('explore-map').areaMap.map.getZoom()"


@pytest.fixture
def opened(sign_in, page, base_url):
    """Explore with its map drawn, names and all."""
    sign_in("Analyst")
    page.goto(f"{base_url}{EXPLORE}")
    page.wait_for_function(NAMED)
    page.wait_for_load_state("networkidle")
    return page


def centre_becomes_other(page, before):
    page.wait_for_function(f"before => ({CENTRE})() !== before", arg=before)


def test_a_place_fills_its_map_also_after_the_window_has_changed(opened):
    page = opened
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(FILLED)
    expect(page).not_to_have_url(re.compile("map="))
    # Whoever has moved the map keeps what was chosen.
    page.locator("#explore-map").focus()
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("map="))
    zoom = page.evaluate(ZOOM)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function("() => document.getElementById('explore-map').areaMap.map.getSize().x > 500")
    assert page.evaluate(ZOOM) == zoom


def test_the_keyboard_moves_zooms_and_selects(opened, check_accessibility):
    page = opened
    area_map = page.locator("#explore-map")
    area_map.focus()
    before = page.evaluate(CENTRE)
    page.keyboard.press("ArrowRight")
    centre_becomes_other(page, before)
    zoom = page.evaluate(ZOOM)
    page.keyboard.press("+")
    page.wait_for_function(f"zoom => ({ZOOM})() === zoom + 1", arg=zoom)
    expect(page.locator("#explore-map-status")).to_contain_text("Centre of the map")
    expect(page).to_have_url(re.compile(r"map=\d+"))
    # The middle of an area stands at the centre now, whatever lay there before.
    page.locator("main [data-show-on-map]").first.click()
    expect(page.locator("#explore-map-panel")).to_contain_text("E01")
    page.get_by_role("button", name=re.compile("^Close")).click()
    expect(area_map).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Close"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=re.compile("^Close"))).to_have_count(0)
    expect(area_map).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#explore-map-panel")).to_contain_text("E01")
    expect(page.locator("#explore-map-status")).to_contain_text("Selected")
    check_accessibility()


def test_the_list_of_areas_in_view_follows_the_map(opened, check_accessibility):
    page = opened
    page.locator(".her-in-view__summary").focus()
    page.keyboard.press("Enter")
    count = page.locator(".her-in-view__count")
    expect(count).to_contain_text("in view:")
    check_accessibility()
    before = count.inner_text()
    page.locator("#explore-map").focus()
    page.keyboard.press("+")
    expect(count).not_to_have_text(before)
    rows = page.locator("#explore-map-in-view tbody tr")
    assert 0 < rows.count() <= 20
    # What it tells, it tells people who do not see it too.
    expect(page.locator("#explore-map-status")).to_contain_text("in view:")


def test_a_place_that_is_typed_moves_the_map(opened):
    page = opened
    before = page.evaluate(CENTRE)
    name = page.locator("main table tbody a[href^='/areas/']").last.inner_text()
    page.get_by_label("Move the map to a place or postcode").fill(name)
    page.get_by_role("button", name="Go to the place on the map").click()
    centre_becomes_other(page, before)
    expect(page.locator("#explore-map-status")).to_contain_text(name)
    page.get_by_label("Move the map to a place or postcode").fill("qqqqzzzz")
    page.problems.clear()
    page.get_by_role("button", name="Go to the place on the map").click()
    expect(page.locator("#explore-map-status")).to_contain_text("No place found")
    # The browser notes the 404 that says so.
    page.problems[:] = [text for text in page.problems if "404" not in text]


def test_another_theme_needs_no_other_tiles(opened):
    page = opened
    tiles = []
    page.on("request", lambda request: tiles.append(request.url) if "/tiles/" in request.url else None)
    page.get_by_label("Colour of the map").select_option("imd_decile")
    page.get_by_role("button", name="Apply filters").click()
    page.wait_for_function("() => document.getElementById('explore-map').dataset.painted?.includes('imd_decile')")
    expect(page.locator("#explore-map-summary")).to_contain_text("areas")
    assert tiles == []


def test_tiles_that_fail_are_told_and_asked_for_again(sign_in, page, base_url, check_accessibility):
    sign_in("Analyst")
    page.route("**/tiles/areas/**", lambda route: route.fulfill(status=503, body=""))
    page.goto(f"{base_url}{EXPLORE}")
    again = page.get_by_role("button", name="Load the map again")
    expect(again).to_be_visible()
    expect(page.locator("#explore-map-failed")).to_contain_text("The table below shows the same areas.")
    check_accessibility()
    page.unroute("**/tiles/areas/**")
    # The browser notes every answer of 503, which is what was asked of it here.
    page.problems[:] = [text for text in page.problems if "503" not in text]
    again.click()
    expect(page.locator("#explore-map-status")).to_contain_text("The map is complete.")
    expect(again).to_have_count(0)
    page.problems[:] = [text for text in page.problems if "503" not in text]


def test_names_can_be_switched_off_and_stay_off(opened):
    page = opened
    canvas = page.locator("canvas.her-map__names")
    assert int(canvas.get_attribute("data-names")) > 0
    page.get_by_label("Place names").uncheck()
    expect(canvas).to_have_count(0)
    expect(page).to_have_url(re.compile("names=0"))
    page.reload()
    page.wait_for_function(NAMED)
    expect(page.get_by_label("Place names")).not_to_be_checked()
    expect(canvas).to_have_count(0)


def test_dark_colours_reach_the_canvas(opened):
    page = opened
    read = "() => document.getElementById('explore-map').areaMap.layer.colours.nameHalo.css"
    light = page.evaluate(read)
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
    page.wait_for_function(f"light => ({read})() !== light", arg=light)


def test_paper_has_the_map_its_legend_and_source_and_no_controls(opened):
    page = opened
    page.emulate_media(media="print")
    expect(page.locator("#explore-map canvas.leaflet-tile").first).to_be_visible()
    expect(page.locator(".her-summary").first).to_be_visible()
    for part in (".her-legend", ".her-map__source", ".leaflet-control-scale"):
        expect(page.locator(f".her-area-map {part}").first).to_be_visible()
    for part in (".her-map-bar", ".leaflet-control-zoom", ".her-in-view", ".her-map__keys"):
        expect(page.locator(f".her-area-map {part}").first).to_be_hidden()
    page.emulate_media(media="screen")


@pytest.mark.parametrize("width", [390, 768])
def test_the_map_fits_narrow_windows(opened, width, check_accessibility):
    page = opened
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function(f"() => document.documentElement.scrollWidth <= {width}")
    check_accessibility("#explore-map")
