"""The pictures of the documentation, taken from a running demo portal into docs/images.

usage: .venv/bin/python infrastructure/screenshots.py http://127.0.0.1:8000

The portal is one in demo mode, fresh from `manage.py seed_demo`; nothing in it is changed. After eight in the
morning the round of the day is late, since nobody has set off. Needs the development
packages and Chromium (CHROMIUM names it where it is not /usr/bin/chromium).
"""

import io
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
MOST_BYTES = 300_000
DESKTOP, PHONE = (1280, 960), (390, 844)


@dataclass(frozen=True)
class Picture:
    """`link` is followed from the page at `path` where the address has a part that each portal makes up. `ready` is a
    selector that the page shows when it is whole; `top` one that the picture begins with."""

    name: str
    role: str
    path: str
    ready: str
    link: str = ""
    top: str = ""
    size: tuple[int, int] = DESKTOP


COMPARED = "area=E01900081&area=E01900001&area=E01900002"
PICTURES = [
    Picture("home", "Planner", "/", ".her-figures li"),
    Picture("explore", "Planner", "/explore/", ".leaflet-container canvas, .leaflet-tile-loaded", size=(1280, 1100)),
    Picture("area", "Planner", "/areas/E01900081/", ".her-locator"),
    Picture("compare", "Planner", f"/compare/?{COMPARED}", "main table", top="main table"),
    Picture("plan", "Planner", "/plans/", ".her-route-name", link="td:has-text('Published')", size=(1280, 1500)),
    Picture("round", "Field worker", "/round/", "main h1", size=PHONE),
]


def signed_in(browser: Browser, address: str, picture: Picture) -> Page:
    """A page of a new visitor who has pressed the demo button of the role."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="light", reduced_motion="reduce", locale="en-GB"
    )
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.get_by_role("button", name=re.compile(f", {picture.role}$")).click()
    page.wait_for_url(f"{address}/")
    return page


def take(page: Page, address: str, picture: Picture) -> bytes:
    """The PNG of one page as a visitor sees it first, or from `top` on."""
    page.goto(f"{address}{picture.path}")
    if picture.link:
        page.locator("tr", has=page.locator(picture.link)).get_by_role("link").first.click()
    page.locator(picture.ready).first.wait_for()
    page.wait_for_load_state("networkidle")
    if picture.top:
        page.locator(picture.top).first.evaluate("(part) => part.closest('section').scrollIntoView()")
    return page.screenshot()


def save(png: bytes, path: Path) -> int:
    """Writes the picture with a palette, which a page of flat colours loses nothing by. Returns its size in bytes."""
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").quantize(colors=256, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


def main(address: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in PICTURES:
            page = signed_in(browser, address, picture)
            size = save(take(page, address, picture), IMAGES / f"{picture.name}.png")
            page.context.close()
            sys.stdout.write(f"{picture.name}.png {size // 1000} kB\n")
            if size > MOST_BYTES:
                sys.exit(f"{picture.name}.png is larger than {MOST_BYTES // 1000} kB")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"))
