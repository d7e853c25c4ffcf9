"""Looks at one page after the other, in every theme, width and size of text, and collects what is wrong."""

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

# One expression, after a line that says what it is.
CHECKS = Path(__file__).with_name("page_checks.js").read_text().split("\n", 1)[1].strip()
WIDE, PHONE, ZOOMED = 1280, 390, 320  # 320: a window of 1280 at 400 %
THEMES = ("light", "dark", "contrast")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# To judge colours takes most of axe's time. Words of the same colour, size and weight on the same background have the
# same contrast on every page: in each theme they are judged where they are met first, and wherever they lie over
# something else.
COLOURS = ["color-contrast", "link-in-text-block"]
# What moves would be looked at half-way.
STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
# What is known and told in the accessibility statement (portal/statement/known.py): page and check ("": all of them),
# what it is, and why.
EXCEPTIONS = {
    ("api-docs", ""): (
        "The interactive description of the API",
        "Its inside is Swagger UI. The same is in words at /api/, and as a file at /api/v1/schema/.",
    ),
}
CONTENT = "() => (document.querySelector('main') ?? document.body).innerHTML"
# Secrets of forms and of the policy for scripts.
MADE_ANEW = re.compile(r'(value|nonce)="[\w+/=-]{20,}"')
SETTLED = "() => document.fonts.status === 'loaded' && !document.querySelector('.htmx-request')"
AXE = """async ([part, options]) => {
    const {violations} = await axe.run(part ? {include: [[part]]} : document, options);
    return violations.map(({id, impact, help, nodes}) => ({
        id, impact, help, count: nodes.length,
        nodes: nodes.slice(0, 3).map(({target, any, all, none}) =>
            `${target.join(' ')}: ${[...any, ...all, ...none].map(({message}) => message).join('; ')}`),
    }));
}"""
SIZE = "size => { document.documentElement.style.fontSize = size; dispatchEvent(new Event('resize')); }"
SET = """([name, value]) => {
    document.documentElement.setAttribute(name, value);
    dispatchEvent(new Event('resize'));
}"""
# The header arranges its links anew a moment after the window has changed.
ARRANGED = """async () => {
    const ends = performance.now() + 1500;
    while (document.documentElement.scrollWidth > window.innerWidth && performance.now() < ends) {
        await new Promise(resolve => setTimeout(resolve, 50));
    }
}"""


class Walk:
    """Collects pages and findings. `look` takes a page as it is on the screen; axe has been loaded into it."""

    def __init__(self):
        self.pages: list[dict] = []
        self.findings: list[dict] = []
        self.met: set[bytes] = set()
        # By theme: the colours that were judged (`unjudged` in page_checks.js).
        self.judged: dict[str, set[str]] = {theme: set() for theme in THEMES}

    def is_new(self, page, name: str) -> bool:
        """Whether this page was not met before with the same content: one without things of an organisation is the same
        for everybody.
        """
        content = name + MADE_ANEW.sub("", page.evaluate(CONTENT))
        digest = hashlib.sha256(content.encode()).digest()
        if digest in self.met:
            return False
        self.met.add(digest)
        return True

    def look(self, page, name: str, who: str, *, state: str = "as it is", thorough: bool = True) -> None:
        """All checks; afterwards the page is as wide, as light and its text as large as before."""
        if (name, "") in EXCEPTIONS:
            return
        spot = _Spot(self, page, {"page": name, "role": who, "state": state})
        page.evaluate(STILL)
        page.wait_for_function(SETTLED)
        heading = page.locator("h1")
        title = heading.first.inner_text() if heading.count() else ""
        # How many of the looks below a page gets.
        checks = 13 if thorough else 6
        self.pages.append({"name": name, "title": title, "role": who, "state": state, "checks": checks})
        for line in spot.ask("structure"):
            spot.note("heading", line)
        spot.axe("")
        self._colours(page, spot, THEMES if thorough else THEMES[:1])
        if thorough:
            for line in spot.ask("keyboard"):
                spot.note("keyboard", line)
        self._sizes(page, spot, thorough)

    def _colours(self, page, spot, themes):
        before = page.evaluate("() => document.documentElement.dataset.theme")
        for theme in themes:
            page.evaluate(SET, ["data-theme", theme])
            judged = self.judged[theme]
            new = page.evaluate(f"judged => {CHECKS}.unjudged(judged)", sorted(judged))
            judged.update(new["fresh"])
            if new["marked"]:
                spot.axe(f" ({theme})", colours_of="[data-unjudged]")
        page.evaluate(SET, ["data-theme", before or "light"])

    def _sizes(self, page, spot, thorough):
        if thorough:
            page.evaluate(SET, ["data-text-size", "150"])
            spot.fits("text 150 %")
            page.evaluate(SET, ["data-text-size", "100"])
            page.evaluate(SIZE, "200%")
            spot.fits("text 200 %")
            page.evaluate(SIZE, "")
        for width in (PHONE, ZOOMED):
            page.set_viewport_size({"width": width, "height": 800})
            spot.fits(f"{width} px")
        if thorough:
            spot.axe(f" ({ZOOMED} px)")
        page.set_viewport_size({"width": WIDE, "height": 900})

    def console(self, name, who, problems, state="as it is"):
        for text in problems:
            self.findings.append(_finding({"page": name, "role": who, "state": state}, "console", text))

    def write(self, path: Path) -> None:
        """Keeps the results where `manage.py accessibility_statement` finds them."""
        path.parent.mkdir(parents=True, exist_ok=True)
        result = {
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "axe": AXE_SCRIPT.split("axe v", 1)[1].split(None, 1)[0],
            "rules": TAGS,
            "widths": [WIDE, PHONE, ZOOMED],
            "themes": list(THEMES),
            "pages": self.pages,
            "findings": self.findings,
            "exceptions": [
                {"page": page, "check": check, "what": what, "why": why}
                for (page, check), (what, why) in EXCEPTIONS.items()
            ],
        }
        path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")

    def told(self) -> str:
        """The findings, page by page; the same one on many pages once, with the pages."""
        by_text: dict[str, list[str]] = {}
        for finding in self.findings:
            words = f"[{finding['check']}{' ' + finding['rule'] if finding['rule'] else ''}] {finding['text']}"
            by_text.setdefault(words, []).append(f"{finding['page']} as {finding['role']}, {finding['state']}")
        return "\n".join(
            f"{words}\n    {len(places)}: {' | '.join(places[:8])}"
            for words, places in sorted(by_text.items(), key=lambda item: (item[1][0], item[0]))
        )


class _Spot:
    """One page in one state."""

    def __init__(self, walk, page, place):
        self.walk, self.page, self.place = walk, page, place

    def ask(self, question) -> list[str]:
        return self.page.evaluate(f"() => {CHECKS}.{question}()")

    def note(self, check, text, rule="", impact=""):
        if (self.place["page"], check) in EXCEPTIONS:
            return
        self.walk.findings.append(_finding(self.place, check, text, rule, impact))

    def axe(self, when, *, colours_of: str | None = None):
        """Every rule but those of colours, on the whole page; or those of colours, on a part of it (a selector)."""
        chosen = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {rule: {"enabled": False} for rule in COLOURS}}
        if colours_of:
            chosen = {"runOnly": {"type": "rule", "values": COLOURS}}
        options = chosen | {"resultTypes": ["violations"]}
        for found in self.page.evaluate(AXE, [colours_of, options]):
            text = f"{found['help']}{when}, {found['count']}: {' / '.join(found['nodes'])}"
            self.note("axe", text, found["id"], found["impact"] or "")

    def fits(self, when):
        self.page.evaluate(ARRANGED)
        for check in ("overflow", "clipped"):
            for line in self.ask(check):
                self.note(check, f"{when}: {line}")


def _finding(place, check, text, rule="", impact=""):
    return {**place, "check": check, "rule": rule, "impact": impact, "text": text}
