"""Writer of ``.dxi`` files, lossless: what has not been changed since reading is written as it stood.

Each part of a model (a name, a scale, a function, the options ...) is compared with what its source element says. An
equal part is taken from the source with everything that this program does not know; a changed one is written anew in
the form of its source (FUNCTION stays FUNCTION where it can hold the rules), and unknown elements beside it are kept.
A part without a source is written as the reference tools write it.
"""

from collections.abc import Iterable
from itertools import product

from priorities.dex.dxi import (
    HEADER_TAGS,
    function_element,
    read_lines,
    read_linking,
    read_options_of,
    read_scale,
    read_scale_class,
    read_settings,
)
from priorities.dex.dxi_functions import CACHED_TAGS, FUNCTION_TAGS, read_function
from priorities.dex.model import (
    Attribute,
    Discretisation,
    Model,
    Option,
    OptionNotation,
    Scale,
    ScaleClass,
    ScaleOrder,
    Table,
)
from priorities.dex.rule_text import can_be_rule_texts, rule_texts
from priorities.dex.values import ValueKind, format_number, format_value
from priorities.dex.xml_tree import TEXT, DxiError, XmlNode, element, serialise

# One kind of child elements: their tags, and those that are wanted, in order.
Part = tuple[tuple[str, ...], list[XmlNode]]
OPTION_TAGS = ("OPTION", "ALTERNATIVE")


def write_dxi(model: Model) -> str:
    """Return the file as text (to be stored as UTF-8). ``read_dxi`` reads an equal model from it.

    Raises DxiError when a text holds a character that XML cannot, or stored options do not fit the attributes.
    """
    return serialise(model_element(model))


def model_element(model: Model) -> XmlNode:
    source = model.source or XmlNode("DEXi")
    old_names, old_values = _options(model)
    parts: list[Part] = [
        *[((tag,), _header(source, tag, model)) for tag in HEADER_TAGS],
        (("NAME",), _text(source, "NAME", model.name)),
        (("DESCRIPTION",), _description(source, model.description, model.description)),
        (OPTION_TAGS, old_names),
        (("LINKING",), _old_linking(source, model)),
        (("SETTINGS",), _settings(source, model)),
        (("ATTRIBUTE",), [_attribute(model, root, old_values) for root in model.roots]),
    ]
    return _merge(source, parts)


def _merge(source: XmlNode, parts: list[Part]) -> XmlNode:
    """Return ``source`` with its children replaced, kind by kind, by those that are wanted.

    A wanted child takes the place of the one that was there; one too many stands after the last of its kind or of the
    kinds before it. Children of no kind (unknown elements, comments) stay where they are.
    """
    ranks = {tag: rank for rank, (tags, _) in enumerate(parts) for tag in tags}
    waiting = [list(wanted) for _, wanted in parts]
    result: list[tuple[int, XmlNode]] = []
    for child in source.children:
        rank = ranks.get(child.tag)
        if rank is None:
            result.append((-1, child))
        elif waiting[rank]:
            wanted = waiting[rank].pop(0)
            wanted.lead = child.lead if wanted.lead is None else wanted.lead
            result.append((rank, wanted))
    for rank, wanted in enumerate(waiting):
        if wanted:
            before = [place for place, (other, _) in enumerate(result) if 0 <= other <= rank]
            place = before[-1] + 1 if before else 0
            result[place:place] = [(rank, child) for child in wanted]
    return source.with_children(child for _, child in result)


def _text(source: XmlNode, tag: str, text: str) -> list[XmlNode]:
    """The element with this text: the one of the source when it says so already, none for an empty text."""
    found = source.all(tag)
    if found and found[0].text == text:
        return found[:1]
    return [element(tag, text)] if text else []


def _header(source: XmlNode, tag: str, model: Model) -> list[XmlNode]:
    texts = [text for name, text in model.header if name == tag]
    found = source.all(tag)
    return found[:1] if found and [found[0].text] == texts else [element(tag, text) for text in texts]


def _description(source: XmlNode, lines: tuple[str, ...], as_lines: tuple[str, ...] | None = None) -> list[XmlNode]:
    """``lines`` as read; ``as_lines`` the LINE elements to write, None for plain text."""
    found = source.all("DESCRIPTION")
    if found and read_lines(found[0]) == lines:
        return found[:1]
    if as_lines is None and found and found[0].all("LINE"):
        as_lines = tuple("\n".join(lines).split("\n"))
    if as_lines is not None:
        return [element("DESCRIPTION", "", *(element("LINE", line) for line in as_lines))] if as_lines else []
    return [element("DESCRIPTION", "\n".join(lines))] if lines else []


def _plain_description(source: XmlNode, text: str) -> list[XmlNode]:
    found = source.all("DESCRIPTION")
    if found and "\n".join(read_lines(found[0])) == text:
        return found[:1]
    if text and not text.strip():
        return [element("DESCRIPTION", "", element("LINE", text))]
    return _description(source, (text,) if text else ())


def _settings(source: XmlNode, model: Model) -> list[XmlNode]:
    blocks = source.all("SETTINGS")
    if read_settings(source) == model.settings and read_linking(source) == model.linking:
        return blocks
    old = [child for block in blocks for child in block.elements]
    children = []
    for tag, text in model.settings:
        kept = next((child for child in old if child.tag == tag and child.text == text), None)
        children.append(kept or element(tag, text))
        old = [child for child in old if child is not kept]
    if read_linking(XmlNode("DEXi", children=[element("SETTINGS", "", *children)])) != model.linking:
        children = [child for child in children if child.tag != "LINKING"]
        children.append(element("LINKING", str(model.linking)))
    return [element("SETTINGS", "", *children)]


def _old_linking(source: XmlNode, model: Model) -> list[XmlNode]:
    """LINKING beside SETTINGS, as the oldest files have it; what SETTINGS says goes before it."""
    found = source.all("LINKING")
    return found if read_linking(source) == model.linking else []


def _options(model: Model) -> tuple[list[XmlNode], dict[int, list[XmlNode]]]:
    """The elements of the options' names, and of their values by attribute."""
    if model.source is not None and _options_are_as_read(model):
        values = {attribute.index: attribute.source.all(*OPTION_TAGS) for attribute in model.attributes}
        return model.source.all(*OPTION_TAGS), values
    names, columns = [], {attribute.index: [] for attribute in model.attributes}
    for option in model.options:
        notations = option.notations or (option.notation,) * len(model.attributes)
        if not len(option.values) == len(notations) == len(model.attributes):
            reason = f"option {option.name!r} has {len(option.values)} values for {len(model.attributes)} attributes"
            raise DxiError("DEXi", reason)
        names.append(_option_name(option))
        for index, (text, notation) in enumerate(zip(option.values, notations, strict=True)):
            if notation is not OptionNotation.ABSENT:
                columns[index].append(element(notation.value, text))
    return names, columns


def _options_are_as_read(model: Model) -> bool:
    if any(attribute.source is None for attribute in model.attributes):
        return False
    try:
        return read_options_of(model.source, model.attributes) == model.options
    except DxiError:
        return False


def _option_name(option: Option) -> XmlNode:
    if option.notation is OptionNotation.OLD:
        return element("OPTION", option.name)
    description = _plain_description(XmlNode("ALTERNATIVE"), option.description)
    return element("ALTERNATIVE", "", element("NAME", option.name), *description)


def _attribute(model: Model, index: int, options: dict[int, list[XmlNode]]) -> XmlNode:
    attribute = model.attributes[index]
    source = attribute.source or XmlNode("ATTRIBUTE")
    parts: list[Part] = [
        (("NAME",), _text(source, "NAME", attribute.name)),
        (("DESCRIPTION",), _plain_description(source, attribute.description)),
        (("SCALE",), _scale(source, attribute)),
        (FUNCTION_TAGS, _function(model, attribute)),
        (OPTION_TAGS, options[index]),
        (("ATTRIBUTE",), [_attribute(model, child, options) for child in attribute.children]),
    ]
    return _merge(source, parts)


def _scale(source: XmlNode, attribute: Attribute) -> list[XmlNode]:
    scale = attribute.scale
    if scale is None:
        return []
    found = source.all("SCALE")
    if found and read_scale(found[0], attribute.name) == scale:
        return found
    old = found[0] if found else XmlNode("SCALE")
    order = "" if scale.order is ScaleOrder.ASCENDING else scale.order.value
    decimals = "" if scale.decimals is None else str(scale.decimals)
    parts: list[Part] = [
        (("ORDER",), [element("ORDER", order)] if order else []),
        (("UNIT",), _text(old, "UNIT", scale.unit)),
        (("DEFAULT",), _text(old, "DEFAULT", scale.default)),
        (("INTERVAL",), [] if scale.is_interval else [element("INTERVAL", "False")]),
        (("FLTDEC",), [element("FLTDEC", decimals)] if decimals else []),
        (("SCALEVALUE",), [_scale_class(old, scale_class, attribute.name) for scale_class in scale.classes]),
        (("CONTINUOUS",), _continuous(old, scale)),
    ]
    return [_merge(old, parts)]


def _scale_class(old: XmlNode, scale_class: ScaleClass, owner: str) -> XmlNode:
    known = {child.text for value in old.all("SCALEVALUE") for child in value.all("NAME")}
    same = [value for value in old.all("SCALEVALUE") if read_scale_class(value, owner).name == scale_class.name]
    source = same[0] if scale_class.name in known else XmlNode("SCALEVALUE")
    parts: list[Part] = [
        (("NAME",), _text(source, "NAME", scale_class.name)),
        (("DESCRIPTION",), _plain_description(source, scale_class.description)),
        (("GROUP",), _text(source, "GROUP", scale_class.group.value)),
        (("COLOR",), _text(source, "COLOR", scale_class.colour)),
    ]
    return _merge(source, parts)


def _continuous(old: XmlNode, scale: Scale) -> list[XmlNode]:
    if not scale.continuous:
        return []
    bounds = (("LOW", scale.low), ("HIGH", scale.high))
    parts: list[Part] = [
        ((tag,), [element(tag, format_number(bound))] if bound is not None else []) for tag, bound in bounds
    ]
    source = next(iter(old.all("CONTINUOUS")), XmlNode("CONTINUOUS"))
    return [_merge(source, parts)]


def _function(model: Model, attribute: Attribute) -> list[XmlNode]:
    if attribute.function is None:
        return []
    arguments = [model.attributes[child] for child in attribute.children]
    source = function_element(attribute)
    before = _read_again(source, attribute, arguments)
    if before == attribute.function:
        return [source]
    if isinstance(attribute.function, Discretisation):
        old = source if source is not None and source.tag == "DISCRETIZE" else XmlNode("DISCRETIZE")
        return [_discretisation(old, attribute.function)]
    old = source if source is not None and source.tag != "DISCRETIZE" else XmlNode("FUNCTION")
    return [_table(old, before, attribute, arguments)]


def _read_again(source: XmlNode | None, attribute: Attribute, arguments: list[Attribute]):
    """What the source says for the scales of today; None where it no longer fits them."""
    try:
        return read_function(source, attribute, arguments) if source is not None else None
    except DxiError:
        return None


def _table(old: XmlNode, before, attribute: Attribute, arguments: list[Attribute]) -> XmlNode:
    table: Table = attribute.function
    sizes = [argument.size for argument in arguments]
    rules, tag = _rules(old, table, sizes, attribute.size)
    same_rules = isinstance(before, Table) and before.rules == table.rules
    # What the tools computed from the rules of the file is not true of other rules.
    cached = dict(table.cached if before is None or same_rules or before.cached != table.cached else ())
    same_flag = isinstance(before, Table) and before.use_consistency == table.use_consistency
    parts: list[Part] = [
        *rules,
        (("CONSIST",), old.all("CONSIST") if same_flag else _unless(table.use_consistency, "CONSIST")),
        *_weights(old, before, table),
        *[((name,), [element(name, cached[name])] if name in cached else []) for name in CACHED_TAGS],
    ]
    merged = _merge(old, parts)
    merged.tag = tag
    return merged


def _weights(old: XmlNode, before, table: Table) -> list[Part]:
    weights = table.weights
    if isinstance(before, Table) and before.weights == weights:
        return [(("WEIGHTS",), old.all("WEIGHTS")), (("ROUNDING",), old.all("ROUNDING"))]
    percent = ";".join(map(format_number, weights.percent)) if weights else ""
    rounding = str(weights.rounding) if weights and weights.rounding else ""
    return [(("WEIGHTS",), _text(old, "WEIGHTS", percent)), (("ROUNDING",), _text(old, "ROUNDING", rounding))]


def _unless(value: bool, tag: str) -> list[XmlNode]:
    """Flags are true when they are absent."""
    return [] if value else [element(tag, "False")]


def _rules(old: XmlNode, table: Table, sizes: list[int], size: int) -> tuple[list[Part], str]:
    """The parts that hold the rules, in the form of ``old`` where it can, and the tag of the element for them."""
    coded: dict[str, list[XmlNode]] = {tag: [] for tag in ("LOW", "HIGH", "ENTERED", "RULE", TEXT)}
    is_text = old.tag == "FUNCTION" and bool(old.children) and not old.all("LOW")
    tag = "FUNCTION"
    if is_text and can_be_rule_texts(table, sizes, size):
        texts = list(rule_texts(table, sizes))
        if old.all("RULE"):
            coded["RULE"] = [element("RULE", text) for text in texts]
        else:
            coded[TEXT] = [XmlNode(TEXT, content="\n".join(texts))]
    elif old.tag == "FUNCTION" and all(rule.kind in (ValueKind.CLASS, ValueKind.INTERVAL) for rule in table.rules):
        low, high = (_codes(table, end) for end in (0, -1))
        coded["LOW"] = [element("LOW", low)]
        coded["HIGH"] = [element("HIGH", high)] if high != low else []
        marks = "".join("+" if entered else "-" for entered in table.entered)
        coded["ENTERED"] = [element("ENTERED", marks)] if "-" in marks else []
    else:
        coded["RULE"], tag = list(rule_elements(table, sizes)), "TABLE"
    return [((name,), nodes) for name, nodes in coded.items()], tag


def _codes(table: Table, end: int) -> str:
    return "".join(chr(ord("0") + rule.memberships[end][0]) for rule in table.rules)


def rule_elements(table: Table, sizes: list[int], *, listed: bool = False) -> Iterable[XmlNode]:
    """The RULE elements of a TABLE; ``listed`` as for ``format_value``."""
    combinations = product(*(range(size) for size in sizes))
    for arguments, rule, entered in zip(combinations, table.rules, table.entered, strict=True):
        marks = {} if entered else {"Entered": "False"}
        yield element("RULE", format_value(rule, listed=listed), Args=";".join(map(str, arguments)), **marks)


def _discretisation(old: XmlNode, function: Discretisation) -> XmlNode:
    children = []
    entered = function.entered or (True,) * len(function.values)
    for position, value in enumerate(function.values):
        if position:
            association = "Up" if function.bound_goes_up[position - 1] else "Down"
            bound = format_number(function.bounds[position - 1])
            children.append(element("BOUND", bound, Associate=association))
        marks = {} if entered[position] else {"Entered": "False"}
        children.append(element("VALUE", format_value(value), **marks))
    return _merge(old, [(("VALUE", "BOUND"), children)])
