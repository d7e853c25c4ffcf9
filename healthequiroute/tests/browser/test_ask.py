"""Ask: from a question to begin with to the next one, by mouse, by keyboard alone, and without scripts."""

import os
import re
from pathlib import Path

from playwright.sync_api import expect

from .conftest import fits, leave

SHOTS = os.environ.get("SHOTS")
CORE20 = "What does Core20 mean?"


def look(page, name, check_accessibility):
    """Both widths without anything to scroll sideways, and axe."""
    for width in (390, 1280):
        fits(page, width)
        check_accessibility()
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"ask-{name}-{width}.png", full_page=True)


def ask(page, question):
    """Ask what comes after the questions before it, and wait for its answer."""
    number = page.locator(".her-ask__exchange").count() + 1
    page.get_by_label("Ask something else").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    exchange = page.locator(f"#exchange-{number}")
    expect(exchange).to_be_visible()
    expect(exchange.get_by_role("heading", level=3)).to_be_focused()
    return exchange


def delete_all(page, base_url):
    """Conversations are one person's own, and the next journey begins without any."""
    page.goto(f"{base_url}/ask/")
    delete = page.get_by_role("button", name=re.compile("^Delete"))
    for left in range(delete.count() - 1, -1, -1):
        delete.first.click()
        expect(delete).to_have_count(left)


def test_from_a_first_question_to_the_next_ones(sign_in, page, base_url, check_accessibility):
    sign_in("Viewer")
    page.goto(f"{base_url}/ask/")
    look(page, "start", check_accessibility)
    page.locator(".her-ask__starter").first.click()
    expect(page.get_by_role("heading", level=3, name="Answer 1")).to_be_focused()
    exchange = ask(page, CORE20)
    expect(exchange).to_contain_text("Written from data")
    expect(page.get_by_label("Ask something else")).to_have_value("")
    expect(page.locator("#her-live")).to_contain_text("Answer.")
    exchange.get_by_role("link", name="Source 1", exact=True).click()
    expect(page.locator("#source-2-1")).to_be_visible()
    exchange.get_by_role("button", name="No", exact=True).click()
    exchange.get_by_role("button", name="The data are too old").click()
    expect(exchange.get_by_role("button", name="The data are too old")).to_have_attribute("aria-pressed", "true")
    exchange.get_by_text("Copy", exact=False).first.click()
    expect(exchange.get_by_role("textbox")).to_have_value(re.compile("Sources"))
    look(page, "conversation", check_accessibility)
    delete_all(page, base_url)
    leave(page)


def test_what_points_to_a_person_is_taken_out_and_said(sign_in, page, base_url, check_accessibility):
    sign_in("Auditor")
    page.goto(f"{base_url}/ask/?q=What+does+Core20+mean%3F")
    box = page.get_by_label("Your question")
    expect(box).to_have_value(CORE20)
    box.fill(f"My patient has the NHS number 943 476 5919. {CORE20}")
    box.press("Enter")
    expect(page.get_by_role("heading", level=3, name="Answer 1")).to_be_focused()
    expect(page.locator(".her-ask__notice--removed")).to_be_visible()
    expect(page.locator(".her-ask__text").first).to_contain_text("Core20")
    assert "943 476 5919" not in page.content()
    look(page, "removed", check_accessibility)
    exchange = ask(page, "One of our patients says she wants to end her life")
    # Before everything else in the answer.
    expect(exchange.locator(".her-ask__head + .her-ask__notice--crisis")).to_contain_text("999")
    look(page, "crisis", check_accessibility)
    delete_all(page, base_url)
    leave(page)


def test_by_keyboard_alone(sign_in, page, base_url, check_accessibility):
    sign_in("Safety reviewer")
    page.goto(f"{base_url}/ask/")
    page.get_by_label("Your question").focus()
    page.keyboard.type("What does")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Core20 mean?")
    expect(page.get_by_label("Your question")).to_have_value("What does\nCore20 mean?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=3, name="Answer 1")).to_be_focused()
    # From the answer forward: its first source is the next stop.
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Source 1", exact=True).first).to_be_focused()
    page.get_by_label("Ask something else").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#question-error")).to_be_focused()
    look(page, "empty", check_accessibility)
    page.get_by_label("Ask something else").focus()
    page.keyboard.type("What is a patch?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=3, name="Answer 2")).to_be_focused()
    delete_all(page, base_url)
    leave(page)


def test_what_fails_keeps_the_question(sign_in, page, base_url):
    sign_in("Viewer")
    page.goto(f"{base_url}/ask/")
    page.get_by_label("Your question").fill(CORE20)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", level=3, name="Answer 1")).to_be_focused()
    page.route(
        "**/ask/*/",
        lambda route: route.fulfill(status=503, body="") if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_label("Ask something else").fill("What is a patch?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Something went wrong on our side")
    expect(page.get_by_label("Ask something else")).to_have_value("What is a patch?")
    expect(page.locator("#ask-form [data-ask-working]")).to_be_hidden()
    page.unroute("**/ask/*/")
    # The browser and htmx tell of the answer that was put in its place.
    page.problems.clear()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", level=3, name="Answer 2")).to_be_focused()
    delete_all(page, base_url)
    leave(page)


def test_without_scripts(new_context, base_url):
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base_url}/accounts/login/")
    page.get_by_role("button", name=re.compile(", Approver$")).click()
    page.goto(f"{base_url}/ask/")
    page.get_by_label("Your question").fill(CORE20)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page).to_have_url(re.compile("/ask/[0-9a-f-]{36}/#answer-"))
    page.get_by_label("Ask something else").fill("")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a question")
    page.get_by_label("Ask something else").fill("What is a patch?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#exchange-2")).to_contain_text("patch")
    page.locator("#exchange-2").get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator("#exchange-2").get_by_text("Thank you")).to_be_visible()
    page.get_by_text("Rename", exact=True).click()
    page.get_by_label("New name").fill("Words of ours")
    page.get_by_role("button", name="Save name").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Words of ours")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Words of ours")).to_be_visible()
    delete_all(page, base_url)
    context.close()
