"""Tables in words: complex rules as sentences, and why two rules conflict.

``labels``: attribute name -> wording, and "ATTRIBUTE:class" -> wording, as in ``priorities.dex.explanation``.
"""

from collections.abc import Mapping

from priorities.dex.explanation import in_words, inside_sentence
from priorities.dex.model import Attribute, Model, ScaleOrder
from priorities.dex.tables.complex_rules import ComplexRule, complex_rules
from priorities.dex.tables.grid import TableScales
from priorities.dex.values import Value


class TableWords:
    """Names and sentences of one table of a model."""

    def __init__(self, model: Model, attribute: Attribute, labels: Mapping[str, str] | None = None):
        self.attribute = attribute
        self.arguments = [model.attributes[child] for child in attribute.children]
        self.scales = TableScales.of(model, attribute)
        self.labels = labels or {}

    def sentences(self, *, entered_only: bool = False) -> tuple[str, ...]:
        """One sentence per complex rule of the table."""
        boxes = complex_rules(self.attribute.function, self.scales, entered_only=entered_only)
        return tuple(self.sentence(box) for box in boxes)

    def sentence(self, box: ComplexRule) -> str:
        """For example "Priority: urgent, from clinical need (very high) and access barriers (high)."."""
        # The same form as the explanation of an area: brackets, because labels may hold commas and be plural.
        conditions = [
            f"{inside_sentence(self.label(argument))} ({self.span(argument, range(low, high + 1))})"
            for argument, low, high in zip(self.arguments, box.low, box.high, strict=True)
            if high - low + 1 < argument.size
        ]
        source = f"from {_joined(conditions, 'and')}" if conditions else "always"
        return f"{self.label(self.attribute)}: {self.value(box.value)}, {source}."

    def conflict(self, first: int, second: int) -> str:
        """Why two rules conflict: their conditions and what both give. Rules are counted from 1."""
        rules = [
            f"rule {index + 1} gives {self.rule_value(index)} from {self.conditions(index)}"
            for index in (first, second)
        ]
        return (
            f"R{rules[0][1:]}, and {rules[1]}: of these two, the one with the better conditions may not give the worse "
            f"answer."
        )

    def conditions(self, index: int) -> str:
        """Conditions of a rule: "price (high) and safety (low)"."""
        pairs = zip(self.arguments, self.scales.combination(index), strict=True)
        named = [
            f"{inside_sentence(self.label(argument))} ({self.class_name(argument, part)})"
            for argument, part in pairs
            if argument.scale is not None
        ]
        return _joined(named or ["always"], "and")

    def rule_value(self, index: int) -> str:
        return self.value(self.attribute.function.rules[index])

    def value(self, value: Value) -> str:
        """What a rule gives: a class, the classes that are possible, or that it is not defined."""
        if value.is_undefined:
            return "not defined"
        classes = value.classes
        if len(classes) == self.attribute.size and len(classes) > 1:
            return "open (any class)"
        is_range = classes[-1] - classes[0] + 1 == len(classes)
        return self.span(self.attribute, range(classes[0], classes[-1] + 1)) if is_range else self._listed(classes)

    def span(self, attribute: Attribute, classes: range) -> str:
        """A range of classes: one name, two with "or", more as "low to high" where the scale has an order."""
        is_ordered = attribute.scale is not None and attribute.scale.order is not ScaleOrder.UNORDERED
        if len(classes) > 2 and is_ordered:
            return f"{self.class_name(attribute, classes[0])} to {self.class_name(attribute, classes[-1])}"
        return _joined([self.class_name(attribute, index) for index in classes], "or")

    def _listed(self, classes: tuple[int, ...]) -> str:
        return _joined([self.class_name(self.attribute, index) for index in classes], "or")

    def label(self, attribute: Attribute) -> str:
        return self.labels.get(attribute.name) or in_words(attribute.name).capitalize()

    def class_name(self, attribute: Attribute, index: int) -> str:
        if attribute.scale is None:
            return ""
        name = attribute.scale.names[index]
        return self.labels.get(f"{attribute.name}:{name}") or in_words(name)


def _joined(names: list[str], word: str) -> str:
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
