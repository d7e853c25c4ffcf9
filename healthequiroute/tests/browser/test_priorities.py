"""A planner reads why an area has its class, follows a figure to its dataset, sets minutes, and compares two runs."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import fits

NARROW = {"width": 390, "height": 844}


@pytest.fixture
def planner(sign_in):
    sign_in("Planner")


def first_area(page, base_url) -> str:
    """Address of the first area of the list."""
    page.goto(f"{base_url}/explore/")
    return page.locator("main table tbody a[href^='/areas/']").first.get_attribute("href")


def test_from_the_class_to_its_dataset_and_back_to_the_plan(planner, page, base_url, check_accessibility):
    page.goto(base_url + first_area(page, base_url))
    page.get_by_role("link", name="The priority on a page of its own").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Priority of")
    for heading in ("Rule by rule", "What would change it", "How sure it is", "History, and why the class changed"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    check_accessibility()
    address = page.url

    page.locator("main table a[href^='/data/figures/']").first.click()
    expect(page.get_by_role("heading", name="In every release")).to_be_visible()
    page.goto(address)
    page.locator("main table a[href^='/data/datasets/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    page.goto(address)
    page.get_by_role("link", name="Change the visit minutes").click()
    page.get_by_role("button", name="Plan with these minutes").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    # The browser's console notes every refused form.
    assert all("422" in problem for problem in page.problems)
    page.problems.clear()
    check_accessibility()
    page.get_by_label("Minutes for a visit").fill("75")
    page.get_by_label("Reason", exact=True).fill("Two nurses are needed")
    page.get_by_role("button", name="Plan with these minutes").click()
    expect(page.get_by_text("Your organisation plans 75 minutes instead.").first).to_be_visible()

    page.get_by_role("link", name="Print view").click()
    expect(page.get_by_text("Two nurses are needed")).to_be_visible()
    check_accessibility()


def test_two_runs_are_compared(planner, portal, page, base_url, check_accessibility):
    portal.manage("score_priorities")
    page.goto(f"{base_url}/priorities/runs/")
    check_accessibility()
    page.get_by_role("button", name="Compare the runs").click()
    expect(page).to_have_url(re.compile("before=.*after="))
    expect(page.locator(".her-summary")).to_contain_text("areas that both runs scored")
    check_accessibility()


def test_pages_fit_a_phone_and_fold_the_tree(planner, page, base_url, check_accessibility):
    page.set_viewport_size(NARROW)
    area = first_area(page, base_url)
    for address in (f"{area}priority/", f"{area}priority/sheet/", f"{area}priority/minutes/", "/priorities/runs/"):
        page.goto(base_url + address)
        page.wait_for_load_state("networkidle")
        fits(page)
        check_accessibility()
    page.goto(f"{base_url}{area}priority/")
    below = page.locator(".her-tree__name", has_text="Long-term conditions")
    expect(below).to_be_hidden()
    page.get_by_text("Clinical need in detail").click()
    expect(below).to_be_visible()
