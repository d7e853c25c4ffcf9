"""Settings of a person, help from a page, and feedback that is answered: by mouse, by keyboard, in every theme."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import fits, leave

THEMES = {"Light": "light", "Dark": "dark", "High contrast": "contrast"}
# What the page's ground is in the first picture of a page: a flash would show another one.
GROUNDS = {"light": "rgb(240, 244, 245)", "dark": "rgb(15, 21, 25)", "contrast": "rgb(0, 0, 0)"}


def ground(page) -> str:
    return page.evaluate("() => getComputedStyle(document.body).backgroundColor")


def choose(page, base_url, *labels):
    page.goto(f"{base_url}/me/preferences/")
    for label in labels:
        page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name="Save your settings").click()
    expect(page.get_by_role("alert")).to_contain_text("Your settings are saved")


@pytest.fixture
def analyst(sign_in, page, base_url):
    """Signed in; what was chosen goes back to the beginning afterwards."""
    sign_in("Analyst")
    yield
    page.goto(f"{base_url}/me/preferences/")
    page.get_by_label("Page after signing in").select_option("")
    for label in ("As this device is set", "Normal"):
        page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name="Save your settings").click()
    expect(page.get_by_role("alert")).to_contain_text("Your settings are saved")


def test_a_theme_is_seen_at_once_and_on_every_page_after_it(analyst, page, base_url, check_accessibility):
    page.goto(f"{base_url}/me/preferences/")
    for label, theme in THEMES.items():
        page.get_by_label(label, exact=True).check()
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        assert ground(page) == GROUNDS[theme]
        check_accessibility()
    for label, theme in THEMES.items():
        choose(page, base_url, label)
        for path in ("/explore/", "/plans/", "/help/"):
            # As the server sends it: no script has run when the first line of the page is there.
            page.goto(f"{base_url}{path}", wait_until="commit")
            page.wait_for_selector("body", state="attached")
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            page.wait_for_load_state()
            assert ground(page) == GROUNDS[theme]
        check_accessibility()


def test_the_system_decides_where_nothing_was_chosen(page, base_url, check_accessibility):
    for scheme, theme in (("dark", "dark"), ("light", "light")):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{base_url}/accounts/login/")
        assert ground(page) == GROUNDS[theme]
        check_accessibility()
    page.emulate_media(color_scheme="dark", media="print")
    assert ground(page) != GROUNDS["dark"]


def test_larger_text_stays_on_the_page(analyst, page, base_url):
    before = page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)")
    choose(page, base_url, "Largest (150%)")
    page.goto(f"{base_url}/plans/")
    size = page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert size == before * 1.5
    for path in ("/", "/plans/", "/me/preferences/", "/help/"):
        page.goto(f"{base_url}{path}")
        fits(page, 390)
        fits(page, 1280)


def test_the_chosen_page_opens_after_signing_in(analyst, page, base_url):
    page.goto(f"{base_url}/me/preferences/")
    page.get_by_label("Page after signing in").select_option(label="Plans")
    page.get_by_role("button", name="Save your settings").click()
    expect(page.get_by_role("alert")).to_contain_text("Your settings are saved")
    leave(page)
    page.goto(f"{base_url}/accounts/login/")
    page.get_by_role("button", name=re.compile(", Analyst$")).click()
    page.wait_for_url(f"{base_url}/plans/")


def test_settings_can_be_changed_without_javascript(browser, base_url, analyst, page):
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    tab = context.new_page()
    tab.goto(f"{base_url}/me/preferences/")
    tab.get_by_label("Dark", exact=True).check()
    tab.get_by_role("button", name="Save your settings").click()
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    tab.goto(f"{base_url}/plans/")
    tab.get_by_text("Give feedback on this page").click()
    tab.get_by_role("link", name="Write to the people who run this portal").click()
    expect(tab.get_by_role("heading", name="Feedback", exact=True)).to_be_visible()
    expect(tab.get_by_text("About the page /plans/")).to_be_visible()
    context.close()


def test_help_of_a_page_its_words_and_a_search(analyst, page, base_url, check_accessibility):
    page.goto(f"{base_url}/explore/")
    page.get_by_text("Words on this page").click()
    expect(page.get_by_role("contentinfo").get_by_role("link", name="Core20", exact=True)).to_be_visible()
    page.get_by_role("link", name="Help with this page").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Explore", level=1)).to_be_visible()
    check_accessibility()
    page.get_by_role("link", name="Core20", exact=True).first.click()
    expect(page).to_have_url(re.compile("/glossary/#core20$"))
    check_accessibility()
    page.goto(f"{base_url}/help/")
    page.get_by_role("searchbox", name="Search the help").fill("scenario")
    page.get_by_role("searchbox", name="Search the help").press("Enter")
    expect(page.get_by_role("link", name="Scenarios", exact=True).last).to_be_visible()
    check_accessibility()


def test_where_figures_come_from_is_told_under_them(analyst, page, base_url, check_accessibility):
    page.goto(f"{base_url}/explore/")
    panel = page.get_by_role("main").locator(".her-about-data")
    panel.locator("summary").click()
    expect(panel.get_by_role("row").nth(1)).to_be_visible()
    check_accessibility(".her-about-data")


def test_feedback_is_sent_from_a_page_and_answered(sign_in, page, base_url, check_accessibility):
    sign_in("Planner")
    page.goto(f"{base_url}/plans/?q=secret")
    page.get_by_text("Give feedback on this page").click()
    form = page.get_by_role("contentinfo").locator("form")
    form.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("has not been sent")).to_be_focused()
    check_accessibility()
    form.get_by_label("An idea", exact=True).check()
    form.get_by_label("What do you want to say?").fill("Show the list by team first.")
    form.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("Your message was sent").first).to_be_visible()
    sign_in("Administrator")
    page.goto(f"{base_url}/feedback/list/?state=new")
    message = page.get_by_role("article").filter(has_text="Show the list by team first.")
    expect(message).to_contain_text("/plans/")
    expect(message).not_to_contain_text("secret")
    check_accessibility()
    if not message.get_by_label("Answer", exact=True).is_visible():
        message.locator("summary").click()
    message.get_by_label("Answer", exact=True).fill("It comes with the next release.")
    message.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("alert")).to_contain_text("The answer is sent")
    sign_in("Planner")
    page.goto(f"{base_url}/feedback/")
    expect(page.get_by_text("It comes with the next release.").first).to_be_visible()
    check_accessibility()
