"""From an area to those like it, side by side, and back; what is removed comes back; what fails says so."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import fits

AREA = "/areas/E01900101/"
WIDTHS = (1280, 768, 390)


@pytest.fixture
def planner(sign_in):
    sign_in("Planner")


def columns(page):
    return page.locator(".her-compare__table thead th a")


def test_an_area_compared_with_those_like_it(planner, page, base_url, check_accessibility):
    page.goto(f"{base_url}{AREA}")
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Similar areas").click()
    expect(page.get_by_role("heading", name="Similar areas", exact=True)).to_be_in_viewport()
    check_accessibility()
    for width in WIDTHS:
        fits(page, width)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Compare with the most similar").click()
    expect(columns(page)).to_have_count(6)
    expect(page.get_by_role("heading", name="Rules that tell them apart")).to_be_visible()
    check_accessibility()
    for width in WIDTHS:
        fits(page, width)
    page.set_viewport_size({"width": 1280, "height": 900})
    names = columns(page).all_inner_texts()

    # Removed and put back where it was, by keyboard.
    remove = page.get_by_role("link", name=re.compile(f"^Remove {re.escape(names[2])}$"))
    remove.focus()
    page.keyboard.press("Enter")
    expect(columns(page)).to_have_count(5)
    expect(page.get_by_role("alert").filter(has_text="is removed")).to_contain_text(names[2])
    check_accessibility()
    page.get_by_role("link", name=re.compile("^Undo")).click()
    expect(columns(page)).to_have_text(names)

    # What is chosen is in the address, which can be handed on.
    page.get_by_label("Only what differs").check()
    expect(page).to_have_url(re.compile("differs=on"))
    link = page.get_by_label("Link to this comparison").input_value()
    page.goto(link)
    expect(columns(page)).to_have_text(names)
    expect(page.get_by_label("Only what differs")).to_be_checked()
    page.get_by_label("Better or worse than").select_option("england")
    expect(page).to_have_url(re.compile("against=england"))
    expect(page.locator(".her-compare__table thead")).to_contain_text("England")


def test_it_works_without_javascript(new_context, base_url, sign_in, page):
    sign_in("Analyst")
    context = new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(f"{base_url}/compare/?area=E01900101")
    plain.get_by_role("link", name=re.compile("^Add ")).first.click()
    expect(columns(plain)).to_have_count(2)
    plain.get_by_label("Only what differs").check()
    plain.get_by_role("button", name="Show").click()
    expect(plain).to_have_url(re.compile("differs=on"))
    context.close()


def test_an_absence_that_was_removed_is_undone(planner, page, base_url, check_accessibility):
    page.goto(f"{base_url}/teams/")
    page.locator("main table tbody th a").first.click()
    page.locator("main table a[href*='/staff/']").first.click()
    for part, value in (("day", "14"), ("month", "8"), ("year", "2031")):
        page.locator(f"[name='absence-first_day_{part}']").fill(value)
    page.get_by_role("button", name=re.compile("Add the absence|Add absence")).click()
    expect(page.locator("main")).to_contain_text("14 August 2031")
    page.get_by_role("button", name=re.compile("^Remove the absence of .*14 August 2031")).click()
    banner = page.get_by_role("alert").filter(has_text="The absence is removed")
    expect(banner).to_be_visible()
    # The message takes focus, and its button is the next stop.
    expect(banner).to_be_focused()
    check_accessibility()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The absence is back.")
    expect(page.locator("main")).to_contain_text("14 August 2031")
    # As it was before the journey.
    page.get_by_role("button", name=re.compile("^Remove the absence of .*14 August 2031")).click()
    expect(page.get_by_role("alert")).to_contain_text("The absence is removed")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (500, "Something went wrong on our side"),
        (403, "You no longer have the role"),
        (404, "not there any more"),
        (None, "There is no connection"),
    ],
)
def test_a_part_that_could_not_be_fetched_says_so(status, said, planner, page, base_url, check_accessibility):
    page.goto(f"{base_url}/explore/")

    def answer(route):
        if status is None:
            route.abort("connectionfailed")
        else:
            route.fulfill(status=status, body="no", headers={"X-Request-ID": "abc-1"})

    page.route(re.compile(r"/explore/\?.*"), lambda route: answer(route) if is_part(route) else route.continue_())
    page.get_by_label("Urgent", exact=True).check()
    page.get_by_role("button", name="Apply filters").click()
    note = page.locator(".her-request-failed")
    expect(note).to_contain_text(said)
    expect(note).to_have_attribute("role", "alert")
    check_accessibility()
    # What the browser itself notes of the failed request is what was asked for.
    page.problems.clear()
    page.unroute_all(behavior="wait")
    if status in (500, None):
        note.get_by_role("button", name="Try again").click()
        expect(note).to_have_count(0)


def is_part(route) -> bool:
    return route.request.headers.get("hx-request") == "true"
