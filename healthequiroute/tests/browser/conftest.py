"""Browser tests drive Debian's Chromium against a whole portal (see `healthequiroute.testing.portal`)."""

import os
import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from healthequiroute.testing.portal import Portal

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in str(item.fspath):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    with Portal(database=f"test_her_browser_{os.getpid()}", logs=tmp_path_factory.mktemp("portal")) as running:
        yield running


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = shutil.which("chromium")
    assert chromium, "The browser tests need Debian's chromium: make test installs it."
    # Root may not use Chromium's sandbox; background networking would only knock at closed doors.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return {**browser_type_launch_args, "executable_path": chromium, "args": arguments}


@pytest.fixture(scope="session")
def base_url(portal):
    return portal.url


@pytest.fixture
def page(page):
    """Playwright's page that remembers what went wrong on the console and which requests left the machine."""
    page.problems = []
    page.on("console", lambda message: _note_message(page, message))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("requestfailed", lambda request: _note_failure(page, request))
    yield page
    assert page.problems == []


def _note_message(page, message):
    # htmx tells of a request that was given up because its page was left or a newer one took its place. One that
    # failed is told as htmx:sendError or htmx:responseError as well.
    if message.type == "error" and not message.text.startswith(("htmx:sendAbort", "htmx:afterRequest")):
        page.problems.append(message.text)


def _note_failure(page, request):
    # Leaving a page aborts its tiles and polls: that is the browser's doing, not a fault.
    if request.failure != "net::ERR_ABORTED":
        page.problems.append(f"{request.url}: {request.failure}")


@pytest.fixture
def sign_in(page, base_url):
    """Signs in as the demo account with this role: `sign_in("Planner")`."""

    def sign_in(label: str):
        page.context.clear_cookies()
        page.goto(f"{base_url}/accounts/login/")
        page.get_by_role("button", name=re.compile(f", {label}$")).click()
        page.wait_for_url(f"{base_url}/")

    return sign_in


@pytest.fixture
def check_accessibility(page):
    """Fails with axe's own words when the page breaks a rule."""

    def check():
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
        assert found.violations_count == 0, found.generate_report()

    return check
