"""The search box by keyboard: suggestions while typing, chosen by arrow keys, and what a screen reader is told."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import fits

NARROW = {"width": 390, "height": 844}


@pytest.fixture
def analyst(sign_in):
    sign_in("Analyst")


def box(page):
    return page.get_by_role("combobox", name="Find an area by postcode, name or code")


def test_suggestions_are_chosen_by_keyboard(analyst, page, base_url, check_accessibility):
    page.goto(f"{base_url}/explore/")
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    box(page).press_sequentially("aldermoor")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#her-live")).to_contain_text("suggestion")
    check_accessibility()
    box(page).press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box(page)).to_have_attribute("aria-activedescendant", "area-search-option-0")
    box(page).press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "false")
    box(page).press("Escape")
    expect(options.first).to_be_hidden()
    box(page).press("ArrowDown")
    box(page).press("ArrowDown")
    box(page).press("Enter")
    expect(page).to_have_url(re.compile(r"/(areas/E01|explore/\?.*place=)"))


def test_enter_without_a_choice_sends_the_text(analyst, page, base_url, check_accessibility):
    page.goto(f"{base_url}/")
    box(page).fill("zy")
    box(page).press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=zy$"))
    expect(page.get_by_role("heading", name=re.compile("for “zy”"))).to_be_visible()
    check_accessibility()


def test_the_page_of_results_fits_a_phone(analyst, page, base_url, check_accessibility):
    page.set_viewport_size(NARROW)
    for text in ("aldermoor", "zzzz"):
        page.goto(f"{base_url}/search/?q={text}")
        fits(page)
        check_accessibility()
