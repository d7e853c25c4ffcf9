"""Fails the build when a view, an API view, a form, a task, an export or a command reaches past the organisation.

Data of an organisation is reached through `Model.objects.for_organisation(organisation)` or through a relation of
something that was reached so. Everything else that starts at such a model is reported: `Model.objects.filter(...)`,
`get_object_or_404(Model, ...)`, `model = Model` of a generic view, a manager handed on bare. A line that must do it
says why: `# unscoped: jobs of the platform belong to nobody`.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps

from accounts.scoping import OrganisationScopedQuerySet

# Ways into a model's rows that keep to one organisation, or to none.
# `national` are versions of the model that belong to no organisation, `scenarios_of` those of one.
SCOPED = {"for_organisation", "visible_to", "none", "national", "scenarios_of"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"}
# What answers people or works on its own: pages, API, tasks, forms, exports, commands, presenters.
CHECKED = ("views", "api", "tasks", "forms", "exports", "outputs", "commands", "presenters", "streams", "signals")
EXCUSE = "# unscoped: "


@dataclass(frozen=True)
class Violation:
    path: Path
    line: int
    what: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.what}"


def owned_models() -> set[str]:
    """Names of all models whose rows belong to one organisation."""
    return {
        model.__name__
        for model in apps.get_models()
        if issubclass(model._default_manager.get_queryset().__class__, OrganisationScopedQuerySet)
    }


def checked_files(root: Path, app_names: Iterable[str]) -> Iterator[Path]:
    """Modules and packages whose name begins with one of `CHECKED`, tests apart."""
    for app in app_names:
        for path in sorted((root / app).rglob("*.py")):
            rooms = path.relative_to(root / app).with_suffix("").parts
            if "tests" not in rooms and any(room.startswith(CHECKED) for room in rooms):
                yield path


def check(paths: Iterable[Path], owned: set[str]) -> list[Violation]:
    return [violation for path in paths for violation in check_source(path.read_text(), owned, path)]


def check_source(source: str, owned: set[str], path: Path = Path("source.py")) -> list[Violation]:
    """Violations of one module, in the order of its lines."""
    tree, lines = ast.parse(source), source.splitlines()
    finder = _Finder(owned | _aliases(tree, owned))
    finder.visit(tree)
    found = {Violation(path, line, what) for line, what in finder.found if EXCUSE not in lines[line - 1]}
    return sorted(found, key=lambda violation: violation.line)


def _aliases(tree, owned) -> set[str]:
    """Other names under which the module imports owned models."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {alias.asname for node in imports for alias in node.names if alias.name in owned and alias.asname}


class _Finder(ast.NodeVisitor):
    def __init__(self, owned):
        self.owned = owned
        self.found: list[tuple[int, str]] = []

    def _model(self, node) -> str | None:
        """The owned model that an expression names: `Job`, `models.Job`."""
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
        return name if name in self.owned else None

    def visit_Attribute(self, node):
        manager = node.value
        if isinstance(manager, ast.Attribute) and manager.attr in MANAGERS and self._model(manager.value):
            if node.attr not in SCOPED:
                self._report(node, f"{self._model(manager.value)}.{manager.attr}.{node.attr}")
            return
        if node.attr in MANAGERS and self._model(node.value):
            self._report(node, f"{self._model(node.value)}.{node.attr} handed on without for_organisation")
            return
        self.generic_visit(node)

    def visit_Call(self, node):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in SHORTCUTS and node.args and self._model(node.args[0]):
            self._report(node, f"{name}({self._model(node.args[0])}, ...)")
        self.generic_visit(node)

    def visit_ClassDef(self, node):
        # `class Meta: model = X` of a form or serializer names the shape, not the rows.
        assignments = [statement for statement in node.body if isinstance(statement, ast.Assign)]
        for statement in assignments if node.name != "Meta" else []:
            names = [getattr(target, "id", "") for target in statement.targets]
            if names == ["model"] and self._model(statement.value):
                self._report(statement, f"model = {self._model(statement.value)}, which shows every organisation")
        self.generic_visit(node)

    def _report(self, node, what):
        self.found.append((node.lineno, what))
