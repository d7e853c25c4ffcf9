"""A nurse goes sick at 11:00, and the plan of the day is mended with few people changed; a visit is booked."""

import re

from playwright.sync_api import expect

from .conftest import WORKED_OUT, fits
from .test_visit_plan import create_plan, take_the_first_plan

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def publish_a_plan(page, base_url, sign_in) -> str:
    """A plan of six days ahead, from a draft to a published one; returns its address."""
    sign_in("Planner")
    create_plan(page, base_url, days_ahead=6, name="Round with a surprise", visits=30, seconds="60")
    take_the_first_plan(page)
    address = page.url
    # Tiles that are on their way when somebody else signs in would be refused.
    page.wait_for_load_state("networkidle")
    sign_in("Approver")
    page.goto(address)
    if page.get_by_label("Reason", exact=True).count():
        page.get_by_label("Reason", exact=True).first.fill("What is left out can wait until tomorrow.")
    page.get_by_role("button", name="Approve plan").click()
    expect(page.locator("#plan-state")).to_have_text("Approved")
    page.get_by_role("button", name="Publish plan").click()
    expect(page.locator("#plan-state")).to_have_text("Published")
    page.wait_for_load_state("networkidle")
    return address


def busiest_after_eleven(page) -> str:
    """Whoever has most to do after eleven on the plan's page: a first plan may give anybody a free afternoon."""
    starts = "[...one.querySelectorAll('tr[data-stop] [data-label=Start]')].map((cell) => cell.textContent.trim())"
    count = f"(one) => [one.querySelector('summary').textContent.trim(), {starts}.filter((at) => at > '11:00').length]"
    rounds = page.locator("details.her-round").evaluate_all(f"(all) => all.map({count})")
    name, visits = max(rounds, key=lambda each: each[1])
    assert visits
    return name.split(" (")[0]


def changed_by_hand_and_undone(page, check_accessibility):
    """A visit of the published plan is taken out, its people are told, and it is put back; ends on the plan's page."""
    page.get_by_role("link", name="Change by hand").click()
    page.locator("#edit-board [data-staff] .her-edit__stop:not([data-fixed]) .her-edit__link").first.click()
    page.get_by_role("button", name="Take it out of the round").click()
    expect(page.locator("#edit-verdict")).to_contain_text("No rule is broken")
    check_accessibility()
    page.set_viewport_size(NARROW)
    fits(page)
    page.set_viewport_size(WIDE)
    page.get_by_role("button", name="Keep this change").click()
    expect(page.locator("#edit-kept")).to_contain_text("People whose round changes have been told.")
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.locator("#edit-kept")).to_contain_text("again")
    page.get_by_role("link", name="Back to the plan").click()
    expect(page.locator("#plan-verdict")).to_contain_text("no rule is broken")


def test_a_nurse_goes_sick_at_eleven(page, base_url, sign_in, check_accessibility):
    address = publish_a_plan(page, base_url, sign_in)
    sign_in("Planner")
    page.goto(address)
    sick = busiest_after_eleven(page)
    page.get_by_role("link", name="Something happened").click()
    check_accessibility()
    page.get_by_role("link", name="Somebody is sick").click()
    check_accessibility()
    page.get_by_label("From when on?").fill("11:00")
    page.get_by_label("Who?").select_option(label=sick)
    page.get_by_role("button", name="See what would change").click()

    expect(page.locator("#disruption-state")).to_have_text("Change proposed", timeout=WORKED_OUT)
    expect(page.locator("main [hx-trigger*=every]")).to_have_count(0)
    expect(page.get_by_role("heading", name="As few people as possible")).to_be_visible()
    # How many is the search's affair; that somebody else's day changes is said in words.
    expect(page.locator(".her-verdict").first).to_contain_text(re.compile(r"\d+ (person|people)['’]s? day"))
    check_accessibility()
    fits(page)
    page.set_viewport_size(NARROW)
    fits(page)
    page.set_viewport_size(WIDE)

    page.get_by_role("button", name="Use this change").first.click()
    expect(page.get_by_text("The plan is changed.")).to_be_visible()
    expect(page.locator("#disruption-state")).to_have_text("Plan changed")
    expect(page.locator("#changes-few")).to_be_visible()
    check_accessibility()
    page.get_by_role("link", name="To the plan").click()
    expect(page.locator("#disruptions")).to_contain_text("is sick from 11:00")
    check_accessibility()

    changed_by_hand_and_undone(page, check_accessibility)
    page.get_by_role("link", name="Find a slot").click()
    check_accessibility()
    page.get_by_label("Or code of the area").fill(area_of_a_visit(page, address))
    page.get_by_label("Minutes at the visit").fill("20")
    page.get_by_role("button", name="Find slots").click()
    expect(page.get_by_role("heading", name="Slots")).to_be_visible(timeout=WORKED_OUT)
    check_accessibility()
    page.set_viewport_size(NARROW)
    fits(page)
    page.get_by_role("button", name=re.compile("^Book")).first.click()
    expect(page.get_by_text("booked-1 is in the plan.")).to_be_visible()
    expect(page.locator("#plan-state")).to_have_text("Published")


def area_of_a_visit(page, address) -> str:
    """Code of an area that the plan visits, from its file of stops."""
    content = page.request.get(f"{address}stops.csv").text()
    return re.search(r"\bE01\d{6}\b", content)[0]
