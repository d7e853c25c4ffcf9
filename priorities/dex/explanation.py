"""A result in words: one structure for page, JSON and text alike, so that all three say the same.

``explain`` is a pure function of the model, what is known of the inputs and the outcome. Rules are numbered from 1 in
words (people count from 1) and from 0 in data.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from priorities.dex.model import Attribute, ClassGroup, Model, ScaleOrder, Table
from priorities.dex.thresholds import MISSING
from priorities.dex.vectorised import Evaluation


@dataclass(frozen=True)
class Outcome:
    """Results of one area: a class, range and rule per attribute in pre-order, relief per input of the model."""

    classes: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    rules: tuple[int, ...]
    probability: float
    relief: tuple[int, ...] = ()

    @classmethod
    def of(cls, evaluation: Evaluation, row: int, *, relief=(), root: int = 0) -> "Outcome":
        return cls(
            classes=tuple(evaluation.classes[row].tolist()),
            low=tuple(evaluation.low[row].tolist()),
            high=tuple(evaluation.high[row].tolist()),
            rules=tuple(evaluation.rules[row].tolist()),
            probability=float(evaluation.probability[row, root]),
            relief=tuple(int(steps) for steps in relief),
        )


@dataclass(frozen=True)
class InputFact:
    """What is known of one input: the number, how it was banded, where it comes from."""

    value: float | None = None
    unit: str = ""
    decimals: int = 1
    band: str = ""
    average: float | None = None
    average_of: str = ""
    source: str = ""
    period: str = ""
    indicator: str = ""
    is_estimate: bool = False
    missing_reason: str = ""


@dataclass(frozen=True)
class Factor:
    """One input in the explanation. ``relief``: steps by which the result would fall were it at its best class."""

    attribute: str
    label: str
    indicator: str
    value: float | None
    value_text: str
    class_index: int | None
    class_name: str
    group: str
    band: str
    average: float | None
    comparison: str
    source: str
    period: str
    is_missing: bool
    is_estimate: bool
    contributes: bool
    is_decisive: bool
    relief: int
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
    sentence: str


@dataclass(frozen=True)
class Explanation:
    headline: str
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

    def as_dict(self) -> dict:
        return asdict(self)

    def as_text(self) -> str:
        """Plain text: headline, summary, then a line per node and per factor."""
        lines = [self.headline, self.summary, ""]
        lines += [f"{'  ' * node.depth}- {node.sentence}" for node in self.nodes]
        lines += ["", "What the figures of the area say:"]
        lines += [f"- {factor.sentence}" for factor in self.factors]
        return "\n".join(lines)


def in_words(name: str) -> str:
    """Class and attribute names as people read them: "very_high" -> "very high"."""
    return name.replace("_", " ").strip().lower()


def inside_sentence(label: str) -> str:
    """A label after the start of a sentence: its first letter small, unless it opens with an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def explain(
    model: Model,
    facts: Mapping[int, InputFact],
    outcome: Outcome,
    *,
    labels: Mapping[str, str] | None = None,
    root: int = 0,
) -> Explanation:
    """Return why ``root`` has its class. ``facts``: input index -> what is known; ``labels``: attribute -> wording,
    and "ATTRIBUTE:class" -> wording of one class where its name will not do.
    """
    words = _Words(model, outcome, labels or {})
    factors = tuple(
        words.factor(index, facts.get(index, InputFact()), column, root) for column, index in enumerate(model.inputs)
    )
    nodes = tuple(words.node(index, root) for index in model.under(root) if not model.attributes[index].is_leaf)
    top = nodes[0]
    missing = tuple(factor.label for factor in factors if factor.is_missing)
    return Explanation(
        headline=words.headline(top, outcome.probability),
        summary=_summary(top, factors, missing),
        class_index=top.class_index,
        class_name=top.class_name,
        is_provisional=not top.is_certain,
        low_class=top.low_class,
        high_class=top.high_class,
        probability=outcome.probability,
        nodes=nodes,
        factors=factors,
        missing=missing,
    )


class _Words:
    """Looks names up for one model, one outcome and one set of labels."""

    def __init__(self, model: Model, outcome: Outcome, labels: Mapping[str, str]):
        self.model, self.outcome, self.labels = model, outcome, labels

    def label(self, attribute: Attribute) -> str:
        return self.labels.get(attribute.name) or in_words(attribute.name).capitalize()

    def class_name(self, attribute: Attribute, index: int) -> str:
        if index == MISSING or attribute.scale is None:
            return "not known"
        name = attribute.scale.classes[index].name
        return self.labels.get(f"{attribute.name}:{name}") or in_words(name)

    def headline(self, top: NodeExplanation, probability: float) -> str:
        if top.is_certain:
            return f"{top.label}: {top.class_name}"
        return f"{top.label}: {top.class_name} (provisional, probability {probability:.0%}; {_range(top)} possible)"

    def node(self, index: int, root: int) -> NodeExplanation:
        attribute, outcome = self.model.attributes[index], self.outcome
        low, high = sorted((outcome.low[index], outcome.high[index]), key=attribute.scale.by_urgency.index)
        rule = outcome.rules[index] if outcome.rules[index] != MISSING else None
        class_index = outcome.classes[index]
        node = NodeExplanation(
            attribute=attribute.name,
            label=self.label(attribute),
            depth=self._depth(index, root),
            class_index=class_index,
            class_name=self.class_name(attribute, class_index),
            group=_group(attribute, class_index),
            is_certain=low == high,
            low_class=self.class_name(attribute, low),
            high_class=self.class_name(attribute, high),
            rule=rule,
            rule_count=len(attribute.function.rules) if isinstance(attribute.function, Table) else 0,
            conditions=tuple(self._condition(child) for child in attribute.children),
            sentence="",
        )
        return _with_sentence(node)

    def _condition(self, index: int) -> tuple[str, str]:
        attribute, outcome = self.model.attributes[index], self.outcome
        low, high = outcome.low[index], outcome.high[index]
        if low == high:
            return self.label(attribute), self.class_name(attribute, low)
        low, high = sorted((low, high), key=attribute.scale.by_urgency.index)
        return self.label(attribute), f"{self.class_name(attribute, low)} to {self.class_name(attribute, high)}"

    def _depth(self, index: int, root: int) -> int:
        depth = 0
        while index != root:
            index = self.model.attributes[index].parent
            depth += 1
        return depth

    def factor(self, index: int, fact: InputFact, column: int, root: int) -> Factor:
        attribute = self.model.attributes[index]
        missing = self.outcome.low[index] != self.outcome.high[index]
        class_index = None if missing else self.outcome.classes[index]
        relief = self.outcome.relief[column] if self.outcome.relief else 0
        best = attribute.scale.by_urgency[0]
        factor = Factor(
            attribute=attribute.name,
            label=self.label(attribute),
            indicator=fact.indicator,
            value=None if missing else fact.value,
            value_text=_number(fact.value, fact) if fact.value is not None and not missing else "not known",
            class_index=class_index,
            class_name="not known" if missing else self.class_name(attribute, class_index),
            group="" if missing else _group(attribute, class_index),
            band=fact.band,
            average=fact.average,
            comparison=_comparison(fact),
            source=fact.source,
            period=fact.period,
            is_missing=missing,
            is_estimate=fact.is_estimate,
            contributes=not missing and class_index != best,
            is_decisive=relief > 0,
            relief=relief,
            sentence="",
        )
        return _with_factor_sentence(factor, fact, self.label(self.model.attributes[root]))


def _group(attribute: Attribute, class_index: int) -> str:
    if class_index == MISSING or attribute.scale.order is ScaleOrder.UNORDERED:
        return ClassGroup.NEUTRAL.value
    return attribute.scale.classes[class_index].group.value


def _range(node: NodeExplanation) -> str:
    return f"{node.low_class} to {node.high_class}"


def _with_sentence(node: NodeExplanation) -> NodeExplanation:
    # In brackets, because labels may hold commas themselves.
    conditions = _listed([f"{inside_sentence(label)} ({name})" for label, name in node.conditions])
    if node.rule is not None:
        sentence = f"{node.label}: {node.class_name}, from {conditions}: rule {node.rule + 1} of {node.rule_count}."
    elif node.is_certain:
        sentence = f"{node.label}: {node.class_name} whatever the missing figures are, from {conditions}."
    else:
        sentence = f"{node.label}: most probably {node.class_name}, {_range(node)} possible, from {conditions}."
    return replace(node, sentence=sentence)


def _listed(parts: list[str]) -> str:
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _with_factor_sentence(factor: Factor, fact: InputFact, root_label: str) -> Factor:
    if factor.is_missing:
        reason = f" ({fact.missing_reason})" if fact.missing_reason else ""
        return replace(factor, sentence=f"{factor.label}: no figure{reason}; every class was allowed.")
    details = [part for part in (factor.band, factor.comparison) if part]
    estimate = " (estimate)" if factor.is_estimate else ""
    sentence = f"{factor.label}: {factor.value_text}{estimate}, {factor.class_name}"
    sentence += f" ({'; '.join(details)})" if details else ""
    if factor.is_decisive:
        steps = "one step" if factor.relief == 1 else f"{factor.relief} steps"
        sentence += f"; at its lowest level {inside_sentence(root_label)} would fall by {steps}"
    source = ", ".join(part for part in (factor.source, factor.period) if part)
    sentence += f". Source: {source}." if source else "."
    return replace(factor, sentence=sentence)


def _comparison(fact: InputFact) -> str:
    if fact.average is None:
        return ""
    return f"average of {fact.average_of or 'all areas'} {_number(fact.average, fact)}"


def _number(value: float, fact: InputFact) -> str:
    """A number with its unit: "12.5%", "14 minutes", "decile 2"."""
    text = f"{value:,.{fact.decimals}f}"
    if fact.unit == "%":
        return f"{text}%"
    if fact.unit == "decile":
        return f"decile {text}"
    return f"{text} {fact.unit}".strip()


def _summary(top: NodeExplanation, factors: tuple[Factor, ...], missing: tuple[str, ...]) -> str:
    decisive = [factor.label for factor in factors if factor.is_decisive]
    high = [factor.label for factor in factors if factor.group == "BAD" and not factor.is_decisive]
    parts = [top.sentence]
    if decisive:
        parts.append(f"Decided by: {'; '.join(decisive)}.")
    if high:
        parts.append(f"Also at the highest level: {'; '.join(high)}.")
    if missing:
        parts.append(f"Without a figure: {'; '.join(missing)}.")
    return " ".join(parts)
