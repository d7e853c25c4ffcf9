"""A planner changes a plan by hand: by keyboard, by mouse, with the verdict in sight, and takes it back."""

import re

from playwright.sync_api import expect

from .conftest import fits
from .test_visit_plan import NARROW, create_plan, take_the_first_plan


def open_editing(page, base_url, **plan):
    create_plan(page, base_url, seconds="60", **plan)
    take_the_first_plan(page)
    page.get_by_role("link", name="Change by hand").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change by hand")


def stop(page, visit):
    return page.locator(f'[data-staff] [data-visit="{visit}"] .her-edit__link')


def version(page):
    return int(page.locator("#edit-workspace").get_attribute("data-version"))


def test_a_visit_is_moved_by_keyboard_by_mouse_and_back(page, base_url, sign_in, check_accessibility):
    sign_in("Planner")
    open_editing(page, base_url, name="Changed by hand", visits=16)
    check_accessibility()
    visit = move_by_keyboard(page)
    check_accessibility()
    keep_by_keyboard(page, visit)
    give_up_by_keyboard(page, visit)
    ask_for_what_breaks_a_rule(page)
    check_accessibility()
    page.locator("#edit-give-up").click()
    page.set_viewport_size({"width": 1280, "height": 1600})
    take_out_by_mouse_and_undo(page, visit)
    move_by_mouse(page)
    page.set_viewport_size(NARROW)
    fits(page)
    expect(page.locator("#edit-verdict")).to_be_in_viewport()
    check_accessibility()


def move_by_keyboard(page):
    """Enter takes a visit up; arrows carry it on until it may stay somewhere. Some can stay with nobody else: then
    Escape, and another one. Returns the visit that moved.
    """
    rounds = page.locator("[data-staff]")
    for place in range(rounds.count()):
        cards = rounds.nth(place).locator("[data-visit]")
        visits = [card.get_attribute("data-visit") for card in cards.all()]
        # Whose round is the last has nobody to the right.
        key, steps = ("ArrowRight", rounds.count() - 1 - place) if place + 1 < rounds.count() else ("ArrowLeft", place)
        for visit in visits:
            if carried_on(page, visit, key, steps):
                expect(page.locator("#edit-verdict")).to_contain_text("No rule is broken")
                expect(page.locator("#her-live")).to_contain_text("Enter keeps it")
                expect(page.get_by_role("heading", name="What it costs")).to_be_visible()
                return visit
            page.keyboard.press("Escape")
            expect(page.locator("#edit-verdict")).to_have_count(0)
    raise AssertionError("no visit may stay with anybody else")


def carried_on(page, visit, key, steps):
    """Whether one of so many rounds on that side may have the visit; it is left there."""
    stop(page, visit).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#her-live")).to_contain_text("picked up")
    expect(page.locator("#edit-visit-title")).to_have_text(visit)
    expect(stop(page, visit)).to_be_focused()
    for _ in range(steps):
        before = page.locator("#edit-workspace").get_attribute("data-announce")
        page.keyboard.press(key)
        expect(page.locator("#edit-workspace")).not_to_have_attribute("data-announce", before)
        # Heard is what this move would do, not still that the visit was picked up.
        expect(page.locator("#her-live")).to_have_text(page.locator("#edit-workspace").get_attribute("data-announce"))
        expect(stop(page, visit)).to_be_focused()
        if page.locator("#edit-verdict").get_attribute("data-feasible") == "yes":
            return True
    return False


def keep_by_keyboard(page, visit):
    before = version(page)
    page.keyboard.press("Enter")
    expect(page.locator("#edit-kept")).to_contain_text(f"{visit} moved from")
    expect(stop(page, visit)).to_be_focused()
    assert version(page) == before + 1


def give_up_by_keyboard(page, visit):
    before = version(page)
    page.keyboard.press("Enter")
    expect(page.locator("#her-live")).to_contain_text("picked up")
    is_first = page.locator("[data-staff]").first.locator(f'[data-visit="{visit}"]').count()
    page.keyboard.press("ArrowRight" if is_first else "ArrowLeft")
    expect(page.locator("#edit-verdict")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#edit-verdict")).to_have_count(0)
    assert version(page) == before


def ask_for_what_breaks_a_rule(page):
    page.get_by_label("Start at").fill("00:10")
    page.get_by_role("button", name="Preview the start").click()
    expect(page.locator("#edit-verdict")).to_contain_text("00:10 is asked for")
    expect(page.locator("#edit-verdict")).to_have_attribute("data-feasible", "no")
    expect(page.get_by_role("button", name="Keep this change")).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("start at"))).to_be_visible()


def take_out_by_mouse_and_undo(page, visit):
    """Dropped on the list of what is left out."""
    before, card = version(page), page.locator(f'[data-staff] [data-visit="{visit}"]')
    expect(page.locator("#edit-verdict")).to_have_count(0)
    card.scroll_into_view_if_needed()
    drag(page, card, page.locator("#left-out-title"))
    expect(page.locator("#edit-preview-title")).to_have_text(f"{visit} taken out")
    expect(page.locator("#edit-preview-title")).to_be_focused()
    page.get_by_role("button", name="Keep this change").click()
    expect(page.locator("#edit-kept")).to_contain_text(f"{visit} taken out")
    expect(page.locator(f'[data-left-out] [data-visit="{visit}"]')).to_be_visible()
    assert version(page) == before + 1
    page.get_by_role("button", name="Undo the last change").click()
    expect(card).to_be_visible()


def move_by_mouse(page):
    """Dropped at the head of the round beside it: the judge says whether it may stay there."""
    rounds = page.locator("[data-staff]")
    # The search decides who has visits: not always the first, and somebody may have none.
    giver = next(place for place in range(rounds.count()) if rounds.nth(place).locator("[data-visit]").count())
    taker = giver + 1 if giver + 1 < rounds.count() else giver - 1
    rounds.nth(min(giver, taker)).evaluate("round => round.scrollIntoView({ inline: 'start', block: 'nearest' })")
    drag(page, rounds.nth(giver).locator("[data-visit]").first, rounds.nth(taker).locator("h2"))
    expect(page.locator("#edit-verdict")).to_be_visible()


def drag(page, what, where):
    start, end = what.bounding_box(), where.bounding_box()
    page.mouse.move(start["x"] + start["width"] - 12, start["y"] + start["height"] - 8)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    page.mouse.up()
