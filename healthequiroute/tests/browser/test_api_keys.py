"""An administrator makes a key, sees it once, another system uses it, and it is revoked."""

import os
import re
from pathlib import Path

from playwright.sync_api import expect

from healthequiroute.tests.browser.conftest import fits, leave

# Where pictures of the pages go, for whoever wants to look at them.
SHOTS = os.environ.get("SHOTS")


def look(page, name, check_accessibility):
    """Both widths without anything to scroll sideways, and axe."""
    for width in (390, 1280):
        fits(page, width)
        check_accessibility()
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


def test_a_key_from_making_to_revoking(sign_in, page, base_url, check_accessibility, playwright):
    sign_in("Administrator")
    page.goto(f"{base_url}/api-keys/")
    look(page, "list-empty", check_accessibility)
    # Where there are none yet, the page offers it twice: beside its heading and where the list would be.
    making = page.get_by_role("main").get_by_role("link", name="Make an API key")
    expect(making).to_have_count(2)
    making.last.click()
    look(page, "form", check_accessibility)
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a name")
    # Browsers tell of the status of a refused form on their console.
    page.problems[:] = [problem for problem in page.problems if "422" not in problem]
    look(page, "form-errors", check_accessibility)
    page.get_by_label("Name of the system").fill("Data warehouse of the trust")
    page.get_by_label("See areas, priorities and their reasons").check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("heading", name="Copy the API key now")).to_be_visible()
    look(page, "shown-once", check_accessibility)
    text = page.get_by_label("API key", exact=True).input_value()
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    # What lies in the clipboard is not for pages to read (Permissions-Policy); the whole key is selected as well.
    selected = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert page.get_by_label("API key", exact=True).evaluate(selected) == text
    # Another system: nothing of the browser's session goes along.
    system = playwright.request.new_context(base_url=base_url, extra_http_headers={"Authorization": f"Api-Key {text}"})
    try:
        answer = system.get("/api/v1/areas/")
        assert answer.ok
        assert answer.json()["count"] > 0
        assert answer.headers["ratelimit-policy"] == '"key";q=120;w=60'
        assert system.get("/api/v1/route-plans/").status == 403
        page.get_by_role("link", name="I have copied it: go to the key").click()
        expect(page.get_by_text("In use", exact=True)).to_be_visible()
        assert text not in page.content()
        look(page, "key", check_accessibility)
        page.get_by_role("button", name="Revoke the key").click()
        expect(page.get_by_text("is revoked: every call with it is refused")).to_be_visible()
        expect(
            page.get_by_role("row", name=re.compile("Data warehouse of the trust")).get_by_text("Revoked")
        ).to_be_visible()
        look(page, "list", check_accessibility)
        assert system.get("/api/v1/areas/").status == 401
    finally:
        system.dispose()
    leave(page)
