"""Tables whose rules contradict each other: which pairs, in words, and whether somebody has accepted them.

Of two rules, the one with the better conditions may not give the worse answer (dominance). An author may still want
such a pair; then a reason is kept with the version, and whoever publishes it confirms having seen it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from priorities.dex.model import Attribute, Model, Table
from priorities.dex.tables.consistency import conflicts, offenders
from priorities.dex.tables.grid import Ranges, TableScales
from priorities.dex.tables.wording import TableWords
from priorities.dex.values import format_value
from priorities.wording import ATTRIBUTE_LABELS

# Nobody can judge more; a table that contradictory is refused whole.
MOST_PAIRS = 1000
# As many pairs are told in words; the rest are counted.
MOST_SENTENCES = 12


@dataclass(frozen=True)
class TableConflict:
    """One table with contradicting rules. ``pairs``: rule indices, 0-based in file order; ``values``: what both rules
    give, so that acceptance ends when a rule is changed. ``shape``: classes of the arguments."""

    attribute: str
    label: str
    shape: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    values: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    is_too_contradictory: bool = False

    @property
    def count(self) -> int:
        return len(self.pairs)

    def is_covered_by(self, accepted: Mapping | None) -> bool:
        """Whether every pair, with the values it has now, is among those that were accepted."""
        if not accepted or self.is_too_contradictory or tuple(accepted["shape"]) != self.shape:
            return False
        known = {tuple(entry) for entry in accepted["pairs"]}
        return known >= set(self._entries())

    def accepted(self, *, reason: str, by: str, at: str) -> dict:
        """What a version keeps: who (id) accepted which pairs, when and why."""
        entries = [list(entry) for entry in self._entries()]
        return {"reason": reason, "by": by, "at": at, "shape": list(self.shape), "pairs": entries}

    def _entries(self):
        return [(*pair, *values) for pair, values in zip(self.pairs, self.values, strict=True)]


def attribute_key(model: Model, attribute: Attribute) -> str:
    """The name of an attribute, or ``#i`` (its pre-order index) where the name is not its alone."""
    alone = sum(other.name == attribute.name for other in model.attributes) == 1
    return attribute.name if alone else f"#{attribute.index}"


def conflicts_of(model: Model) -> dict[str, TableConflict]:
    """Every table whose entered rules contradict each other, by the name of its attribute."""
    found = {}
    for attribute in model.attributes:
        if not isinstance(attribute.function, Table):
            continue
        scales = TableScales.of(model, attribute)
        guilty = int(offenders(Ranges.of(attribute.function, scales), scales).sum())
        if guilty:
            found[attribute_key(model, attribute)] = _conflict(model, attribute, scales, guilty)
    return found


def unaccepted(model: Model, accepted: Mapping[str, Mapping]) -> dict[str, TableConflict]:
    """Those of ``conflicts_of`` that nobody has accepted as they are now."""
    return {name: found for name, found in conflicts_of(model).items() if not found.is_covered_by(accepted.get(name))}


def _conflict(model: Model, attribute: Attribute, scales: TableScales, guilty: int) -> TableConflict:
    # A rule is guilty in at least one pair, so pairs need not be listed to know that there are too many.
    pairs = tuple(conflicts(attribute.function, scales)) if guilty <= MOST_PAIRS else ()
    words = TableWords(model, attribute, ATTRIBUTE_LABELS)
    rules = attribute.function.rules
    return TableConflict(
        attribute=attribute_key(model, attribute),
        label=words.label(attribute),
        shape=scales.sizes,
        pairs=pairs,
        values=tuple((format_value(rules[first]), format_value(rules[second])) for first, second in pairs),
        sentences=tuple(words.conflict(*pair) for pair in pairs[:MOST_SENTENCES]),
        is_too_contradictory=guilty > MOST_PAIRS or len(pairs) > MOST_PAIRS,
    )
