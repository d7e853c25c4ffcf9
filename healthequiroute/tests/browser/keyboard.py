"""Somebody at a keyboard: goes from stop to stop with Tab, types, and never touches the mouse. At every stop the focus
has to be seen: on the screen, uncovered, marked, and on something that a finger could hit as well.
"""

from pathlib import Path

# More stops than any of these pages has between its head and what is looked for.
LONGEST_WAY = 150
# One expression, after a line that says what it is.
STOP = Path(__file__).with_name("keyboard_stop.js").read_text().split("\n", 1)[1].strip()


def tab_to(page, place, key: str = "Tab") -> int:
    """Presses Tab until this place has focus; returns how often."""
    for presses in range(1, LONGEST_WAY + 1):
        page.keyboard.press(key)
        wrong = page.evaluate(STOP)
        assert not wrong, f"{page.url}, after {presses} times {key}: {wrong}"
        if place.evaluate_all("(found) => found.includes(document.activeElement)"):
            return presses
    raise AssertionError(f"{LONGEST_WAY} times {key} do not lead to {place}")


def press(page, place, key: str = "Enter") -> int:
    """Goes there by Tab and presses it; returns how many stops it was."""
    stops = tab_to(page, place)
    page.keyboard.press(key)
    return stops


def enter(page) -> None:
    """Presses what has focus, and waits for the page that follows."""
    page.evaluate("() => { window.isBefore = true; }")
    page.keyboard.press("Enter")
    page.wait_for_function("() => !window.isBefore && document.readyState === 'complete'")


def go(page, place) -> int:
    """Goes there by Tab and on to the page that follows; returns how many stops it was."""
    stops = tab_to(page, place)
    enter(page)
    return stops


def skip_to(page, place) -> int:
    """To a place in the page's main part, past its head, as people go there; returns how many stops it was."""
    press(page, page.get_by_role("link", name="Skip to main content"))
    return 1 + tab_to(page, place)


def write(page, place, words: str) -> int:
    """Goes there by Tab and types: a field that is reached so is marked whole, what it held gives way."""
    stops = tab_to(page, place)
    page.keyboard.type(words)
    return stops


def said(page):
    """What is read out without anybody going there."""
    return page.locator("#her-live")
