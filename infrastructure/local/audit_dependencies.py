"""Asks the advisory databases about every pinned package: pip-audit for Python, npm audit for the front end.

Exit code 0: nothing is known against them, or what is known is accepted for now. 1: something is known that nobody has
accepted. 2: a database could not be asked, so nothing can be said about its packages.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
ACCEPTED = CHECKOUT / "infrastructure" / "accepted_findings.txt"
SECONDS = 120
CLEAN, FOUND, NOT_ASKED = 0, 1, 2
PYTHON = ("pip-audit", "--requirement", "requirements.txt", "--no-deps", "--disable-pip", "--format", "json")
NODE = ("npm", "audit", "--json", "--fetch-retries=0", "--fetch-timeout=20000")


class NotAsked(Exception):
    """The tool gave no answer that can be read; the message says what it gave."""


def python_findings(answer: str) -> dict[str, str]:
    """Identifier of each advisory and whom it is about."""
    packages = _read(answer)["dependencies"]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    if skipped:
        # pip-audit itself would call this "no known vulnerabilities".
        raise NotAsked(f"nothing was said about {len(skipped)} packages, such as {', '.join(sorted(skipped)[:3])}")
    return {
        advisory[
            "id"
        ]: f"{each['name']} {each['version']} (mended in {', '.join(advisory['fix_versions']) or 'nothing'})"
        for each in packages
        for advisory in each["vulns"]
    }


def node_findings(answer: str) -> dict[str, str]:
    vulnerabilities = _read(answer)["vulnerabilities"]
    return {
        via["url"].rpartition("/")[2]: f"{name} {via['range']} ({via['severity']})"
        for name, each in vulnerabilities.items()
        for via in each["via"]
        # A text names another package of this list, which has the advisory itself.
        if isinstance(via, dict)
    }


def _read(answer: str) -> dict:
    try:
        found = json.loads(answer)
    except ValueError:
        raise NotAsked("its answer is no JSON") from None
    if "dependencies" not in found and "vulnerabilities" not in found:
        raise NotAsked(str(found.get("message") or found.get("error") or "its answer is of another shape")[:200])
    return found


def ask(command: tuple[str, ...], read) -> dict[str, str]:
    """The findings of one tool. NotAsked where its database did not answer."""
    try:
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAsked(str(error)) from None
    try:
        # Both tools end with 1 when they found something, and when they could not look.
        return read(done.stdout)
    except (NotAsked, KeyError, TypeError) as error:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise NotAsked(f"{error}; {last[:300]}" if last else str(error)) from None


def accepted(lines: Iterable[str], today: date) -> set[str]:
    """Identifiers that are accepted today. A line: identifier, last day (2026-12-31), reason. ValueError otherwise."""
    found = set()
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        identifier, until, reason = line.split(maxsplit=2)
        if not reason.strip():
            raise ValueError(f"{identifier} is accepted without a reason.")
        if date.fromisoformat(until) >= today:
            found.add(identifier)
    return found


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> int:
    known = accepted(ACCEPTED.read_text().splitlines(), datetime.now(UTC).date())
    status = CLEAN
    tools = [("Python", PYTHON, python_findings), ("Node", NODE, node_findings)]
    for name, command, read in tools:
        try:
            findings = ask(command, read)
        except NotAsked as error:
            say(f"{name}: NOT LOOKED AT. {command[0]} could not ask its database: {error}")
            status = NOT_ASKED
            continue
        new = {identifier: about for identifier, about in findings.items() if identifier not in known}
        say(f"{name}: {len(findings)} known, {len(findings) - len(new)} of them accepted for now.")
        for identifier, about in sorted(new.items()):
            say(f"  {identifier}: {about}")
        if new and status == CLEAN:
            status = FOUND
    return status


if __name__ == "__main__":
    sys.exit(main())
