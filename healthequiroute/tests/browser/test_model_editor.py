"""A draft of the model from one raised weight to its publication by a second person, and the old version back."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import comes_true, fits, leave

NARROW = {"width": 390, "height": 844}
VERSIONS = "/admin/priorities/modelversion/"


@pytest.fixture
def sign_in_as(page, base_url):
    """Signs in as one of the two platform administrators, by name."""

    def sign_in(name: str):
        leave(page)
        page.goto(f"{base_url}/accounts/login/")
        page.get_by_role("button", name=re.compile(name)).click()
        page.wait_for_url(f"{base_url}/")

    return sign_in


def open_version(page, base_url, number: int):
    page.goto(f"{base_url}{VERSIONS}")
    page.get_by_role("link", name=re.compile(f"version {number}$")).click()


ANSWER_HOLDS = "async text => (await (await fetch(location.href)).text()).includes(text)"


def new_draft(page, base_url, trial: str) -> int:
    """A draft made from the first version; its number. Scenarios of others that were handed over are versions, too."""
    open_version(page, base_url, 1)
    page.get_by_role("link", name="New draft from this version").click()
    page.get_by_label("What will the draft try?").fill(trial)
    page.get_by_role("button", name="Make a draft").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(f": {trial}")
    return int(re.search(r"version (\d+):", heading.inner_text())[1])


def raise_access(page) -> str:
    """By keyboard: the slider and its number move together, the others make room, and the effect follows by itself.
    What the page says of it.
    """
    page.get_by_role("link", name="Priority", exact=True).click()
    slider = page.get_by_role("slider", name=re.compile("Access barriers"))
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    numbers = [
        page.get_by_label(name, exact=True) for name in ("Clinical need", "Social vulnerability", "Access barriers")
    ]
    assert sum(float(number.input_value()) for number in numbers) == 100
    says = page.locator("#edit-says")
    expect(says).to_contain_text("would change class")
    expect(says).not_to_contain_text("None of")
    expect(page.locator("#editing-rules")).to_contain_text("8 changed")
    expect(page.locator("#edit-live")).to_contain_text("8 rules changed")
    expect(slider).to_be_focused()
    effect = says.inner_text()
    # The map follows, and its legend and the list say the same.
    expect(page.locator(".edit-legend")).not_to_contain_text("Same class: 1200")
    expect(page.locator("#edit-map canvas").first).to_be_attached()
    expect(page.get_by_role("link", name="List the areas that would change class")).to_be_visible()
    return effect


def ask_for_review(page, check_accessibility):
    page.get_by_role("link", name="Ask for review").click()
    page.get_by_label("Why should this version come into force?").fill("Areas far from a practice are missed")
    check_accessibility()
    page.get_by_role("button", name="Ask for review").click()
    expect(page.get_by_text("another platform administrator has to publish it")).to_be_visible()


def publish(page, check_accessibility):
    expect(page.get_by_text("Areas far from a practice are missed")).to_be_visible()
    page.get_by_role("link", name="Publish").click()
    check_accessibility()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text(re.compile("published by Piotr Platform"))).to_be_visible()


def restore_the_first(page, base_url):
    open_version(page, base_url, 1)
    page.get_by_role("link", name="Restore").click()
    page.get_by_label("Why should this version come back into force?").fill("The trial is over")
    page.get_by_role("button", name="Restore this version").click()
    expect(page.get_by_text("The trial is over")).to_be_visible()


def test_one_weight_is_raised_reviewed_published_and_taken_back(page, base_url, sign_in_as, check_accessibility):
    sign_in_as("Petra Platform")
    number = new_draft(page, base_url, "Access counts more")
    check_accessibility()
    effect = raise_access(page)
    check_accessibility()

    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Nobody is affected until it is published")).to_be_visible()
    page.get_by_role("link", name=re.compile(f"version {number}$")).click()
    expect(page.locator(".edit-headline")).to_have_text(effect)
    page.get_by_role("link", name="Differences").click()
    page.get_by_role("link", name="List the areas that would change class").click()
    moved = page.locator(".edit-table th a").first.get_attribute("href")
    check_accessibility()
    page.go_back()
    page.go_back()
    ask_for_review(page, check_accessibility)

    sign_in_as("Piotr Platform")
    open_version(page, base_url, number)
    publish(page, check_accessibility)
    # The worker calculates the scores anew; then the area says why its class changed.
    page.goto(f"{base_url}{moved}priority/")
    why = f"model changed, from version 1 to version {number}"
    comes_true(page, ANSWER_HOLDS, why)
    page.reload()
    expect(page.locator("#history")).to_contain_text(why)

    restore_the_first(page, base_url)
    check_accessibility()
    # Whoever comes next finds the portal as it was.
    page.goto(f"{base_url}{moved}priority/")
    comes_true(page, ANSWER_HOLDS, f"model changed, from version {number} to version 1")


@pytest.fixture
def draft(page, base_url, sign_in_as):
    """The address of a fresh draft; its maker is signed in, and it is deleted in the end."""
    sign_in_as("Petra Platform")
    new_draft(page, base_url, "A trial")
    address = page.url.removesuffix("change/")
    yield address
    page.goto(f"{address}step/delete/")
    page.get_by_role("button", name="Delete this draft").click()


def test_contradictions_are_shown_where_they_are(page, draft, check_accessibility):
    page.goto(f"{draft}table/0/")
    page.get_by_label(re.compile("^Rule 1:")).select_option(label="Urgent")
    expect(page.get_by_text("These rules contradict each other")).to_be_visible()
    expect(page.get_by_label(re.compile("^Rule 1:"))).to_have_attribute("aria-invalid", "true")
    check_accessibility()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("alert")).to_contain_text("say why they should be kept")
    check_accessibility()
    # The refusal itself is an answer that the browser notes as an error.
    page.problems[:] = [text for text in page.problems if "422" not in text]


def test_a_moved_bound_recuts_the_histogram(page, draft, check_accessibility):
    page.goto(f"{draft}input/7/")
    page.get_by_label("Bound (%)").first.fill("5")
    page.keyboard.press("Tab")
    expect(page.locator("#edit-figure-7")).to_contain_text("under 5%")
    expect(page.locator("#edit-says")).not_to_contain_text("None of")
    # What the next field holds is not taken away from under the hand.
    expect(page.get_by_label("Soft zone, plus or minus").first).to_be_focused()
    check_accessibility()


@pytest.mark.parametrize("part", ["change/", "table/0/", "input/7/", "minutes/", "differences/", "step/propose/"])
def test_pages_of_a_draft_fit_a_phone(page, draft, part, check_accessibility):
    page.set_viewport_size(NARROW)
    page.goto(f"{draft}{part}")
    page.wait_for_load_state("networkidle")
    if page.locator("#edit-map").count():
        assert page.locator("#edit-map").bounding_box()["height"] > 300
    fits(page)
    check_accessibility()


def test_the_editor_works_without_javascript(new_context, page, draft):
    context = new_context(java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(f"{draft}table/0/")
    expect(plain.get_by_role("slider")).to_have_count(0)
    plain.get_by_label("Access barriers", exact=True).fill("42")
    plain.get_by_role("button", name="Show effect").click()
    expect(plain.locator("#edit-says")).to_contain_text("would change class")
    expect(plain.get_by_label("Clinical need", exact=True)).to_have_value("36")
    plain.get_by_role("button", name="Save draft").click()
    expect(plain.get_by_text("Nobody is affected until it is published")).to_be_visible()
    context.close()
