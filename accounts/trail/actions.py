"""Every action that the sources record: found by reading them, so that none is without words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ..permissions import PERMISSION_NAMES
from .words import PAGE_WORDS

ACTION = re.compile(r"^[a-z][a-z_]*[.][a-z][a-z_]*$")
# Written as one word before groups were thought of.
WITHOUT_GROUP = {"sign_out"}
# Calls whose texts are no actions.
NAMING = {"record_reading", "Kind", "EventType", "kind_of", "_emit"}
FILES = (".csv", ".zip", ".json", ".jsonl", ".html", ".txt")


def recorded_actions(root: Path, packages: list[str]) -> dict[str, str]:
    """Action -> file, of the packages below `root` without their tests.

    Literal values of `action=` say which groups there are ("member" of "member.suspended"). A text of such a group in
    a module that speaks of the trail is one as well, since many services get theirs handed over.
    """
    trees = {path: ast.parse(path.read_text()) for path in _modules(root, packages)}
    literal = {action: path for path, tree in trees.items() for action in _literal_actions(tree)}
    groups = {action.partition(".")[0] for action in literal}
    found = dict(literal)
    for path, tree in trees.items():
        if _records(tree):
            texts = (text for text in _texts(tree) if text.partition(".")[0] in groups and text not in PAGE_WORDS)
            found |= {text: path for text in texts if text not in found}
    return {action: str(path.relative_to(root)) for action, path in found.items() if action not in PERMISSION_NAMES}


def _modules(root, packages) -> Iterator[Path]:
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            if not {"tests", "migrations", "testing"} & set(path.parts):
                yield path


def _literal_actions(tree) -> Iterator[str]:
    for node in ast.walk(tree):
        for keyword in getattr(node, "keywords", None) or []:
            if getattr(keyword, "arg", None) == "action":
                parts = [part.value for part in ast.walk(keyword.value) if isinstance(part, ast.Constant)]
                yield from (part for part in parts if isinstance(part, str) and _is_action(part))


def _texts(tree) -> Iterator[str]:
    pages = {id(part) for node in ast.walk(tree) if _names_no_action(node) for part in ast.walk(node)}
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in pages)
    return (value for value in constants if isinstance(value, str) and _is_action(value))


def _names_no_action(node) -> bool:
    """A call of `record_reading`, whose texts name kinds of pages, and the naming of a kind of job or notice, or of an
    event for other systems.
    """
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]).upper().endswith("KIND")
    if isinstance(node, ast.keyword):
        return node.arg in ("kind", "event")
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in NAMING


def _is_action(text) -> bool:
    return bool(ACTION.match(text)) and not text.endswith(FILES) or text in WITHOUT_GROUP


def _records(tree) -> bool:
    """Whether a module speaks of the trail: it imports `audit` or something of it."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    return bool(names & {"audit", "record", "recording"})
