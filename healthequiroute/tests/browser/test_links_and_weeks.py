"""Two visits of a draft are linked by hand; a week is asked for more than a low cost."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from .conftest import TODAY, fits, stop_the_search

NARROW = {"width": 390, "height": 844}


def test_two_visits_are_linked_changed_and_freed(sign_in, page, base_url, check_accessibility):
    sign_in("Planner")
    page.goto(f"{base_url}/plans/new/")
    day = TODAY + timedelta(days=20)  # no plan of the demonstration holds a visit of that day
    for part in ("day", "month", "year"):
        page.locator(f"[name=day_{part}]").fill(str(getattr(day, part)))
    page.get_by_label("How many visits?").fill("4")
    page.get_by_role("button", name="Create plan").click()
    expect(page.locator("#visits-title")).to_be_visible()
    visits = page.locator("table a[href*='/visits/']")
    first, second = visits.nth(0).inner_text(), visits.nth(1).inner_text()
    draft = page.url
    visits.nth(1).click()
    page.get_by_role("link", name="Link to another visit").click()
    check_accessibility()
    page.get_by_label("Reference of the other visit").fill(first)
    page.get_by_label("Most minutes between the starts").fill("480")
    page.get_by_label("Both or neither").check()
    page.set_viewport_size(NARROW)
    fits(page)
    page.get_by_role("button", name="Link visits").click()
    expect(page.get_by_text(f"{first} and {second} are linked.")).to_be_visible()
    expect(page.locator("#links-title + p, section:has(#links-title)").first).to_contain_text("both or neither")
    fits(page)
    check_accessibility()
    page.goto(draft)
    expect(page.locator("#visits-title")).to_be_visible()
    expect(page.get_by_text(re.compile(f"at most 8 h .* {first}|not before {first}")).first).to_be_visible()
    page.locator("table a[href*='/visits/']", has_text=second).click()
    page.get_by_role("button", name=f"Remove the link with {first}").click()
    # The button that takes it back says it as well, after a colon.
    expect(page.get_by_text(re.compile(r"^\S+ and \S+ are not linked any more\.$"))).to_be_visible()


def test_a_week_says_what_became_of_what_was_asked(sign_in, page, base_url, check_accessibility):
    sign_in("Planner")
    page.goto(f"{base_url}/weeks/new/")
    expect(page.get_by_label("How many visits?")).to_be_hidden()
    expect(page.get_by_role("button", name="File of visits")).to_be_hidden()
    page.get_by_label("From priorities").check()
    # Tomorrow's visits wait for a decision in a plan of the demonstration.
    day = TODAY + timedelta(days=3)
    for part in ("day", "month", "year"):
        page.locator(f"[name=first_day_{part}]").fill(str(getattr(day, part)))
    page.get_by_label("How many days?").fill("3")
    page.get_by_label("How many visits?").fill("60")
    page.get_by_label("Core20 coverage at least as high as elsewhere").check()
    page.get_by_role("button", name="Create week").click()
    expect(page.get_by_text("Optimise with… (Core20 coverage at least as high as elsewhere)")).to_be_visible()
    check_accessibility()
    page.get_by_role("button", name="Optimise the week").click()
    stop_the_search(page, "week")
    expect(page.get_by_role("heading", name="Who does what when")).to_be_visible()
    expect(page.get_by_text("Asked for: Core20 coverage at least as high as elsewhere.")).to_be_visible()
    check_accessibility()
    page.set_viewport_size(NARROW)
    fits(page)
