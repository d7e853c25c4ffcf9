"""The register of attacks (attacks.md) names tests that exist, and leaves out none that must be tried."""

import re
from pathlib import Path

import pytest
from django.conf import settings

REGISTER = Path(__file__).with_name("attacks.md")
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
# As the requirements name them; each must stand in the first column.
NAMED = (
    "ids of somebody else",
    "mass assignment",
    "CSRF",
    "stored markup",
    "reflected markup",
    "SQL injection",
    "CSV injection",
    "open redirect",
    "SSRF",
    "forged tokens (algorithm",
    "tokens used twice",
    "session fixation",
    "oversized bodies",
    "nested JSON",
    "zip and xlsx bombs",
    "names of files",
    "smuggling",
    "one person for a publication",
)


def attacks() -> list[list[str]]:
    """Cells of the rows: attack, doors, tried by, left behind, seen by."""
    rows = [line for line in REGISTER.read_text().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


@pytest.mark.parametrize("row", attacks(), ids=lambda row: row[0])
def test_an_attack_is_tried_and_seen(row):
    _, doors, tried, left, seen = row
    assert doors and left
    for tests in (tried, seen):
        assert TEST.findall(tests), f"Name a test: {tests}"
        missing = [each for each in TEST.findall(tests) if not exists(*each)]
        assert missing == []


def exists(path, name) -> bool:
    file = Path(settings.BASE_DIR, path)
    return file.is_file() and re.search(rf"^\s*def {name}\(", file.read_text(), re.MULTILINE) is not None


def test_all_that_must_be_tried_is_in_the_register():
    listed = "; ".join(row[0] for row in attacks())
    assert [name for name in NAMED if name not in listed] == []


def test_every_test_of_an_attack_file_belongs_to_an_attack():
    """A file of this folder that no row names would be forgotten, or never be found."""
    named = {Path(path).name for row in attacks() for path, _ in TEST.findall(" ".join(row))}
    files = {path.name for path in REGISTER.parent.glob("test_*.py")} - {Path(__file__).name}
    assert files - named == set()
