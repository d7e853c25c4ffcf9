"""Somebody tries a change of the model: it is seen on map and table before anything is saved, and handed over."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import fits

NARROW = {"width": 390, "height": 844}


@pytest.fixture
def scenario(sign_in, page, base_url):
    """A new scenario on the screen of an analyst."""
    sign_in("Analyst")
    page.goto(f"{base_url}/scenarios/")
    page.get_by_role("link", name="New scenario", exact=True).click()
    page.get_by_label("What do you want to try?").fill("Access counts more")
    page.get_by_role("button", name="Create scenario").click()
    expect(page.get_by_role("heading", name="Access counts more", level=1)).to_be_visible()
    expect(page.locator("#scenario-bar")).to_contain_text("No area changes class")
    page.wait_for_load_state("networkidle")


# Whether the map shows areas that would be less urgent by a class, in the colour that the legend gives them.
SHOWS_LESS_URGENT = """() => [...document.querySelectorAll('#scenario-map .leaflet-tile-pane canvas')].some(canvas => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4) {
        if (data[at] === 0xb2 && data[at + 1] === 0xab && data[at + 2] === 0xd2) return true;
    }
    return false;
})"""


def test_a_weight_is_raised_and_its_effect_seen_saved_and_handed_over(scenario, page, base_url, check_accessibility):
    check_accessibility()
    assert not page.evaluate(SHOWS_LESS_URGENT)
    weight = page.get_by_label("Access barriers", exact=True).first
    weight.fill("45")
    weight.press("Tab")
    bar = page.locator("#scenario-bar")
    expect(bar).to_contain_text("Not saved yet")
    expect(bar).to_contain_text(re.compile(r"\d+ areas change class"))
    # The same on the table and on the map; the other weights have made room.
    expect(page.locator("#scenario-head")).to_contain_text("would change class")
    expect(page.locator("#scenario-effect")).to_contain_text("Weight of access barriers")
    page.wait_for_function(SHOWS_LESS_URGENT)
    sizes = [float(field.input_value()) for field in page.locator("[data-weights]").first.locator(".edit-number").all()]
    assert sum(sizes) == pytest.approx(100)
    check_accessibility()
    page.locator("[data-show-on-map]").first.click()
    expect(page.locator("#scenario-map-panel")).to_contain_text("Draft")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The scenario is saved.")).to_be_visible()
    expect(page.locator("#scenario-bar")).to_contain_text("As saved")
    expect(page.locator("#scenario-bar")).to_contain_text(re.compile(r"\d+ areas change class"))
    page.get_by_role("link", name="Hand over to platform administrators").click()
    expect(page.get_by_text("Weight of access barriers")).to_be_visible()
    check_accessibility()
    page.get_by_label("Why should the platform administrators look at it?").fill("Buses were cut in spring")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("The platform administrators have it as a draft now")).to_be_visible()


def test_areas_of_one_move_are_listed_beside_the_page(scenario, page, check_accessibility):
    page.locator(".scenario__part > summary", has_text="Rules").click()
    rule = page.locator("select[name=rule-0-0]")
    rule.select_option(label="Standard")
    expect(page.locator("#scenario-bar")).to_contain_text("Not saved yet")
    with page.context.expect_page() as opened:
        page.locator(".effect-table--moves a", has_text="from routine to standard").click()
    listed = opened.value
    expect(listed.get_by_role("heading", level=1)).to_contain_text("would go from routine to standard")
    listed.close()
    # What was entered is still there.
    expect(page.locator("#scenario-bar")).to_contain_text("Not saved yet")


def test_on_a_phone_nothing_runs_out_of_the_page(scenario, page, check_accessibility):
    page.set_viewport_size(NARROW)
    fits(page)
    for part in ("Rules", "Thresholds"):
        page.locator(".scenario__part > summary", has_text=part).click()
    fits(page)
    check_accessibility()


# What has to be scrolled sideways in a frame of its own.
SCROLLED = """() => [...document.querySelectorAll(".effect-table-frame, .edit-grid__frame")]
    .filter((frame) => frame.checkVisibility() && frame.scrollWidth > frame.clientWidth)
    .map((frame) => frame.ariaLabel)"""


def test_on_a_phone_with_text_of_twice_the_size_nothing_is_scrolled_sideways(scenario, page):
    page.locator(".scenario__part, .effect-details").evaluate_all("all => all.forEach(part => { part.open = true; })")
    for width, size in ((390, "100%"), (390, "200%"), (320, "100%"), (768, "200%")):
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        fits(page, width)
        assert page.evaluate(SCROLLED) == [], (width, size)


def test_what_is_unfolded_or_typed_outlasts_an_answer(scenario, page):
    page.locator(".scenario__part > summary", has_text="Rules").click()
    words = page.locator("#scenario-rules details").first
    words.locator("summary").click()
    weight = page.get_by_label("Access barriers", exact=True).first
    weight.fill("45")
    weight.press("Tab")
    expect(page.locator("#scenario-bar")).to_contain_text("Not saved yet")
    expect(page.locator("#scenario-rules")).to_contain_text("was")
    expect(words).to_have_attribute("open", "")
    expect(weight).to_have_value("45")


def test_whoever_leaves_with_a_change_is_asked_first(scenario, page, base_url):
    page.get_by_label("What this scenario tries").fill("Another title")
    page.get_by_label("What this scenario tries").press("Tab")
    expect(page.locator("#scenario-bar")).to_contain_text("Not saved yet")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Explore", exact=True).click()
    page.wait_for_url(f"{base_url}/explore/**")
    assert asked == ["beforeunload"]
