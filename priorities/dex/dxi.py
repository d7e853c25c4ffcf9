"""Reader of ``.dxi`` files (DEXi, DEXiWin, DEXiLibrary), old and new forms.

A file is material from outside: it is parsed with defusedxml (no document type, no entities), its sizes are bounded,
and whatever does not fit is refused with the element and the reason, never repaired in silence.
"""

import math
from dataclasses import replace
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from priorities.dex.model import (
    Attribute,
    ClassGroup,
    Discretisation,
    Model,
    ModelError,
    Option,
    RequiredWeights,
    Scale,
    ScaleClass,
    ScaleOrder,
    Table,
)
from priorities.dex.values import Value, interval, parse_value, single

MAXIMUM_BYTES = 20_000_000
MAXIMUM_ATTRIBUTES = 5_000
MAXIMUM_DEPTH = 100
MAXIMUM_CLASSES = 200
MAXIMUM_RULES = 1_000_000

ORDERS = {"": ScaleOrder.ASCENDING, "ASC": ScaleOrder.ASCENDING, "DESC": ScaleOrder.DESCENDING,
          "NONE": ScaleOrder.UNORDERED}  # fmt: skip
HEADER_TAGS = ("VERSION", "CREATED", "LIBRARY", "FORMAT")
CACHED_TAGS = ("LOCWEIGHTS", "NORMLOCWEIGHTS")


class DxiError(ModelError):
    """A file that is not a model: malformed, hostile, or contradicting itself."""


def read_dxi(data: bytes | str) -> Model:
    """Return the model in ``data``. Raises DxiError naming the element and the reason."""
    root = _parse(data)
    if root.tag != "DEXi":
        raise DxiError(root.tag, "the root element of a model is DEXi")
    attributes = _AttributeReader().read(root)
    if not attributes:
        raise DxiError("DEXi", "the model has no attribute")
    settings = tuple((child.tag, child.text or "") for block in root.findall("SETTINGS") for child in block)
    try:
        return Model(
            name=_text(root, "NAME"),
            description=_lines(root.find("DESCRIPTION")),
            attributes=attributes,
            linking=dict(settings).get("LINKING", "").strip().lower() in ("true", "1"),
            options=_options(root, attributes),
            settings=settings,
            header=tuple((tag, _text(root, tag)) for tag in HEADER_TAGS if root.find(tag) is not None),
        )
    except DxiError:
        raise
    except ModelError as error:
        raise DxiError(error.element, error.reason) from None


def _parse(data: bytes | str) -> Element:
    raw = data.encode() if isinstance(data, str) else data
    if len(raw) > MAXIMUM_BYTES:
        raise DxiError("file", f"{len(raw):,} bytes; at most {MAXIMUM_BYTES:,} are read")
    try:
        return fromstring(raw, forbid_dtd=True)
    except DefusedXmlException as error:
        raise DxiError("file", f"document types and entities are not allowed ({type(error).__name__})") from None
    except ParseError as error:
        raise DxiError("file", f"not well-formed XML: {error}") from None
    except (ValueError, LookupError) as error:
        raise DxiError("file", f"cannot be decoded: {error}") from None


class _AttributeReader:
    """Reads ATTRIBUTE elements in pre-order, then their functions, which need the scales of the children."""

    def __init__(self):
        self.attributes: list[Attribute] = []
        self.elements: list[Element] = []

    def read(self, root: Element) -> tuple[Attribute, ...]:
        for element in root.findall("ATTRIBUTE"):
            self._read_tree(element, parent=None, depth=1)
        for index, element in enumerate(self.elements):
            attribute = self.attributes[index]
            self.attributes[index] = replace(attribute, function=self._function(attribute, element))
        return tuple(self.attributes)

    def _read_tree(self, element: Element, *, parent: int | None, depth: int) -> int:
        name = _text(element, "NAME")
        index = len(self.attributes)
        if not name.strip():
            raise DxiError(f"ATTRIBUTE #{index}", "has no NAME")
        if depth > MAXIMUM_DEPTH:
            raise DxiError(name, f"lies deeper than {MAXIMUM_DEPTH} levels")
        if index >= MAXIMUM_ATTRIBUTES:
            raise DxiError(name, f"more than {MAXIMUM_ATTRIBUTES:,} attributes")
        scale = _only(element, "SCALE", name)
        self.attributes.append(
            Attribute(
                index=index,
                name=name,
                description="\n".join(_lines(element.find("DESCRIPTION"))),
                scale=_scale(scale, name) if scale is not None else None,
                parent=parent,
            )
        )
        self.elements.append(element)
        children = tuple(
            self._read_tree(child, parent=index, depth=depth + 1) for child in element.findall("ATTRIBUTE")
        )
        self.attributes[index] = replace(self.attributes[index], children=children)
        return index

    def _function(self, attribute: Attribute, element: Element) -> Table | Discretisation | None:
        found = [child for child in element if child.tag in ("FUNCTION", "TABLE", "DISCRETIZE")]
        if not found:
            return None
        if len(found) > 1:
            raise DxiError(attribute.name, "has more than one of FUNCTION, TABLE and DISCRETIZE")
        if not attribute.children:
            raise DxiError(attribute.name, f"has a {found[0].tag} but no attribute to apply it to")
        if attribute.scale is None or attribute.scale.continuous:
            raise DxiError(attribute.name, f"has a {found[0].tag} but no discrete scale")
        arguments = [self.attributes[child] for child in attribute.children]
        if found[0].tag == "DISCRETIZE":
            return _discretisation(found[0], attribute, arguments)
        count = _rule_count(attribute, arguments)
        return (_function if found[0].tag == "FUNCTION" else _table)(found[0], attribute, count, len(arguments))


def _scale(element: Element, owner: str) -> Scale:
    order = _text(element, "ORDER").strip().upper()
    if order not in ORDERS:
        raise DxiError(owner, f"the ORDER of its scale is {order!r}; expected NONE, ASC or DESC")
    details = {
        "order": ORDERS[order],
        "is_interval": _text(element, "INTERVAL").strip().lower() in ("true", "1"),
        "unit": _text(element, "UNIT"),
        "decimals": _whole(decimals, owner) if (decimals := _text(element, "FLTDEC").strip()) else None,
        "default": _text(element, "DEFAULT"),
    }
    continuous = _only(element, "CONTINUOUS", owner)
    classes = element.findall("SCALEVALUE")
    if continuous is not None:
        if classes:
            raise DxiError(owner, "its scale is both continuous and divided into classes")
        low, high = (_bound(continuous, tag, owner) for tag in ("LOW", "HIGH"))
        return Scale(continuous=True, low=low, high=high, **details)
    if not 1 <= len(classes) <= MAXIMUM_CLASSES:
        raise DxiError(owner, f"its scale has {len(classes)} classes; expected 1 to {MAXIMUM_CLASSES}")
    return Scale(classes=tuple(_scale_class(scale_class, owner) for scale_class in classes), **details)


def _scale_class(element: Element, owner: str) -> ScaleClass:
    name = _text(element, "NAME")
    group = _text(element, "GROUP").strip().upper()
    if group not in ("", "BAD", "GOOD"):
        raise DxiError(owner, f"the GROUP of class {name!r} is {group!r}; expected BAD or GOOD")
    description = "\n".join(_lines(element.find("DESCRIPTION")))
    return ScaleClass(name=name, group=ClassGroup(group), description=description, colour=_text(element, "COLOR"))


def _rule_count(attribute: Attribute, arguments: list[Attribute]) -> int:
    count = 1
    for argument in arguments:
        if argument.scale is not None and argument.scale.continuous:
            raise DxiError(attribute.name, f"its table has the continuous argument {argument.name}")
        count *= argument.size
        if count > MAXIMUM_RULES:
            raise DxiError(attribute.name, f"its table has more than {MAXIMUM_RULES:,} rules")
    return count


def _function(element: Element, attribute: Attribute, count: int, arguments: int) -> Table:
    low = _text(element, "LOW").strip()
    high = _text(element, "HIGH").strip() or low
    entered = _text(element, "ENTERED").strip() or "+" * count
    for tag, text in (("LOW", low), ("HIGH", high), ("ENTERED", entered)):
        if len(text) != count:
            raise DxiError(
                attribute.name, f"{tag} of its FUNCTION has {len(text)} rules; the arguments make {count} combinations"
            )
    if set(entered) - {"+", "-"}:
        raise DxiError(attribute.name, "ENTERED of its FUNCTION holds something other than + and -")
    size = attribute.size
    rules = tuple(
        _coded_rule(pair, number, attribute.name, size) for number, pair in enumerate(zip(low, high, strict=True))
    )
    return Table(
        rules=rules,
        entered=tuple(character == "+" for character in entered),
        weights=_weights(element, attribute.name, arguments),
        use_consistency=_text(element, "CONSIST").strip().lower() not in ("false", "0"),
        cached=tuple((tag, _text(element, tag)) for tag in CACHED_TAGS if element.find(tag) is not None),
    )


def _coded_rule(pair: tuple[str, str], number: int, owner: str, size: int) -> Value:
    low, high = (ord(character) - ord("0") for character in pair)
    if not (0 <= low < size and 0 <= high < size):
        raise DxiError(owner, f"rule {number} is {'..'.join(pair)!r}; the scale has {size} classes")
    if low > high:
        raise DxiError(owner, f"rule {number} runs backwards: LOW {low}, HIGH {high}")
    return single(low) if low == high else interval(low, high)


def _table(element: Element, attribute: Attribute, count: int, arguments: int) -> Table:
    elements = element.findall("RULE")
    if len(elements) != count:
        raise DxiError(attribute.name, f"its TABLE has {len(elements)} rules; the arguments make {count} combinations")
    rules = []
    for number, rule in enumerate(elements):
        try:
            rules.append(parse_value(rule.text or "", attribute.size))
        except ValueError as error:
            raise DxiError(attribute.name, f"rule {number}: {error}") from None
    return Table(
        rules=tuple(rules),
        entered=tuple(rule.get("Entered", "+").strip().lower() in ("+", "true", "1", "yes") for rule in elements),
        weights=_weights(element, attribute.name, arguments),
        use_consistency=_text(element, "CONSIST").strip().lower() not in ("false", "0"),
        cached=tuple((tag, _text(element, tag)) for tag in CACHED_TAGS if element.find(tag) is not None),
    )


def _weights(element: Element, owner: str, arguments: int) -> RequiredWeights | None:
    text = _text(element, "WEIGHTS").strip()
    if not text:
        return None
    percent = tuple(_number(part, owner, "WEIGHTS") for part in text.split(";"))
    if len(percent) != arguments:
        raise DxiError(owner, f"{len(percent)} WEIGHTS for {arguments} arguments")
    rounding = _text(element, "ROUNDING").strip()
    if rounding not in ("", "-1", "0", "1"):
        raise DxiError(owner, f"ROUNDING is {rounding!r}; expected -1, 0 or 1")
    return RequiredWeights(percent=percent, rounding=int(rounding or 0))


def _discretisation(element: Element, attribute: Attribute, arguments: list[Attribute]) -> Discretisation:
    name = attribute.name
    if len(arguments) != 1 or arguments[0].scale is None or not arguments[0].scale.continuous:
        raise DxiError(name, "DISCRETIZE needs exactly one argument, with a continuous scale")
    parts = list(element)
    expected = ["BOUND" if position % 2 else "VALUE" for position in range(len(parts))]
    if [part.tag for part in parts] != expected or len(parts) % 2 == 0:
        raise DxiError(name, "DISCRETIZE must alternate VALUE, BOUND, ... VALUE")
    bounds = tuple(_number(part.text or "", name, "BOUND") for part in parts[1::2])
    if any(later <= earlier for earlier, later in zip(bounds, bounds[1:], strict=False)):
        raise DxiError(name, "the bounds of DISCRETIZE do not rise")
    associates = [part.get("Associate", "Down").strip().lower() for part in parts[1::2]]
    if set(associates) - {"up", "down"}:
        raise DxiError(name, "Associate of a BOUND is neither Up nor Down")
    try:
        values = tuple(parse_value(part.text or "", attribute.size) for part in parts[0::2])
    except ValueError as error:
        raise DxiError(name, f"DISCRETIZE: {error}") from None
    return Discretisation(bounds, tuple(associate == "up" for associate in associates), values)


def _options(root: Element, attributes: tuple[Attribute, ...]) -> tuple[Option, ...]:
    names = [(element.text or "", "") for element in root.findall("OPTION")]
    names += [(_text(e, "NAME"), "\n".join(_lines(e.find("DESCRIPTION")))) for e in root.findall("ALTERNATIVE")]
    columns = []
    for attribute, element in zip(attributes, root.iter("ATTRIBUTE"), strict=True):
        texts = [child.text or "" for child in element if child.tag in ("OPTION", "ALTERNATIVE")]
        if len(texts) not in (0, len(names)):
            raise DxiError(attribute.name, f"has {len(texts)} option values; the file names {len(names)} options")
        columns.append(texts or [""] * len(names))
    return tuple(
        Option(name=name, description=description, values=tuple(column[number] for column in columns))
        for number, (name, description) in enumerate(names)
    )


def _only(element: Element, tag: str, owner: str) -> Element | None:
    found = element.findall(tag)
    if len(found) > 1:
        raise DxiError(owner, f"has {len(found)} {tag} elements")
    return found[0] if found else None


def _text(element: Element, tag: str) -> str:
    return element.findtext(tag) or ""


def _lines(element: Element | None) -> tuple[str, ...]:
    """Text of a DESCRIPTION: LINE elements in files of whole models, plain text in attributes."""
    if element is None:
        return ()
    lines = tuple(line.text or "" for line in element.findall("LINE"))
    return lines or ((element.text,) if (element.text or "").strip() else ())


def _bound(element: Element, tag: str, owner: str) -> float | None:
    text = _text(element, tag).strip()
    return _number(text, owner, tag) if text else None


def _number(text: str, owner: str, tag: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise DxiError(owner, f"{tag} holds {text!r}, which is not a number") from None
    if not math.isfinite(number):
        raise DxiError(owner, f"{tag} holds {text!r}, which is not a finite number")
    return number


def _whole(text: str, owner: str) -> int:
    number = _number(text, owner, "FLTDEC")
    if number != int(number):
        raise DxiError(owner, f"FLTDEC holds {text!r}, which is not a whole number")
    return int(number)
