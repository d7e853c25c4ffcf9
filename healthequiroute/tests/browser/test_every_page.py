"""Every page that anybody may open, looked at in every theme, width and size of text: `page_walk` has the checks.

The addresses are those of the access matrix, with the things of `people_and_things` in a second organisation, so that a
new page is looked at without a line here. All findings are told together in the end; they are kept as JSON, from which
the accessibility statement is made. WALK=name,name looks at these pages only.
"""

import json
import os
from itertools import groupby
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import expect

from .page_walk import WIDE, Walk

RESULTS = Path(os.environ.get("ACCESSIBILITY_RESULTS", settings.BASE_DIR / ".local/accessibility/every_page.json"))
ONLY = set(filter(None, os.environ.get("WALK", "").split(",")))
MADE = "from healthequiroute.tests.browser.second_organisation import tell; tell()"
# A browser notes on its console that an answer was a refusal, which it was meant to be.
STATUS = "Failed to load resource: the server responded with a status of"


@pytest.fixture(scope="module")
def told(portal):
    """Sessions of people and the pages they open: see `second_organisation`."""
    return json.loads(portal.run(MADE).split("told:", 1)[1])


@pytest.fixture(scope="module")
def walk():
    """Collects over all tests here and writes in the end."""
    walk = Walk()
    yield walk
    if not ONLY:
        walk.write(RESULTS)


@pytest.fixture
def tab(browser, base_url, told):
    """`tab(who)`: a page of somebody who is signed in already; one for each person."""
    opened = []

    def tab(who):
        context = browser.new_context(
            base_url=base_url, viewport={"width": WIDE, "height": 900}, reduced_motion="reduce", accept_downloads=False
        )
        opened.append(context)
        if who in told["sessions"]:
            context.add_cookies([{"name": told["cookie"], "value": told["sessions"][who], "url": base_url}])
        # Sent once for all pages of the tab.
        context.add_init_script(AXE_SCRIPT)
        page = context.new_page()
        page.problems, page.left = [], set()
        page.on("console", lambda message: note(page, message))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        return page

    yield tab
    for context in opened:
        context.close()


def note(page, message):
    """What the console tells of an answer that is no page comes when the next page is open already, and is not its."""
    if message.type == "error" and message.location["url"] not in page.left:
        page.problems.append(message.text)


def open_page(page, address) -> int:
    """The status of the page; 0 where there is none: a file, a part of one, or another address of the walk."""
    response = page.goto(address, wait_until="commit")
    if response is None:
        return 0
    if not response.headers.get("content-type", "").startswith("text/html"):
        page.left.add(response.url)
        return 0
    page.wait_for_load_state("load")
    asked = address.split("?")[0]
    is_page = page.evaluate("asked => document.doctype !== null && location.pathname === asked", asked)
    return response.status if is_page else 0


def walk_through(walk, tab, pages, *, state="as it is", thorough=True):
    """Person by person, each in one tab."""
    wanted = [each for each in pages if not ONLY or each["name"] in ONLY]
    for who, theirs in groupby(sorted(wanted, key=lambda each: each["who"]), key=lambda each: each["who"]):
        page = tab(who)
        for each in theirs:
            page.problems.clear()
            try:
                status = open_page(page, each["address"])
            except Exception as error:  # a file to save is no page
                if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
                    continue
                raise
            if not status or not walk.is_new(page, each["name"]):
                continue
            walk.look(page, each["name"], who, state=state, thorough=thorough)
            # That the page itself is a refusal is told on the console as well.
            problems = [text for text in page.problems if status < 400 or not text.startswith(STATUS)]
            walk.console(each["name"], who, problems, state)


def nothing_was_found(walk, before):
    """What this test found, told together."""
    found = Walk()
    found.findings = walk.findings[before:]
    assert not found.findings, f"{len(found.findings)} findings on {len(walk.pages)} pages\n{found.told()}"


# Sends the first form with something to write in, with nothing written. Whether there is one.
SEND_EMPTY = """() => {
    const written = "input[type=text], input[type=email], input[type=number], input:not([type]), textarea";
    const form = [...document.querySelectorAll("main form[method=post]")].find(one => one.querySelector(written));
    if (!form) return false;
    for (const field of form.querySelectorAll(written)) field.value = "";
    form.noValidate = true;
    form.requestSubmit();
    return true;
}"""
# The same as from a page that stood open while somebody signed in anew.
SEND_UNPROVED = """() => {
    const form = document.querySelector("main form[method=post]");
    form.querySelector("[name=csrfmiddlewaretoken]").value = "x".repeat(64);
    form.submit();
}"""
WRONG = ".nhsuk-error-summary, .nhsuk-error-message"
# Who meets which refusal where.
REFUSALS = (
    ("planner", "404", "/nowhere/"),
    ("viewer", "403", "/members/"),
    ("planner", "405", "/news/seen/"),
    ("nobody", "403", "/plans/"),
    ("nobody signed in", "404", "/accounts/nowhere/"),
)


# Its colours are right in the light theme alone.
WRONG_PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>{title} - HealthEquiRoute</title><style>
body {{ background: #fff; color: #000; }}
[data-theme=dark] body {{ background: #111; color: #222; }}
.wide {{ width: 700px; }}
</style></head><body><main><h1>{title}</h1><p>Words</p>{more}</main></body></html>"""


def test_what_is_wrong_is_found(tab):
    walk, page = Walk(), tab("nobody signed in")
    for title, more in (("First", ""), ("Second", "<h2>More</h2><img src='data:,'><p class='wide'>Wide</p>")):
        page.set_content(WRONG_PAGE.format(title=title, more=more))
        walk.look(page, title, "nobody")
    found = {(finding["page"], finding["check"], finding["rule"]) for finding in walk.findings}
    # The dark words of the first page are not judged again on the second; its new heading is.
    assert ("First", "axe", "color-contrast") in found
    assert {("Second", "axe", "image-alt"), ("Second", "overflow", ""), ("Second", "axe", "color-contrast")} <= found
    colours = [finding["text"] for finding in walk.findings if finding["rule"] == "color-contrast"]
    assert len(colours) == 2 and all("(dark)" in text for text in colours)


def test_pages_of_refusals(walk, tab):
    before = len(walk.findings)
    for who, status, address in REFUSALS:
        page = tab(who)
        assert str(page.goto(address).status) == status, address
        walk.look(page, f"error-{status}", who, state="error")
        problems = [text for text in page.problems if not text.startswith(STATUS)]
        walk.console(f"error-{status}", who, problems, "error")
    nothing_was_found(walk, before)


def test_the_page_about_a_form_without_its_secret(walk, tab):
    before = len(walk.findings)
    page = tab("planner")
    page.goto("/feedback/")
    page.evaluate(SEND_UNPROVED)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your form was not sent")
    walk.look(page, "error-csrf", "planner", state="error")
    problems = [text for text in page.problems if not text.startswith(STATUS)]
    walk.console("error-csrf", "planner", problems, "error")
    nothing_was_found(walk, before)


def test_forms_that_were_sent_empty(walk, tab, told):
    """Pages on which something is added: a form that is not refused adds something to the second organisation."""
    before, refused = len(walk.findings), 0
    for each in told["pages"]:
        if not each["name"].endswith("-add") or each["who"] == "empty" or (ONLY and each["name"] not in ONLY):
            continue
        page = tab(each["who"])
        if not open_page(page, each["address"]) or not page.evaluate(SEND_EMPTY):
            continue
        page.locator(WRONG).first.wait_for()
        refused += 1
        walk.look(page, each["name"], each["who"], state="refused form", thorough=False)
        problems = [text for text in page.problems if not text.startswith(STATUS)]
        walk.console(each["name"], each["who"], problems, "refused form")
        page.context.close()
    assert ONLY or refused > 5
    nothing_was_found(walk, before)


def test_every_page_in_every_theme_width_and_size(walk, tab, told):
    before = len(walk.findings)
    walk_through(walk, tab, [each for each in told["pages"] if each["who"] != "empty"])
    nothing_was_found(walk, before)


def test_every_page_of_an_organisation_with_nothing(walk, tab, told):
    before = len(walk.findings)
    pages = [each for each in told["pages"] if each["who"] == "empty"]
    walk_through(walk, tab, pages, state="empty", thorough=False)
    nothing_was_found(walk, before)
