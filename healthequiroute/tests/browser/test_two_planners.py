"""Two planners at one plan, a hasty hand and the back button: each change is kept once, nobody's is lost silently."""

from playwright.sync_api import expect

from .test_plan_editing import open_editing, version

MEANWHILE = "Somebody else changed the plan in the meantime. This is the plan now: check it again."


def test_the_later_of_two_planners_is_told_and_a_double_click_counts_once(page, base_url, sign_in):
    sign_in("Planner")
    open_editing(page, base_url, name="Changed by two", visits=12)
    # Requests that are refused are noted on the console: another page, which nobody watches for that.
    other = page.context.new_page()
    other.goto(page.url)
    take_first_visit_out(other)
    take_first_visit_out(page)

    before = version(page)
    page.get_by_role("button", name="Keep this change").dblclick()
    expect(page.locator("#edit-kept")).to_contain_text("taken out")
    assert version(page) == before + 1

    other.get_by_role("button", name="Keep this change").click()
    expect(other.locator("#edit-error")).to_have_text(MEANWHILE)
    expect(other.locator("#edit-error")).to_be_focused()
    assert version(other) == before + 1
    # Loaded again, or come back to, it is the whole page: not the address of a form, nor a part of the page.
    other.reload()
    expect(other.get_by_role("heading", level=1)).to_have_text("Change by hand")

    take_first_visit_out(page)
    page.goto(f"{base_url}/plans/")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change by hand")
    expect(page.locator("#edit-preview-title")).to_contain_text("taken out")

    page.locator("#edit-give-up").click()
    expect(page.locator("#edit-preview-title")).to_have_count(0)
    page.locator("#edit-undo").dblclick()
    expect(page.locator("#edit-kept")).to_contain_text("The routes of version")
    assert version(page) == before + 2
    other.locator("#edit-undo").click()
    expect(other.locator("#edit-error")).to_have_text(MEANWHILE)
    assert version(other) == before + 2
    other.close()


def take_first_visit_out(page):
    """Looks at it; keeps nothing."""
    page.locator("[data-staff] .her-edit__link").first.click()
    page.get_by_role("button", name="Take it out of the round").click()
    expect(page.locator("#edit-preview-title")).to_contain_text("taken out")
