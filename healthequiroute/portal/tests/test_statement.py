"""The accessibility statement says what the recorded walk found, and only that."""

import json
import re

import pytest
from django.core.management import CommandError, call_command

from healthequiroute.portal.statement import results
from healthequiroute.portal.statement.known import KNOWN

from .test_explore import text_of

WALK = {
    "made_at": "2026-11-22T15:20:00+00:00",
    "axe": "4.10.3",
    "widths": [1280, 390],
    "themes": ["light", "dark", "contrast"],
    "pages": [
        {"name": "home", "title": "Good morning, Zebulon", "role": "planner", "state": "as it is"},
        {"name": "home", "title": "Good morning", "role": "analyst", "state": "empty"},
        {"name": "plans", "title": "Plans", "role": "planner", "state": "as it is"},
    ],
    "findings": [
        {"page": "plans", "role": "planner", "state": "as it is", "check": "axe", "rule": "color-contrast",
         "impact": "serious", "text": "Zebulon"},
        {"page": "plans", "role": "analyst", "state": "empty", "check": "axe", "rule": "color-contrast",
         "impact": "serious", "text": "x"},
    ],
}  # fmt: skip


@pytest.fixture
def made(tmp_path, monkeypatch, capsys):
    """The statement's file as the command makes it from a walk."""
    (tmp_path / "walk.json").write_text(json.dumps(WALK))
    out = tmp_path / "results.json"
    call_command("accessibility_statement", results=tmp_path / "walk.json", out=out)
    monkeypatch.setattr(results, "RESULTS", out)
    return out


def test_the_command_counts_and_keeps_nothing_of_what_stood_on_pages(made, capsys):
    summary = json.loads(made.read_text())
    assert (summary["pages"], summary["views"], summary["roles"]) == (2, 3, 2)
    assert summary["findings"] == [
        {"page": "plans", "check": "axe", "rule": "color-contrast", "impact": "serious", "times": 2}
    ]
    assert "Zebulon" not in made.read_text()
    assert "2 pages in 3 views" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_page_says_what_the_file_says(made, client):
    text = text_of(client.get("/accessibility/"))
    assert "On 22 November 2026 a browser walked over 2 pages in 3 views" in text
    assert "axe-core 4.10.3" in text
    assert "It found 1 problem." in text
    assert "color-contrast" in text


@pytest.mark.django_db
def test_without_a_walk_the_page_says_so(tmp_path, monkeypatch, client):
    monkeypatch.setattr(results, "RESULTS", tmp_path / "none.json")
    assert "has not been recorded for this version yet" in text_of(client.get("/accessibility/"))


def test_a_walk_that_is_missing_or_not_whole_is_refused(tmp_path):
    with pytest.raises(CommandError, match="Run the walk"):
        call_command("accessibility_statement", results=tmp_path / "none.json", out=tmp_path / "out.json")
    (tmp_path / "half.json").write_text('{"made_at": "2026-11-22"}')
    with pytest.raises(CommandError, match="lacks axe"):
        call_command("accessibility_statement", results=tmp_path / "half.json", out=tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()


@pytest.mark.django_db
def test_the_statement_in_force_agrees_with_its_file(client):
    """The words of the Regulations' model statement, the known exceptions, and the figures of the committed file."""
    text = text_of(client.get("/accessibility/"))
    for heading in ("Feedback and contact", "Enforcement procedure", "Technical information", "Compliance status"):
        assert heading in text
    assert all(each.what in text for each in KNOWN)
    summary = results.committed()
    if summary is None:
        assert "has not been recorded" in text
    else:
        assert f"walked over {summary['pages']:,} pages in {summary['views']:,} views" in text
        found = re.search(r"It found (nothing|[\d,]+ problems?)\.", text).group(1)
        number = len(summary["findings"])
        assert found == (f"{number:,} problem{'s' if number != 1 else ''}" if number else "nothing")
