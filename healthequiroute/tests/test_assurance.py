"""What the papers claim leads somewhere: links of docs/assurance, the guides and the README, statuses, decisions."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(settings.BASE_DIR)
ASSURANCE = ROOT / "docs" / "assurance"
PAPERS = sorted(ASSURANCE.glob("*.md"))
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
SYMBOL = re.compile(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)`")
NAMED_TEST = re.compile(r"`([\w./-]+\.py)::(\w+)`")
# In the order in which the README counts them.
STATUSES = ("met", "partly", "not applicable", "not yet")
# OWASP ASVS 4.0.3, requirements of level 2 (those of level 1 included), by section: how many, or which.
ASVS_SECTIONS = (
    "1.1:1-7 1.2:1-4 1.4:1,4,5 1.5:1-4 1.6:1-4 1.7:1-2 1.8:1-2 1.9:1-2 1.10:1 1.11:1-2 1.12:2 1.14:1-6 "
    "2.1:1-12 2.2:1-3 2.3:1-3 2.4:1-5 2.5:1-7 2.6:1-3 2.7:1-6 2.8:1-7 2.9:1-3 2.10:1-4 "
    "3.1:1 3.2:1-4 3.3:1-4 3.4:1-5 3.5:1-3 3.7:1 4.1:1-3,5 4.2:1-2 4.3:1-3 "
    "5.1:1-5 5.2:1-8 5.3:1-10 5.4:1-3 5.5:1-4 6.1:1-3 6.2:1-6 6.3:1-2 6.4:1-2 "
    "7.1:1-4 7.2:1-2 7.3:1,3,4 7.4:1-3 8.1:1-4 8.2:1-3 8.3:1-8 9.1:1-3 9.2:1-4 10.2:1-2 10.3:1-3 "
    "11.1:1-8 12.1:1-3 12.2:1 12.3:1-6 12.4:1-2 12.5:1-2 12.6:1 "
    "13.1:1,3-5 13.2:1-3,5-6 13.3:1-2 13.4:1-2 14.1:1-4 14.2:1-6 14.3:2-3 14.4:1-7 14.5:1-4"
)


def relative(path):
    return str(path.relative_to(ROOT))


def table_rows(text, first):
    """Cells of the table rows whose first cell matches."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("|") and re.fullmatch(first, cells[0].strip("| ")):
            yield [cell.strip("| ") for cell in cells]


def slugs_of(text):
    """Anchors of the headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_defined(name, path):
    """A test is a function of that name; of anything else the name stands in the file."""
    last = name.split(".")[-1]
    text = path.read_text()
    if path.suffix == ".py" and last.startswith("test_"):
        return re.search(rf"^\s*(?:async )?def {last}\(", text, re.MULTILINE) is not None
    return re.search(rf"\b{re.escape(last)}\b", text) is not None


def names(words, target):
    """Whether `words` is the name of the file, or of something in it."""
    return target.is_dir() or words == target.name or is_defined(words, target)


def broken(page):
    text = page.read_text()
    for words, address in LINK.findall(text):
        if re.match(r"[a-z]+:", address):
            continue
        path, _, anchor = address.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            yield f"{address}: there is no such file"
        elif anchor and anchor not in slugs_of(target.read_text()):
            yield f"{address}: no such heading"
        elif (symbol := SYMBOL.fullmatch(words)) and not names(symbol[1], target):
            yield f"{symbol[1]} is not in {path}"
    for path, name in NAMED_TEST.findall(text):
        if not (ROOT / path).is_file() or not is_defined(name, ROOT / path):
            yield f"{path}::{name} does not exist"


@pytest.mark.parametrize("paper", PAGES, ids=relative)
def test_every_link_leads_to_something(paper):
    assert not list(broken(paper))


def hazards():
    text = (ASSURANCE / "hazard-log.md").read_text()
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        body = re.split(r"^## ", body, flags=re.MULTILINE)[0]
        entries = re.split(r"^- (?=[A-Z][a-z]+(?: risk)?:)", body, flags=re.MULTILINE)[1:]
        yield title, dict(entry.strip().split(": ", 1) for entry in entries)


def risk_matrix():
    text = (ASSURANCE / "hazard-log.md").read_text()
    severities = next(table_rows(text, "likelihood"))[1:]
    for likelihood, *risks in table_rows(text, "(?:Very )?(?:[Hh]igh|[Ll]ow)|Medium"):
        yield from (((severity, likelihood), int(risk)) for severity, risk in zip(severities, risks, strict=True))


def test_every_hazard_is_complete_and_has_a_control_that_exists_or_is_open():
    found = list(hazards())
    assert [title.split()[0] for title, _ in found] == [f"H{number:02}" for number in range(1, len(found) + 1)]
    for title, entries in found:
        assert {"Cause", "Effect", "Initial risk", "Controls", "Residual risk", "Owner"} <= entries.keys(), title
        assert LINK.search(entries["Controls"]) or "Open" in entries, f"{title}: no control with a link"


def test_risks_are_those_of_the_matrix_and_controls_raise_none():
    matrix = dict(risk_matrix())
    assert len(matrix) == 25
    for title, entries in hazards():
        risks = []
        for name in ("Initial risk", "Residual risk"):
            severity, likelihood, risk = re.fullmatch(r"(\w+), ([\w ]+): ([1-5])", entries[name]).groups()
            assert matrix[severity, likelihood] == int(risk), f"{title}: {name}"
            risks.append(int(risk))
        assert risks[1] <= risks[0], title
        assert risks[1] < 4, f"{title}: not to be used with such a risk"


def test_the_safety_case_names_every_hazard_whose_residual_risk_is_undesirable():
    case = (ASSURANCE / "clinical-safety-case.md").read_text()
    against = case.partition("## What argues against use today")[2].partition("\n## ")[0]
    high = {title.split()[0] for title, entries in hazards() if entries["Residual risk"].endswith(": 3")}
    assert high <= set(re.findall(r"\bH\d+\b", against))


def expected_requirements():
    for section in ASVS_SECTIONS.split():
        number, _, items = section.partition(":")
        for item in items.split(","):
            first, _, last = item.partition("-")
            yield from (f"{number}.{each}" for each in range(int(first), int(last or first) + 1))


def statuses(name, first):
    """Counts by status of the rows of a paper: number, words, status, evidence."""
    counts = Counter()
    for number, words, status, evidence in table_rows((ASSURANCE / name).read_text(), first):
        assert words and status in STATUSES, f"{name} {number}: {status!r}"
        assert evidence, f"{name} {number}: neither evidence nor reason"
        if status in ("met", "partly"):
            assert LINK.search(evidence), f"{name} {number}: {status}, but nothing shows it"
        counts[status] += 1
    return counts


def test_every_requirement_of_asvs_level_2_has_a_status_and_evidence_or_a_reason():
    numbers = [row[0] for row in table_rows((ASSURANCE / "asvs-level-2.md").read_text(), r"\d+\.\d+\.\d+")]
    assert numbers == list(expected_requirements())


@pytest.mark.parametrize(
    ("name", "first"), [("asvs-level-2.md", r"\d+\.\d+\.\d+"), ("dtac.md", r"[CD]\d+\.\d+(?:\.\d+)?")]
)
def test_the_readme_tells_how_many_are_met_and_how_many_not_yet(name, first):
    counts = statuses(name, first)
    readme = (ASSURANCE / "README.md").read_text()
    told = [row[1:] for row in table_rows(readme, rf"\[{re.escape(name)}\].*") if len(row) == 1 + len(STATUSES)]
    assert told == [[str(counts[status]) for status in STATUSES]]


def test_every_decision_for_a_person_stands_in_the_table():
    decisions = {number: rest for number, *rest in table_rows((ASSURANCE / "README.md").read_text(), r"P\d+")}
    assert list(decisions) == [f"P{number}" for number in range(1, len(decisions) + 1)]
    for number, (_, who, *_) in decisions.items():
        assert who.startswith("To be decided by "), number
    for paper in PAPERS:
        text = paper.read_text()
        unknown = set(re.findall(r"\bP\d+\b", text)) - decisions.keys()
        assert not unknown, f"{paper.name}: {unknown}"
        for line in text.splitlines():
            if "To be decided by" in line:
                assert re.search(r"\bP\d+\b", line), f"{paper.name}: not in the table of decisions: {line}"


def test_every_decision_is_mentioned_where_it_matters():
    others = "\n".join(paper.read_text() for paper in PAPERS if paper.name != "README.md")
    decisions = [number for number, *_ in table_rows((ASSURANCE / "README.md").read_text(), r"P\d+")]
    assert [number for number in decisions if not re.search(rf"\b{number}\b", others)] == []


def test_the_records_of_processing_list_the_fields_that_the_code_declares(capsys):
    call_command("list_personal_data", markdown=True)
    text = (ASSURANCE / "records-of-processing.md").read_text()
    held = re.search(r"<!-- fields begin -->\n(.*)<!-- fields end -->", text, re.DOTALL)[1]
    assert held == capsys.readouterr().out, "Put what `manage.py list_personal_data --markdown` prints there."


def test_every_paper_is_listed():
    readme = (ASSURANCE / "README.md").read_text()
    assert [paper.name for paper in PAPERS if paper.name != "README.md" and f"]({paper.name})" not in readme] == []
