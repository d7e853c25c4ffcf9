"""Puts an explanation together."""

from priorities.dex.explanation.facts import NO_EVIDENCE, NO_FACT, Evidence, Facts, Labels, Outcome
from priorities.dex.explanation.messages import ENGLISH, Catalogue, Say
from priorities.dex.explanation.parts import Explanation, Factor, NodeExplanation
from priorities.dex.explanation.sections import changes_of, sections_of
from priorities.dex.explanation.words import Words
from priorities.dex.model import ClassGroup, Model


def explain(
    model: Model,
    facts: Facts,
    outcome: Outcome,
    *,
    labels: Labels | None = None,
    root: int = 0,
    evidence: Evidence = NO_EVIDENCE,
    catalogue: Catalogue = ENGLISH,
) -> Explanation:
    """Return why ``root`` has its class. ``facts``: input index -> what is known; ``labels``: attribute -> wording,
    and "ATTRIBUTE:class" -> wording of one class where its name will not do; ``evidence``: what would change it, how
    sure it is, unmet need. A pure function: the same material gives the same sentences everywhere.
    """
    words = Words(model, outcome, labels or {}, catalogue, root)
    factors = tuple(words.factor(index, facts.get(index, NO_FACT), column) for column, index in enumerate(model.inputs))
    nodes = tuple(words.node(index) for index in model.under(root) if not model.attributes[index].is_leaf)
    top = nodes[0]
    changes = changes_of(words, facts, evidence)
    lead = _lead(words, top)
    return Explanation(
        headline=_headline(words, top),
        lead=lead,
        summary=_summary(words, lead, factors),
        class_index=top.class_index,
        class_name=top.class_name,
        is_provisional=not top.is_certain,
        low_class=top.low_class,
        high_class=top.high_class,
        probability=outcome.probability,
        nodes=nodes,
        factors=factors,
        missing=tuple(factor.label for factor in factors if factor.is_missing),
        changes=changes,
        sections=sections_of(words, top, nodes, factors, changes, facts, evidence),
        unmet_need=evidence.unmet_need if evidence.unmet_need_asked else None,
        figures_title=words.say(Say.FIGURES),
    )


def _headline(words: Words, top: NodeExplanation) -> str:
    if top.is_certain:
        return words.say(Say.HEADLINE, label=top.label, name=top.class_name)
    return words.say(
        Say.HEADLINE_PROVISIONAL,
        label=top.label,
        name=top.class_name,
        chance=words.catalogue.chance(words.outcome.probability),
        range=words.range_of(top),
    )


def _lead(words: Words, top: NodeExplanation) -> str:
    places = {"label": top.label, "name": top.class_name, "conditions": words.conditions(top)}
    if top.is_certain:
        return words.say(Say.BECAUSE, **places)
    return words.say(Say.BECAUSE_PROVISIONAL, range=words.range_of(top), **places)


def _summary(words: Words, lead: str, factors: tuple[Factor, ...]) -> str:
    lists = (
        (Say.DECIDED_BY, [factor.label for factor in factors if factor.is_decisive]),
        (Say.ALSO_HIGH, [f.label for f in factors if f.group == ClassGroup.BAD.value and not f.is_decisive]),
        (Say.WITHOUT_FIGURE, [factor.label for factor in factors if factor.is_missing]),
    )
    parts = [lead]
    for text, labels in lists:
        if labels:
            parts.append(words.say(text, labels=words.catalogue.joined(labels, Say.SEMICOLON)))
    return " ".join(parts)
