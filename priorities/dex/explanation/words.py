"""Names, numbers and sentences of one model, one outcome and one language."""

from dataclasses import replace

from priorities.dex.explanation.facts import InputFact, Labels, Outcome
from priorities.dex.explanation.messages import Catalogue, Say
from priorities.dex.explanation.parts import Factor, NodeExplanation
from priorities.dex.model import Attribute, ClassGroup, Model, ScaleOrder, Table
from priorities.dex.thresholds import MISSING

HALF, ALMOST_ALL = 50, 99


def in_words(name: str) -> str:
    """Class and attribute names as people read them: "very_high" -> "very high"."""
    return name.replace("_", " ").strip().lower()


def inside_sentence(label: str) -> str:
    """A label after the start of a sentence: its first letter small, unless it opens with an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


class Words:
    def __init__(self, model: Model, outcome: Outcome, labels: Labels, catalogue: Catalogue, root: int):
        self.model, self.outcome, self.labels, self.catalogue, self.root = model, outcome, labels, catalogue, root
        self.say = catalogue.say

    def label(self, attribute: Attribute) -> str:
        return self.catalogue.name(self.labels.get(attribute.name) or in_words(attribute.name).capitalize())

    def inside(self, attribute: Attribute) -> str:
        return inside_sentence(self.label(attribute))

    @property
    def root_inside(self) -> str:
        return self.inside(self.model.attributes[self.root])

    def class_name(self, attribute: Attribute, index: int) -> str:
        if index == MISSING or attribute.scale is None:
            return self.say(Say.NOT_KNOWN)
        name = attribute.scale.classes[index].name
        return self.catalogue.name(self.labels.get(f"{attribute.name}:{name}") or in_words(name))

    def spread(self, attribute: Attribute, low: int, high: int) -> str:
        """One class, or "routine to urgent" from the less urgent to the more urgent end."""
        if low == high:
            return self.class_name(attribute, low)
        low, high = sorted((low, high), key=attribute.scale.by_urgency.index)
        return self.say(Say.RANGE, low=self.class_name(attribute, low), high=self.class_name(attribute, high))

    def conditions(self, node: NodeExplanation) -> str:
        """In brackets, because labels may hold commas themselves."""
        return self.catalogue.listed(
            [self.say(Say.CONDITION, label=inside_sentence(label), name=name) for label, name in node.conditions]
        )

    def node(self, index: int) -> NodeExplanation:
        attribute, outcome = self.model.attributes[index], self.outcome
        low, high = sorted((outcome.low[index], outcome.high[index]), key=attribute.scale.by_urgency.index)
        class_index = outcome.classes[index]
        node = NodeExplanation(
            attribute=attribute.name,
            label=self.label(attribute),
            depth=self._depth(index),
            class_index=class_index,
            class_name=self.class_name(attribute, class_index),
            group=group_of(attribute, class_index),
            is_certain=low == high,
            low_class=self.class_name(attribute, low),
            high_class=self.class_name(attribute, high),
            rule=outcome.rules[index] if outcome.rules[index] != MISSING else None,
            rule_count=len(attribute.function.rules) if isinstance(attribute.function, Table) else 0,
            conditions=tuple(self._condition(child) for child in attribute.children),
            detail="",
            sentence="",
        )
        detail = self._node_detail(node)
        return replace(node, detail=detail, sentence=self.say(Say.LABELLED, label=node.label, detail=detail))

    def _condition(self, index: int) -> tuple[str, str]:
        attribute = self.model.attributes[index]
        return self.label(attribute), self.spread(attribute, self.outcome.low[index], self.outcome.high[index])

    def _node_detail(self, node: NodeExplanation) -> str:
        places = {"name": node.class_name, "conditions": self.conditions(node)}
        if node.rule is not None:
            return self.say(Say.RULE, rule=node.rule + 1, rules=node.rule_count, **places)
        if node.is_certain:
            return self.say(Say.WHATEVER, **places)
        return self.say(Say.OPEN, range=self.range_of(node), **places)

    def range_of(self, node: NodeExplanation) -> str:
        return self.say(Say.RANGE, low=node.low_class, high=node.high_class)

    def _depth(self, index: int) -> int:
        depth = 0
        while index != self.root:
            index = self.model.attributes[index].parent
            depth += 1
        return depth

    def factor(self, index: int, fact: InputFact, column: int) -> Factor:
        attribute = self.model.attributes[index]
        missing = self.outcome.low[index] != self.outcome.high[index]
        class_index = None if missing else self.outcome.classes[index]
        relief = self.outcome.relief[column] if self.outcome.relief else 0
        is_known = fact.value is not None and not missing
        factor = Factor(
            attribute=attribute.name,
            label=self.label(attribute),
            indicator=fact.indicator,
            dataset=fact.dataset,
            value=fact.value if is_known else None,
            value_text=self.number(fact.value, fact) if is_known else self.say(Say.NOT_KNOWN),
            unit=fact.unit,
            class_index=class_index,
            class_name=self.say(Say.NOT_KNOWN) if missing else self.class_name(attribute, class_index),
            group="" if missing else group_of(attribute, class_index),
            band=fact.band,
            average=fact.average,
            average_text="" if fact.average is None else self.number(fact.average, fact),
            average_of=fact.average_of or self.say(Say.ALL_AREAS),
            local_average=fact.local_average,
            local_average_text="" if fact.local_average is None else self.number(fact.local_average, fact),
            local_place=fact.local_place,
            share_below=fact.share_below if is_known else None,
            place=self._place(fact) if is_known else "",
            comparison=self._comparison(fact) if is_known or not missing else "",
            source=fact.source,
            period=fact.period,
            is_missing=missing,
            is_estimate=fact.is_estimate,
            contributes=not missing and class_index != attribute.scale.by_urgency[0],
            is_decisive=relief > 0,
            relief=relief,
            detail="",
            sentence="",
        )
        detail = self._missing_detail(fact) if missing else self._factor_detail(factor)
        text = self.say(Say.LABELLED, label=factor.label, detail=detail)
        source = self.catalogue.joined([part for part in (factor.source, factor.period) if part], Say.COMMA)
        if not missing:
            text = self.say(Say.SOURCE, text=text, source=source) if source else self.say(Say.END, text=text)
        return replace(factor, detail=detail, sentence=text)

    def _missing_detail(self, fact: InputFact) -> str:
        if fact.missing_reason:
            return self.say(Say.NO_FIGURE_REASON, reason=self.catalogue.name(fact.missing_reason))
        return self.say(Say.NO_FIGURE)

    def _factor_detail(self, factor: Factor) -> str:
        figure = Say.FIGURE_ESTIMATE if factor.is_estimate else Say.FIGURE
        text = self.say(figure, value=factor.value_text, name=factor.class_name)
        details = [part for part in (factor.band, factor.comparison) if part]
        if details:
            text = self.say(Say.IN_BRACKETS, text=text, details=self.catalogue.joined(details, Say.SEMICOLON))
        if factor.is_decisive:
            steps = self.catalogue.count(Say.STEPS, factor.relief)
            text = self.say(Say.DECISIVE, text=text, root=self.root_inside, steps=steps)
        return text

    def _comparison(self, fact: InputFact) -> str:
        """With the nation, where the area stands in it, and with the local authority."""
        parts = []
        for average, place in ((fact.average, fact.average_of), (fact.local_average, fact.local_place)):
            if average is not None:
                place = place or self.say(Say.ALL_AREAS)
                parts.append(self.say(Say.AVERAGE, place=place, value=self.number(average, fact)))
        if place := self._place(fact):
            parts.append(place)
        return self.catalogue.joined(parts, Say.COMMA)

    def _place(self, fact: InputFact) -> str:
        """ "higher than 83% of areas"."""
        if fact.share_below is None:
            return ""
        share, text = fact.share_below, Say.HIGHER_THAN
        if share < HALF:
            share, text = 100 - share, Say.LOWER_THAN
        return self.say(text, share=self.catalogue.number(min(share, ALMOST_ALL), 0))

    def number(self, value: float, fact: InputFact) -> str:
        """A number with its unit: "12.5%", "14 minutes", "decile 2"."""
        text = self.catalogue.number(value, fact.decimals)
        if fact.unit == "%":
            return self.say(Say.PERCENT, value=text)
        if fact.unit == "decile":
            return self.say(Say.DECILE, value=text)
        return self.say(Say.WITH_UNIT, value=text, unit=fact.unit) if fact.unit else text


def group_of(attribute: Attribute, class_index: int) -> str:
    if class_index == MISSING or attribute.scale.order is ScaleOrder.UNORDERED:
        return ClassGroup.NEUTRAL.value
    return attribute.scale.classes[class_index].group.value
