"""Puts the differences between two versions together, with how many areas they would move."""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from priorities.dex.dxi import read_dxi
from priorities.dex.model import ModelError
from priorities.model_versions import compile_version
from priorities.models import ModelVersion
from priorities.preview import moved_between

from .lines import DiffLine, Kind
from .settings import input_lines, minutes_lines
from .tables import tree_lines

# A summary names so many single differences; of more it gives the number.
MOST_NAMED = 3


@dataclass(frozen=True)
class VersionDiff:
    """``lines``: tree, weights, rules, indicators, thresholds, minutes, in that order, the areas last. ``moved``: areas
    whose class would be another on the figures of now; None when a version is not finished, or was not asked for."""

    lines: tuple[DiffLine, ...]
    moved: int | None = None

    @property
    def is_empty(self) -> bool:
        return not any(line.kind is not Kind.AREAS for line in self.lines)

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(line.text for line in self.lines)

    @property
    def summary(self) -> str:
        """One sentence: "Weight of access barriers in Priority: 17 → 25; 3 rules changed; 412 areas would ..."."""
        if self.is_empty:
            return gettext("Nothing differs.")
        parts = []
        for kind in (Kind.TREE, Kind.WEIGHT, Kind.INDICATOR, Kind.THRESHOLD, Kind.MINUTES):
            lines = [line for line in self.lines if line.kind is kind]
            named = [line.text.rstrip(".") for line in lines]
            parts += named if len(named) <= MOST_NAMED else [_counted(kind, len(named))]
        rules = sum(line.count for line in self.lines if line.kind is Kind.RULES)
        if rules:
            parts.append(ngettext("%(count)s rule changed", "%(count)s rules changed", rules) % {"count": f"{rules:,}"})
        if self.moved is not None:
            parts.append(_moved(self.moved).rstrip("."))
        first, *rest = parts or [self.lines[0].text.rstrip(".")]
        return "; ".join([first, *(part[:1].lower() + part[1:] for part in rest)]) + "."


def compare_versions(old: ModelVersion, new: ModelVersion, *, areas: bool = True) -> VersionDiff:
    """Return what differs in ``new``; either may be an unsaved draft. ``areas``: also count areas that change class,
    which evaluates both versions over all areas. Raises DxiError for a definition that cannot be read."""
    before, after = read_dxi(old.definition), read_dxi(new.definition)
    lines = sorted(tree_lines(before, after), key=lambda line: list(Kind).index(line.kind))
    lines += [*input_lines(old, new), *minutes_lines(old, new, after)]
    moved = _areas_moved(old, new) if areas and lines else None
    if moved is not None:
        lines.append(DiffLine(Kind.AREAS, _moved(moved), count=moved))
    elif areas and lines:
        text = gettext("How many areas would change class can be said when both versions are finished.")
        lines.append(DiffLine(Kind.AREAS, text, count=0))
    return VersionDiff(tuple(lines), moved)


def differences(old: ModelVersion, new: ModelVersion) -> list[str]:
    """The sentences of ``compare_versions``, areas included."""
    return list(compare_versions(old, new).sentences)


def _areas_moved(old: ModelVersion, new: ModelVersion) -> int | None:
    try:
        compiled = [compile_version(version) for version in (old, new)]
    except (ModelError, ValueError):
        # Not finished: its parts do not fit each other yet, and `standing_problems` says which.
        return None
    sizes = {version.model.attributes[0].size for version in compiled}
    if len(sizes) != 1 or not all(version.thresholds for version in compiled):
        return None
    return moved_between(*compiled)


def _moved(count: int) -> str:
    if not count:
        return gettext("No area would change class.")
    text = ngettext("%(count)s area would change class.", "%(count)s areas would change class.", count)
    return text % {"count": f"{count:,}"}


def _counted(kind: Kind, count: int) -> str:
    names = {
        Kind.TREE: gettext("%(count)s parts of the tree differ"),
        Kind.WEIGHT: gettext("%(count)s weights differ"),
        Kind.INDICATOR: gettext("%(count)s inputs are read from other indicators"),
        Kind.THRESHOLD: gettext("bounds of %(count)s inputs differ"),
        Kind.MINUTES: gettext("%(count)s settings of visit minutes differ"),
    }
    return names[kind] % {"count": count}
