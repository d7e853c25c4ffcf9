"""Conversion between the two notations of ``.dxi`` files, for tools that read only one of them.

Old (DEXi): FUNCTION with a character for each rule, OPTION with a character for each class. New (DEXiWin, DEXiLibrary):
TABLE with one RULE for each rule, ALTERNATIVE. The new one holds everything; what the old one cannot is refused, not
simplified. DISCRETIZE has one notation only.
"""

from dataclasses import replace
from enum import Enum

from priorities.dex.dxi import function_element, read_dxi
from priorities.dex.dxi_functions import read_function
from priorities.dex.dxi_writer import rule_elements, write_dxi
from priorities.dex.model import Attribute, Model, Option, OptionNotation, Table
from priorities.dex.option_values import stored_value
from priorities.dex.values import Value, format_value, interval
from priorities.dex.xml_tree import TEXT, DxiError, XmlNode, element

RULE_TAGS = ("LOW", "HIGH", "ENTERED", "RULE", TEXT)
FULL_TEXT, UNDEFINED_TEXT = "*", "undefined"


class Notation(Enum):
    OLD = "old"
    NEW = "new"


def in_notation(model: Model, notation: Notation, *, listed: bool = False) -> Model:
    """Return a model that means the same and that ``write_dxi`` writes in ``notation``.

    ``listed``: distributions of rules as the memberships of all classes from 0 up (``<0.4;0;0.6>``), the only form
    that dexipy reads; otherwise as pairs (``<0:0.4;2:0.6>``). Raises DxiError for what the notation cannot hold.
    """
    # Read again, so that every attribute has a source element to convert.
    model = read_dxi(write_dxi(model))
    options = tuple(_option(option, model, notation) for option in model.options)
    attributes = tuple(_attribute(attribute, model, notation, listed) for attribute in model.attributes)
    return read_dxi(write_dxi(replace(model, attributes=attributes, options=options)))


def _attribute(attribute: Attribute, model: Model, notation: Notation, listed: bool) -> Attribute:
    if not isinstance(attribute.function, Table):
        return attribute
    before = function_element(attribute)
    kept = [child for child in before.children if child.tag not in RULE_TAGS]
    arguments = [model.attributes[child] for child in attribute.children]
    if notation is Notation.NEW:
        rules = rule_elements(attribute.function, [argument.size for argument in arguments], listed=listed)
        after = XmlNode("TABLE", children=[*kept, *rules])
    else:
        ranges = tuple(_range(rule, attribute, number) for number, rule in enumerate(attribute.function.rules))
        after = XmlNode("FUNCTION", children=[*_coded(replace(attribute.function, rules=ranges)), *kept])
    children = [after if child is before else child for child in attribute.source.children]
    # As it will be read: then the writer takes it as it stands.
    function = read_function(after, attribute, arguments)
    return replace(attribute, function=function, source=attribute.source.with_children(children))


def _range(rule: Value, attribute: Attribute, number: int) -> Value:
    """The rule as a class or an interval."""
    classes, memberships = rule.classes, {membership for _, membership in rule.memberships}
    if not classes or memberships != {1} or classes[-1] - classes[0] + 1 != len(classes):
        raise DxiError(attribute.name, f"rule {number} is {format_value(rule)}, which FUNCTION cannot hold")
    return interval(classes[0], classes[-1])


def _coded(table: Table) -> list[XmlNode]:
    low, high = ("".join(chr(ord("0") + rule.classes[end]) for rule in table.rules) for end in (0, -1))
    coded = [element("LOW", low)]
    if high != low:
        coded.append(element("HIGH", high))
    if not all(table.entered):
        coded.append(element("ENTERED", "".join("+" if entered else "-" for entered in table.entered)))
    return coded


def _option(option: Option, model: Model, notation: Notation) -> Option:
    wanted = OptionNotation.OLD if notation is Notation.OLD else OptionNotation.NEW
    if wanted is OptionNotation.OLD and option.description:
        raise DxiError(option.name, "has a description, which OPTION cannot hold")
    texts = [
        text if found in (wanted, OptionNotation.ABSENT) else _text(text, found, attribute, option)
        for text, found, attribute in zip(option.values, option.notations, model.attributes, strict=True)
    ]
    notations = tuple(found if found is OptionNotation.ABSENT else wanted for found in option.notations)
    return replace(option, values=tuple(texts), notation=wanted, notations=notations)


def _text(text: str, found: OptionNotation, attribute: Attribute, option: Option) -> str:
    """The text of a value in the other notation than ``found``."""
    if attribute.scale is None or attribute.scale.continuous:
        return text
    try:
        raw = stored_value(text, found, attribute, bounds="error")
    except ValueError as error:
        raise DxiError(attribute.name, f"option {option.name}: {error}") from None
    if raw is None:
        return UNDEFINED_TEXT
    classes = raw if isinstance(raw, list) else [raw]
    if isinstance(raw, dict) or not all(0 <= index < attribute.size for index in classes):
        raise DxiError(attribute.name, f"option {option.name} is {text}, which cannot be converted")
    if len(classes) == attribute.size > 1:
        return FULL_TEXT
    if found is OptionNotation.NEW:
        return "".join(chr(ord("0") + index) for index in classes)
    return str(classes[0]) if len(classes) == 1 else f"{{{';'.join(map(str, sorted(set(classes))))}}}"
