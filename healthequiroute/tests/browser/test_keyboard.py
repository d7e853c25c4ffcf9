"""By keyboard alone: nobody loses their place when a part of a page is replaced, and each result is said aloud."""

import re

from playwright.sync_api import expect

from .conftest import SEARCHED
from .keyboard import said, tab_to
from .test_plan_editing import open_editing, stop, version
from .test_visit_plan import create_plan


def test_a_search_is_started_watched_and_stopped(page, base_url, sign_in):
    sign_in("Planner")
    create_plan(page, base_url, name="Searched by keyboard", visits=40, seconds="120")
    tab_to(page, page.get_by_role("button", name="Optimise plan"))
    page.keyboard.press("Enter")
    # The way goes on from the state of the plan, past the head of the page.
    expect(page).to_have_url(re.compile("#plan-state$"))
    expect(page.locator("#plan-progress svg").first).to_be_visible(timeout=SEARCHED)
    expect(said(page)).to_contain_text("There is a plan to keep")
    assert tab_to(page, page.locator("#plan-stop")) < 10
    # The panel is replaced again and again; whoever is on the button stays there.
    before = page.locator("#plan-progress").inner_text()
    expect(page.locator("#plan-progress")).not_to_have_text(before, timeout=SEARCHED, use_inner_text=True)
    expect(page.locator("#plan-stop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#plan-verdict")).to_be_focused(timeout=SEARCHED)
    expect(said(page)).to_contain_text("Proposed. ")


def test_a_visit_is_kept_where_it_is_and_a_change_given_up(page, base_url, sign_in):
    sign_in("Planner")
    open_editing(page, base_url, name="Kept by keyboard", visits=16)
    visit = page.locator("[data-staff] [data-visit]").first.get_attribute("data-visit")
    tab_to(page, stop(page, visit))
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("picked up")
    page.keyboard.press("Escape")
    expect(said(page)).to_contain_text("Given up")
    # From the card to all that a form can ask for, past the other cards.
    skip = page.get_by_role("link", name=f"Other changes to {visit}")
    expect(skip).to_have_count(1)
    # It is said at once; the board as it was comes a moment later, with the focus where it was.
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    expect(stop(page, visit)).to_be_focused()
    assert tab_to(page, skip) == 1
    page.keyboard.press("Enter")
    expect(page.locator("#edit-visit-title")).to_be_focused()
    keep_here(page, visit)
    give_up_a_preview(page, visit)
    take_out_and_undo(page, visit)


def keep_here(page, visit):
    pin = page.locator("#edit-pin")
    tab_to(page, pin)
    for words, told in (("Do not keep it here any more", "is kept where it is"), ("Keep here", "may move again")):
        page.keyboard.press("Enter")
        expect(pin).to_have_text(words)
        expect(pin).to_be_focused()
        expect(said(page)).to_contain_text(f"{visit} {told}")


def give_up_a_preview(page, visit):
    before = version(page)
    tab_to(page, page.get_by_role("button", name="Take it out of the round"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#edit-preview-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#edit-visit-title")).to_be_focused()
    expect(said(page)).to_contain_text(f"Nothing was changed for {visit}")
    assert version(page) == before


def take_out_and_undo(page, visit):
    tab_to(page, page.get_by_role("button", name="Take it out of the round"))
    page.keyboard.press("Enter")
    expect(page.locator("#edit-preview-title")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Keep this change"))
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text(f"Kept. {visit} taken out")
    expect(page.locator(f'[data-left-out] [data-visit="{visit}"] .her-edit__link')).to_be_focused()
    tab_to(page, page.locator("#edit-undo"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#edit-kept")).to_be_focused()
    expect(page.locator(f'[data-staff] [data-visit="{visit}"]')).to_be_visible()


def test_a_message_is_sent_from_the_foot_of_a_page(page, base_url, sign_in):
    sign_in("Viewer")
    page.goto(f"{base_url}/glossary/")
    fold = page.locator("summary", has_text="Give feedback on this page")
    tab_to(page, fold, "Shift+Tab")
    page.keyboard.press("Enter")
    words = page.get_by_label("What do you want to say?")
    expect(words).to_be_visible()
    tab_to(page, page.get_by_role("radio", name="Something does not work"))
    page.keyboard.press("Space")
    tab_to(page, words)
    page.keyboard.type("Written by keyboard.")
    tab_to(page, page.get_by_role("button", name="Send feedback"))
    page.keyboard.press("Enter")
    expect(page.locator(".her-feedback__sent")).to_be_focused()
    expect(said(page)).to_contain_text("Your message was sent")


def test_the_forms_of_a_team_are_near(page, base_url, sign_in):
    sign_in("Planner")
    page.goto(f"{base_url}/teams/")
    page.get_by_role("link", name="City community nursing").click()
    links = page.get_by_role("navigation", name="On this page")
    assert tab_to(page, links.get_by_role("link", name="Add a person")) < 25
    page.keyboard.press("Enter")
    expect(page.locator("#add-person")).to_be_focused()
    page.keyboard.press("Enter")
    assert tab_to(page, page.get_by_label("Name on plans")) == 1


def test_a_scenario_is_saved_from_any_of_its_parts(page, base_url, sign_in):
    sign_in("Analyst")
    page.goto(f"{base_url}/scenarios/new/")
    page.get_by_label("What do you want to try?").fill("Saved by keyboard")
    page.keyboard.press("Enter")
    bar, save = page.locator("#scenario-bar"), page.get_by_role("button", name="Save")
    expect(bar).to_contain_text("As saved")
    page.wait_for_load_state("networkidle")
    page.get_by_role("slider", name="Access barriers").focus()
    # So far that the rules follow.
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    expect(bar).to_contain_text("Not saved yet")
    assert tab_to(page, page.get_by_role("link", name="Go to Save")) < 8
    page.keyboard.press("Enter")
    expect(save).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The scenario is saved.")).to_be_visible()
    expect(bar).to_contain_text("As saved")


# Which links and buttons have another ground with focus than that of focus, or words on it in another colour.
UNREADABLE = """
() => {
  const probe = document.createElement("i");
  probe.style.color = "var(--her-focus-ink)";
  probe.style.background = "var(--her-focus)";
  document.body.append(probe);
  const { color: ink, backgroundColor: ground } = getComputedStyle(probe);
  const found = [];
  for (const element of document.querySelectorAll("header a, header button, main a, footer a")) {
    element.focus({ preventScroll: true });
    const style = getComputedStyle(element);
    const isSeen = document.activeElement === element && element.checkVisibility();
    if (isSeen && (style.color !== ink || style.backgroundColor !== ground)) found.push(element.textContent.trim());
  }
  probe.remove();
  return found;
}
"""


def test_words_on_the_ground_of_focus_are_read_in_every_theme(page, base_url, sign_in):
    sign_in("Analyst")
    for address in ("/explore/", "/dashboard/", "/data/"):
        page.goto(f"{base_url}{address}")
        page.keyboard.press("Tab")
        for theme in ("light", "dark", "contrast"):
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            assert page.evaluate(UNREADABLE) == [], (address, theme)
