"""What an explanation consists of: plain values with their sentences, the same for page, JSON and print."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Factor:
    """One input in the explanation. ``relief``: steps by which the result would fall were it at its best class.

    ``detail`` is the sentence without the label in front and the source behind.
    """

    attribute: str
    label: str
    indicator: str
    dataset: str
    value: float | None
    value_text: str
    unit: str
    class_index: int | None
    class_name: str
    group: str
    band: str
    average: float | None
    average_text: str
    average_of: str
    local_average: float | None
    local_average_text: str
    local_place: str
    share_below: float | None
    place: str
    comparison: str
    source: str
    period: str
    is_missing: bool
    is_estimate: bool
    contributes: bool
    is_decisive: bool
    relief: int
    detail: str
    sentence: str


@dataclass(frozen=True)
class NodeExplanation:
    """One aggregate: its class, what remains possible, the rule that fired and its conditions."""

    attribute: str
    label: str
    depth: int
    class_index: int
    class_name: str
    group: str
    is_certain: bool
    low_class: str
    high_class: str
    rule: int | None
    rule_count: int
    conditions: tuple[tuple[str, str], ...]
    detail: str
    sentence: str


@dataclass(frozen=True)
class ChangeExplanation:
    """Inputs (attribute, class now, class then) that together turn the result into another class."""

    moves: tuple[tuple[str, int, int], ...]
    becomes: int
    class_name: str
    rises: bool
    steps: int
    sentence: str


@dataclass(frozen=True)
class Section:
    """``kind``: changes, sure, missing, unmet_need or points."""

    kind: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """``lead`` is the one sentence that comes first; ``summary`` adds what decided; the rest follows in order."""

    headline: str
    lead: str
    summary: str
    class_index: int
    class_name: str
    is_provisional: bool
    low_class: str
    high_class: str
    probability: float
    nodes: tuple[NodeExplanation, ...]
    factors: tuple[Factor, ...]
    missing: tuple[str, ...]
    changes: tuple[ChangeExplanation, ...]
    sections: tuple[Section, ...]
    unmet_need: bool | None
    figures_title: str

    def section(self, kind: str) -> Section | None:
        return next((section for section in self.sections if section.kind == kind), None)

    def as_dict(self) -> dict:
        return asdict(self)

    def as_text(self) -> str:
        """Plain text: headline, summary, a line per node and per factor, then every section."""
        lines = [self.headline, self.summary, ""]
        lines += [f"{'  ' * node.depth}- {node.sentence}" for node in self.nodes]
        lines += ["", f"{self.figures_title}:"]
        lines += [f"- {factor.sentence}" for factor in self.factors]
        for section in self.sections:
            lines += ["", f"{section.title}:", *(f"- {sentence}" for sentence in section.sentences)]
        return "\n".join(lines)
