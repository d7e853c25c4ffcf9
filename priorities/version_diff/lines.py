"""One difference, and the labels that all sentences about differences share."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext

from priorities.dex.explanation import in_words, inside_sentence
from priorities.dex.model import Attribute, Model
from priorities.wording import ATTRIBUTE_LABELS

# As many single rules are told one by one; the rest are counted.
MOST_DETAILS = 12


class Kind(StrEnum):
    TREE = "tree"
    WEIGHT = "weight"
    RULES = "rules"
    THRESHOLD = "threshold"
    INDICATOR = "indicator"
    MINUTES = "minutes"
    AREAS = "areas"


@dataclass(frozen=True)
class DiffLine:
    """One difference as a sentence; ``details`` are sentences below it. ``attribute``: its key in the model, or "".
    ``count``: how many rules, bounds or areas it is about."""

    kind: Kind
    text: str
    attribute: str = ""
    details: tuple[str, ...] = ()
    count: int = 1


def label(name: str) -> str:
    return gettext(ATTRIBUTE_LABELS[name]) if name in ATTRIBUTE_LABELS else in_words(name).capitalize()


def inside(name: str) -> str:
    return inside_sentence(label(name))


def class_name(attribute: Attribute, index: int) -> str:
    """Class of an attribute in words; its number where it has no scale of its own."""
    if attribute.scale is None or index >= attribute.scale.size:
        return str(index)
    name = attribute.scale.names[index]
    return gettext(ATTRIBUTE_LABELS.get(f"{attribute.name}:{name}") or in_words(name))


def own_attributes(model: Model) -> dict[str, Attribute]:
    """Attributes by key, links left out: what a link copies is told once."""
    own = [attribute for attribute in model.attributes if attribute.index not in model.links]
    times = Counter(attribute.name for attribute in model.attributes)
    return {part.name if times[part.name] == 1 else f"#{part.index}": part for part in own}


def numbers(values: Iterable[float] | None) -> str:
    """Numbers as people read them: "8 and 12.5"; "none"."""
    texts = [f"{value:,.10g}" for value in values or ()]
    if not texts:
        return gettext("none")
    return gettext(" and ").join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def shortened(details: list[str]) -> tuple[str, ...]:
    """The first details, and how many more there are."""
    rest = len(details) - MOST_DETAILS
    if rest <= 0:
        return tuple(details)
    return (*details[:MOST_DETAILS], gettext("and %(count)s more") % {"count": f"{rest:,}"})
