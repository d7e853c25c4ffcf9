"""`make audit` says what is known against the packages in use, and says so when it could not ask."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent.parent
SCRIPT = BASE_DIR / "infrastructure" / "local" / "audit_dependencies.py"
PYTHON_CLEAN = {"dependencies": [{"name": "django", "version": "5.2.19", "vulns": []}], "fixes": []}
PYTHON_FOUND = {
    "dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2"]}]}]
}
PYTHON_SKIPPED = {"dependencies": [{"name": "a", "skip_reason": "not found"}]}
NODE_CLEAN = {"vulnerabilities": {}, "metadata": {}}
NODE_FOUND = {
    "vulnerabilities": {
        "b": {"via": [{"url": "https://github.com/advisories/GHSA-x", "range": "<2", "severity": "high"}]},
        "c": {"via": ["b"]},
    }
}
NODE_AWAY = {"message": "request to https://registry.npmjs.org/ failed, reason: getaddrinfo ENOTFOUND"}


@pytest.fixture
def audit(tmp_path):
    """Runs the script with tools that answer so; returns its exit code and what it said."""

    def run(python, node):
        for name, answer in (("pip-audit", python), ("npm", node)):
            (tmp_path / f"{name}.json").write_text(answer if isinstance(answer, str) else json.dumps(answer))
            tool = tmp_path / name
            tool.write_text(f'#!/bin/sh\ncat "{tmp_path}/{name}.json"\necho "no route to host" >&2\nexit 1\n')
            tool.chmod(0o755)
        path = f"{tmp_path}:{os.environ['PATH']}"
        done = subprocess.run([sys.executable, SCRIPT], env={"PATH": path}, capture_output=True, text=True)
        return done.returncode, done.stdout

    return run


@pytest.mark.parametrize(
    ("python", "node", "status", "said"),
    [
        (PYTHON_CLEAN, NODE_CLEAN, 0, ["Python: 0 known", "Node: 0 known"]),
        (PYTHON_FOUND, NODE_CLEAN, 1, ["PYSEC-2026-1: a 1 (mended in 2)"]),
        (PYTHON_CLEAN, NODE_FOUND, 1, ["GHSA-x: b <2 (high)", "Node: 1 known"]),
        ("", NODE_CLEAN, 2, ["Python: NOT LOOKED AT", "no route to host", "Node: 0 known"]),
        (PYTHON_FOUND, NODE_AWAY, 2, ["PYSEC-2026-1", "Node: NOT LOOKED AT", "ENOTFOUND"]),
        (PYTHON_SKIPPED, NODE_CLEAN, 2, ["nothing was said about 1 packages, such as a"]),
    ],
)
def test_what_is_known_and_what_could_not_be_asked(audit, python, node, status, said):
    code, text = audit(python, node)
    assert code == status, text
    assert all(words in text for words in said), text


def test_what_is_accepted_is_accepted_until_a_day(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import audit_dependencies

    lines = ["# a comment", "", "PYSEC-2026-1 2026-11-22 Only used in tests", "GHSA-x 2026-11-21 Was waiting for 2.0"]
    assert audit_dependencies.accepted(lines, date(2026, 11, 22)) == {"PYSEC-2026-1"}
    with pytest.raises(ValueError, match="not enough values"):
        audit_dependencies.accepted(["PYSEC-2026-1 2026-11-22"], date(2026, 11, 22))


def test_the_list_of_what_is_accepted_can_be_read(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import audit_dependencies

    audit_dependencies.accepted(audit_dependencies.ACCEPTED.read_text().splitlines(), date.today())
