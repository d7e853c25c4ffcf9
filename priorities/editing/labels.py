"""What attributes and classes are called in an editor."""

from priorities.dex.explanation import in_words
from priorities.dex.model import Attribute
from priorities.wording import ATTRIBUTE_LABELS


def label_of(attribute: Attribute) -> str:
    return ATTRIBUTE_LABELS.get(attribute.name) or in_words(attribute.name).capitalize()


def class_label(attribute: Attribute, index: int) -> str:
    """ "" for an attribute without a scale, whose one class has no name."""
    if attribute.scale is None or attribute.scale.continuous:
        return ""
    name = attribute.scale.names[index]
    found = ATTRIBUTE_LABELS.get(f"{attribute.name}:{name}") or in_words(name)
    return found[0].upper() + found[1:]
