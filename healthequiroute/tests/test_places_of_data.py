"""Wherever the product writes a file or a key of Redis, docs/privacy.md says what lies there and what erasure does."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "lsoa", "priorities", "routing", "healthequiroute")
WRITES = re.compile(
    r"write_bytes\(|write_text\(|os\.open\(|TemporaryDirectory\(|NamedTemporaryFile\(|mkstemp\("
    r"|open\([^)\n]*[\"'][wax]b?\+?[\"']"
    r"|\bwhole_file\(|Redis\.from_url\(|cache\.(?:set|add|incr|get_or_set|set_many)\("
)
# Tools of developers: made-up data alone.
NOT_THE_PRODUCT = re.compile(r"/tests/|/testing/|/bench/|_?bench(?:es|_cases)?\.py$|/demo")


def writers() -> set[str]:
    found = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if not NOT_THE_PRODUCT.search(name) and WRITES.search(path.read_text()):
                found.add(name)
    return found


def test_every_place_is_in_the_table():
    text = (ROOT / "docs" / "privacy.md").read_text()
    table = text[text.index("## Where data lie") :].partition("\n## ")[0]
    listed = set(re.findall(r"\(\.\./([\w/]+\.py)\)", table))
    missing = sorted(writers() - listed)
    assert missing == [], "Say in docs/privacy.md what lies there, and search it in the erasure test."
