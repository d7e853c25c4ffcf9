"""Ask beside a page: opened, answered, taken along to the next page, closed; by mouse, by keyboard, on a phone."""

import re

from playwright.sync_api import expect

from .conftest import leave
from .test_ask import CORE20, delete_all

PANEL = "#ask-beside"


def test_beside_a_page_and_the_next_one(sign_in, page, base_url, check_accessibility):
    sign_in("Analyst")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{base_url}/insights/demand/")
    opener = page.get_by_role("link", name="Ask about this", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    panel, box = page.locator(PANEL), page.locator("#question")
    expect(box).to_be_focused()
    expect(box).to_have_value(re.compile("short of hours"))
    # The page has moved aside: nothing of it is covered.
    page.wait_for_function(
        "() => document.querySelector('#maincontent').getBoundingClientRect().right"
        " <= document.querySelector('#ask-beside').getBoundingClientRect().left"
    )
    box.fill(CORE20)
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", level=3, name="Answer 1")).to_be_focused()
    check_accessibility()
    page.get_by_role("link", name="Explore", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Explore areas")
    expect(panel.locator("#exchange-1")).to_contain_text("Core20")
    expect(box).not_to_be_focused()
    box.fill("What is a patch?")
    box.press("Enter")
    expect(panel.get_by_role("heading", level=3, name="Answer 2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("#maincontent")).to_be_focused()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Explore areas")
    expect(panel).to_be_hidden()
    delete_all(page, base_url)
    leave(page)


def test_on_a_phone_it_fills_the_window_and_gives_focus_back(sign_in, page, base_url, check_accessibility):
    sign_in("Viewer")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{base_url}/insights/")
    opener = page.get_by_role("link", name="Ask a question about the data")
    opener.click()
    panel, box = page.locator(PANEL), page.locator("#question")
    expect(box).to_be_focused()
    expect(page.locator(f"{PANEL}:modal")).to_be_visible()
    box.press("Enter")
    expect(page.locator("#question-error")).to_be_focused()
    check_accessibility(PANEL)
    page.locator(".her-ask__starter").first.click()
    expect(panel.get_by_role("heading", level=3, name="Answer 1")).to_be_focused()
    # Wider than before: it stands beside the page, with what is in it.
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator(f"{PANEL}:modal")).to_have_count(0)
    expect(panel.locator("#exchange-1")).to_be_visible()
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(opener).to_be_focused()
    delete_all(page, base_url)
    leave(page)
