"""Who works when: a rota by file, an absence, and the two weeks that show both."""

from datetime import timedelta

from playwright.sync_api import expect

from .conftest import TODAY, fits

NARROW = {"width": 390, "height": 844}


def test_a_rota_an_absence_and_the_two_weeks_that_show_them(page, base_url, sign_in, check_accessibility):
    day = TODAY + timedelta(days=9)
    sign_in("Planner")
    page.goto(f"{base_url}/teams/")
    page.get_by_role("link", name="City community nursing").click()
    page.get_by_role("link", name="Rota", exact=True).click()
    check_accessibility()

    lines = [
        "staff,day,start,end,break_minutes,break_window",
        f"city-05,{day:%d/%m/%Y},07:15,15:15,30,11:30-13:00",
        f"nobody,{day:%d/%m/%Y},07:15,15:15,30,11:30-13:00",
    ]
    file = {"name": "rota.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    page.locator("input[type=file]").set_input_files(files=[file])
    page.get_by_role("button", name="Check file").click()
    expect(page.get_by_text("Preview: nothing is changed yet")).to_be_visible()
    expect(page.get_by_text("Nobody of the team has this reference")).to_be_visible()
    check_accessibility()
    page.get_by_role("button", name="Change the rota").click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()

    page.get_by_role("link", name="Rota of the team").click()
    page.get_by_role("link", name="Ewan Sallow").first.click()
    check_accessibility()
    first = page.get_by_role("group", name="First day")
    for name, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        first.get_by_label(name, exact=True).fill(str(value))
    page.get_by_label("Training").check()
    page.get_by_role("button", name="Add absence").click()
    expect(page.get_by_role("link", name=f"{day:%A} {day.day} {day:%B %Y}")).to_be_visible()

    address = page.url
    rota = page.get_by_role("link", name="Rota", exact=True).get_attribute("href")
    page.goto(f"{base_url}{rota}?from={day}")
    expect(page.get_by_role("row", name="Ewan Sallow")).to_contain_text("Training")

    page.set_viewport_size(NARROW)
    for place in (page.url, address):
        page.goto(place)
        fits(page)
    page.go_back()
    summary = page.get_by_text(f"{day:%a} {day.day} {day:%B}:")
    summary.click()
    expect(page.get_by_text("Ewan Sallow, away: Training")).to_be_visible()
    check_accessibility()
