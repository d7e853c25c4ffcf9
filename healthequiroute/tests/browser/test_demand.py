"""Demand and capacity: what stands out, a team, why, the way to its rota; by keyboard, on a phone, without scripts."""

import re

from playwright.sync_api import expect

from .conftest import fits

NARROW, NARROWEST = {"width": 390, "height": 844}, {"width": 320, "height": 700}
TEAM = "Coast and country nursing"


def test_from_what_stands_out_to_the_rota(page, base_url, sign_in, check_accessibility):
    sign_in("Planner")
    page.goto(f"{base_url}/insights/demand/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Demand and capacity")
    # Two of five are on leave for a whole week.
    expect(page.get_by_text(re.compile(f"^{TEAM} is expected to be .* short in the week of"))).to_be_visible()
    table = page.get_by_role("table", name="Hours asked for against hours on the rota, by team and week")
    expect(table.get_by_role("row", name=re.compile(TEAM))).to_contain_text("Short")
    check_accessibility()

    page.get_by_label("Show", exact=True).select_option(label="Short or likely short in some week")
    page.get_by_label("Sort by").select_option(label="Most hours short")
    page.get_by_role("button", name="Show", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"show=short&sort=short"))
    expect(table.get_by_role("rowheader").first).to_have_text(TEAM)

    table.get_by_role("link", name=TEAM).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(TEAM)
    expect(page.get_by_role("img", name="Hours asked for and hours on the rota by week")).to_be_visible()
    expect(page.get_by_text("of shifts are lost to absences.")).to_be_visible()
    check_accessibility()
    for size in (NARROW, NARROWEST):
        page.set_viewport_size(size)
        fits(page)
        check_accessibility()
    page.get_by_role("link", name="Change the rota").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rota")


def test_the_list_fits_a_phone(page, base_url, sign_in, check_accessibility):
    sign_in("Analyst")
    page.set_viewport_size(NARROWEST)
    page.goto(f"{base_url}/insights/demand/")
    expect(page.get_by_role("heading", name="What could be moved")).to_be_visible()
    fits(page)
    check_accessibility()
    # Whoever may not change a rota gets no way to it.
    expect(page.get_by_role("link", name=re.compile("^Rota of"))).to_have_count(0)


def test_without_scripts(new_context, base_url):
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base_url}/accounts/login/")
    page.get_by_role("button", name=re.compile(", Planner$")).click()
    page.goto(f"{base_url}/insights/demand/")
    page.get_by_label("Sort by").select_option(label="Most hours short")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("link", name=TEAM, exact=True).click()
    expect(page.get_by_role("img", name="Hours asked for and hours on the rota by week")).to_be_visible()
    expect(page.get_by_role("heading", name="Weeks it is estimated from")).to_be_visible()
    context.close()
