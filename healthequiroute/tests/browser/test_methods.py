"""How well the priorities hold: complete without JavaScript, readable on a phone, every figure with its datasets."""

import re

import pytest

from .conftest import fits

URL = "/methods/priorities/"


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_accessible_and_fits(sign_in, page, base_url, check_accessibility, width):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in("Viewer")
    page.goto(f"{base_url}/data/")
    page.get_by_role("link", name="How priorities hold").click()
    page.wait_for_url(f"**{URL}")
    check_accessibility()
    fits(page)
    page.get_by_text(re.compile(r"^Datasets behind these figures")).first.click()
    page.locator(".her-evidence details[open] a").first.click()
    page.wait_for_url(re.compile("/data/datasets/"))


def test_without_javascript_everything_is_there(sign_in, page, new_context, base_url):
    sign_in("Viewer")
    context = new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(f"{base_url}{URL}")
    assert plain.locator("h1").inner_text() == "How well the priorities hold"
    assert plain.locator("svg.her-chart").count() >= 4
    assert plain.locator(".her-evidence table").count() >= 6
    plain.get_by_text(re.compile(r"^Datasets behind these figures")).first.click()
    assert plain.locator(".her-evidence details[open] a").first.is_visible()
    context.close()
