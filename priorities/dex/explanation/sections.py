"""What follows the tree: what would change the class, how sure it is, what is missing, unmet need, extremes."""

from collections.abc import Sequence

from priorities.dex.explanation.facts import NO_FACT, Evidence, Facts, SoftChances
from priorities.dex.explanation.messages import Say
from priorities.dex.explanation.parts import ChangeExplanation, Factor, NodeExplanation, Section
from priorities.dex.explanation.words import Words, inside_sentence
from priorities.dex.model import ClassGroup


def changes_of(words: Words, facts: Facts, evidence: Evidence) -> tuple[ChangeExplanation, ...]:
    """Each smallest change in words, with the bounds of the class that a figure would have to reach."""
    if evidence.nearest is None:
        return ()
    attributes, root = words.model.attributes, words.model.attributes[words.root]
    found = []
    for change in evidence.nearest.changes:
        moves = []
        for move in change.moves:
            attribute, bands = attributes[move.attribute], facts.get(move.attribute, NO_FACT).bands
            name = words.class_name(attribute, move.after)
            if bands:
                name = words.say(Say.CONDITION, label=name, name=bands[move.after])
            now = words.class_name(attribute, move.before)
            moves.append(words.say(Say.MOVE, label=words.inside(attribute), name=name, now=now))
        becomes = words.class_name(root, change.becomes)
        listed = words.catalogue.listed(moves)
        found.append(
            ChangeExplanation(
                moves=tuple((attributes[move.attribute].name, move.before, move.after) for move in change.moves),
                becomes=change.becomes,
                class_name=becomes,
                rises=change.rises,
                steps=sum(move.steps for move in change.moves),
                sentence=words.say(Say.CHANGE, moves=listed, root=words.root_inside, name=becomes),
            )
        )
    return tuple(found)


def sections_of(
    words: Words,
    top: NodeExplanation,
    nodes: Sequence[NodeExplanation],
    factors: Sequence[Factor],
    changes: Sequence[ChangeExplanation],
    facts: Facts,
    evidence: Evidence,
) -> tuple[Section, ...]:
    found = (
        Section("unmet_need", words.say(Say.UNMET), _unmet_need(words, evidence)),
        Section("changes", words.say(Say.CHANGES), _changes(words, top, changes, evidence)),
        Section("sure", words.say(Say.SURE), _sure(words, top, factors, facts, evidence)),
        Section("missing", words.say(Say.MISSING), _missing(words, factors, evidence)),
        Section("points", words.say(Say.POINTS), _points(words, nodes, factors)),
    )
    return tuple(section for section in found if section.sentences)


def _changes(
    words: Words, top: NodeExplanation, changes: Sequence[ChangeExplanation], evidence: Evidence
) -> tuple[str, ...]:
    if evidence.nearest is None:
        return ()
    sentences = [change.sentence for change in changes]
    by_urgency = words.model.attributes[words.root].scale.by_urgency
    nearest = evidence.nearest
    directions = (
        (False, by_urgency[0], Say.NO_CHANGE_BELOW, nearest.searched_falls),
        (True, by_urgency[-1], Say.NO_CHANGE_ABOVE, nearest.searched_rises),
    )
    for rises, end, texts, count in directions:
        if top.class_index != end and not any(change.rises is rises for change in changes):
            sentences.append(words.catalogue.count(texts, count, root=words.root_inside))
    return tuple(sentences)


def _sure(words: Words, top: NodeExplanation, factors: Sequence[Factor], facts: Facts, evidence: Evidence):
    if not top.is_certain:
        sentences = [words.say(Say.SURE_CHANCE, chance=words.catalogue.chance(words.outcome.probability))]
    elif any(factor.is_missing for factor in factors):
        sentences = [words.say(Say.SURE_WHATEVER)]
    else:
        sentences = [words.say(Say.SURE_RULES)]
    if trials := evidence.trials:
        what = words.say(trials.what)
        sentences.append(words.say(Say.SURE_DRAWS, kept=trials.kept, draws=trials.draws, what=what))
    if evidence.soft:
        sentences.append(_soft(words, top, evidence.soft))
    near = []
    for index, factor in zip(words.model.inputs, factors, strict=True):
        fact = facts.get(index, NO_FACT)
        if fact.near_bound is not None and not factor.is_missing:
            bound = words.number(fact.near_bound, fact)
            near.append(
                words.say(Say.NEAR_ONE, label=inside_sentence(factor.label), value=factor.value_text, bound=bound)
            )
    if near:
        sentences.append(words.say(Say.NEAR, labels=words.catalogue.joined(near, Say.SEMICOLON)))
    return tuple(sentences)


def _soft(words: Words, top: NodeExplanation, soft: SoftChances) -> str:
    chance = words.catalogue.chance(soft.chances[top.class_index])
    if soft.most_probable == top.class_index:
        return words.say(Say.SURE_SOFT, chance=chance)
    name = words.class_name(words.model.attributes[words.root], soft.most_probable)
    other = words.catalogue.chance(soft.chances[soft.most_probable])
    return words.say(Say.SURE_SOFT_OTHER, chance=chance, name=name, other=other)


def _missing(words: Words, factors: Sequence[Factor], evidence: Evidence) -> tuple[str, ...]:
    sentences = []
    root = words.model.attributes[words.root]
    for index, factor in zip(words.model.inputs, factors, strict=True):
        if not factor.is_missing:
            continue
        outcomes = evidence.nearest.if_known.get(index) if evidence.nearest else None
        if not outcomes:
            sentences.append(factor.sentence)
            continue
        by_result: dict[int, list[str]] = {}
        for class_index, becomes in outcomes.items():
            by_result.setdefault(becomes, []).append(words.class_name(words.model.attributes[index], class_index))
        places = {"label": factor.label, "root": words.root_inside}
        if len(by_result) == 1:
            name = words.class_name(root, next(iter(by_result)))
            sentences.append(words.say(Say.IF_KNOWN_SAME, name=name, **places))
            continue
        listed = [
            words.say(
                Say.IF_KNOWN_ONE, name=words.class_name(root, becomes), classes=words.catalogue.listed(names, Say.OR)
            )
            for becomes, names in by_result.items()
        ]
        sentences.append(words.say(Say.IF_KNOWN, outcomes=words.catalogue.joined(listed, Say.COMMA), **places))
    return tuple(sentences)


def _unmet_need(words: Words, evidence: Evidence) -> tuple[str, ...]:
    if not evidence.unmet_need_asked or evidence.unmet_need is False:
        return ()
    limits = evidence.unmet_need_limits
    stated = words.say(
        Say.UNMET_LIMITS,
        decile=limits.deprived_up_to,
        health=f"{limits.bad_health_from:g}",
        groups=limits.groups_low,
    )
    if not evidence.unmet_need:
        return (words.say(Say.UNMET_UNKNOWN, limits=stated),)
    caveats = (words.say(Say.UNMET_CRUDE),) if evidence.registers_are_crude else ()
    return (words.say(Say.UNMET_YES, limits=stated), *caveats)


def _points(words: Words, nodes: Sequence[NodeExplanation], factors: Sequence[Factor]) -> tuple[str, ...]:
    """The selective explanation: only the extremes, in tree order."""
    by_name = {part.attribute: part for part in (*nodes[1:], *factors)}
    inside = [words.model.attributes[index].name for index in words.model.under(words.root)]
    sentences = []
    for group, text in ((ClassGroup.BAD, Say.WEAK), (ClassGroup.GOOD, Say.STRONG)):
        labels = [
            by_name[name].label
            for name in inside
            if name in by_name and by_name[name].group == group.value and getattr(by_name[name], "is_certain", True)
        ]
        if labels:
            sentences.append(words.say(text, labels=words.catalogue.joined(labels, Say.SEMICOLON)))
    return tuple(sentences)
