"""Figures, heat map, inequality and saved views, as people meet them: by mouse, by keyboard, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import fits

NARROW = {"width": 390, "height": 844}
NAME = "Urgent where deprived"


def test_from_a_cell_to_a_view_that_a_colleague_opens(sign_in, page, base_url, check_accessibility, new_context):
    sign_in("Analyst")
    page.goto(f"{base_url}/explore/")
    page.get_by_label("Core20 only").check()
    expect(page).to_have_url(re.compile("core20=1"))
    page.get_by_role("link", name="Heat map").click()
    expect(page.get_by_role("heading", name="Priority class by deprivation")).to_be_visible()
    expect(page).to_have_url(re.compile("tab=heat"))
    check_accessibility()
    cell = page.get_by_role("link", name=re.compile("areas, urgent, IMD decile 1 most deprived"))
    number = cell.inner_text()
    cell.click()
    expect(page.locator("#explore-table-title")).to_contain_text(f"{number} areas")
    _save(page, shared=True)
    check_accessibility()
    address = page.url
    context = new_context()
    colleague = context.new_page()
    colleague.goto("/accounts/login/")
    colleague.get_by_role("button", name=re.compile(", Planner$")).click()
    colleague.goto("/views/")
    colleague.get_by_role("link", name=NAME).click()
    expect(colleague).to_have_url(address)
    expect(colleague.locator("#explore-table-title")).to_contain_text(f"{number} areas")
    expect(colleague.locator(".her-views > summary")).to_contain_text(NAME)
    _clean_up(page, base_url, check_accessibility)
    colleague.reload()
    expect(colleague.locator(".her-views > summary")).not_to_contain_text(NAME)


def _save(page, *, shared: bool):
    page.locator(".her-views > summary").click()
    page.get_by_label("Save this view as").fill(NAME)
    if shared:
        page.get_by_label("Share it with everybody").check()
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_text(f"The view “{NAME}” is saved.")).to_be_visible()


def _clean_up(page, base_url, check_accessibility):
    """Deleting, undo, deleting again: the portal is left as it was."""
    page.goto(f"{base_url}/views/")
    check_accessibility()
    page.get_by_role("button", name=f"Delete {NAME}").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name=NAME)).to_be_visible()
    page.get_by_role("button", name=f"Delete {NAME}").click()
    expect(page.get_by_text("You have not saved a view yet")).to_be_visible()


# How long the bars of the shades are that there are, in percent of their cells; 0 for one without.
BARS = """() => [1, 2, 3, 4, 5].map((shade) => document.querySelector(`.her-heat__cell--${shade}`))
    .filter((cell) => cell)
    .map((cell) => getComputedStyle(cell))
    .map(({backgroundImage, backgroundSize}) => backgroundImage === "none" ? 0 : parseFloat(backgroundSize))"""


def test_the_order_of_cells_is_seen_in_colours_of_the_persons_own(sign_in, page, base_url):
    page.emulate_media(forced_colors="active")
    sign_in("Analyst")
    page.goto(f"{base_url}/dashboard/")
    expect(page.locator(".her-heat")).to_be_visible()
    bars = page.evaluate(BARS)
    assert len(bars) > 2
    assert bars == sorted(set(bars))
    assert bars[0] > 0


def test_tabs_keep_focus_and_go_back(sign_in, page, base_url):
    sign_in("Analyst")
    page.goto(f"{base_url}/explore/")
    page.locator("#tab-inequality").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Slope over deprivation")).to_be_visible()
    expect(page.locator("#tab-inequality")).to_be_focused()
    page.go_back()
    expect(page.locator("#explore-table-title")).to_be_visible()


def test_every_chart_of_inequality_has_its_table(sign_in, page, base_url, check_accessibility):
    sign_in("Analyst")
    page.goto(f"{base_url}/explore/?tab=inequality&theme=low_english_share")
    figures = page.locator(".her-charts figure")
    expect(figures).to_have_count(3)
    for number in range(3):
        figure = figures.nth(number)
        if number == 0:
            expect(figure.get_by_role("list", name="Mean of each deprivation fifth")).to_be_visible()
        else:
            expect(figure.locator("svg title").first).to_be_attached()
            expect(figure.locator("svg desc").first).to_be_attached()
        figure.locator("summary").click()
        expect(figure.locator("table tbody tr").first).to_be_visible()
    check_accessibility()


def test_figures_of_another_period(sign_in, page, base_url, check_accessibility):
    sign_in("Planner")
    page.goto(f"{base_url}/dashboard/")
    expect(page.get_by_role("heading", name="Urgent areas not reached")).to_be_visible()
    check_accessibility()
    page.get_by_label("Period").select_option("week")
    expect(page).to_have_url(re.compile("period=week"))
    expect(page.locator("#her-live")).to_contain_text(", week, ")
    page.get_by_role("link", name="Earlier").click()
    expect(page).to_have_url(re.compile("to="))
    card = page.locator("#kpi-planned")
    card.locator("summary").click()
    expect(card.locator("table tbody tr")).to_have_count(8)
    check_accessibility()


def test_what_changed_is_marked_as_seen_and_taken_back(sign_in, page, base_url, check_accessibility):
    sign_in("Analyst")
    page.goto(f"{base_url}/")
    expect(page.locator("#news li").first).to_be_visible()
    page.get_by_role("button", name="Mark as seen").click()
    expect(page.locator("#news")).to_contain_text("Nothing has changed.")
    expect(page.locator("#news-title")).to_be_focused()
    check_accessibility()
    page.get_by_role("button", name="Undo “mark as seen”").click()
    expect(page.locator("#news li").first).to_be_visible()


@pytest.mark.parametrize("path", ["/dashboard/", "/views/", "/explore/?tab=heat", "/explore/?tab=inequality"])
def test_they_fit_a_phone(sign_in, page, base_url, path, check_accessibility):
    sign_in("Analyst")
    page.set_viewport_size(NARROW)
    page.goto(f"{base_url}{path}")
    page.wait_for_load_state("networkidle")
    fits(page)
    check_accessibility()


def test_they_work_without_javascript(new_context):
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_role("button", name=re.compile(", Analyst$")).click()
    page.goto("/dashboard/")
    page.get_by_label("Period").select_option("week")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("Week,")).to_be_visible()
    page.goto("/explore/")
    page.get_by_role("link", name="Heat map").click()
    expect(page.locator(".her-heat")).to_be_visible()
    page.get_by_role("link", name="Inequality").click()
    expect(page.get_by_role("heading", name="Concentration curve")).to_be_visible()
    _save(page, shared=False)
    page.goto("/views/")
    page.get_by_role("button", name=f"Delete {NAME}").click()
    expect(page.get_by_text("You have not saved a view yet")).to_be_visible()
