"""Reader of ``.dxi`` files (DEXi, DEXiWin, DEXiLibrary), old and new forms.

A file is material from outside: document types and entities are refused, its sizes are bounded, and whatever does not
fit is refused with the element and the reason, never repaired in silence. What evaluation does not need is kept with
the model (``source``), so that ``dxi_writer`` can write it again.
"""

from dataclasses import replace

from priorities.dex.dxi_functions import FUNCTION_TAGS, SPACE, flag, number_of, only, read_function, text_of
from priorities.dex.model import (
    Attribute,
    ClassGroup,
    Discretisation,
    Model,
    ModelError,
    Option,
    OptionNotation,
    Scale,
    ScaleClass,
    ScaleOrder,
    Table,
)
from priorities.dex.xml_tree import MAXIMUM_BYTES, DxiError, XmlNode, parse_xml

__all__ = ["MAXIMUM_BYTES", "DxiError", "read_dxi"]

MAXIMUM_ATTRIBUTES = 5_000
MAXIMUM_DEPTH = 100
MAXIMUM_CLASSES = 200
MAXIMUM_DECIMALS = 20
# Of all tables together: a file of the largest size would otherwise take gigabytes as a model.
MAXIMUM_RULES_OF_MODEL = 3_000_000

ORDERS = {"": ScaleOrder.ASCENDING, "ASC": ScaleOrder.ASCENDING, "DESC": ScaleOrder.DESCENDING,
          "NONE": ScaleOrder.UNORDERED}  # fmt: skip
HEADER_TAGS = ("VERSION", "CREATED", "LIBRARY", "FORMAT")


def read_dxi(data: bytes | str) -> Model:
    """Return the model in ``data``. Raises DxiError naming the element and the reason."""
    root = parse_xml(data)
    if root.tag != "DEXi":
        raise DxiError(root.tag, "the root element of a model is DEXi", root.line)
    attributes = _AttributeReader().read(root)
    if not attributes:
        raise DxiError("DEXi", "the model has no attribute", root.line)
    try:
        return Model(
            name=text_of(root, "NAME", "DEXi"),
            description=read_lines(only(root, "DESCRIPTION", "DEXi")),
            attributes=attributes,
            linking=read_linking(root),
            options=read_options_of(root, attributes),
            settings=read_settings(root),
            header=tuple((tag, text_of(root, tag, "DEXi")) for tag in HEADER_TAGS if root.all(tag)),
            source=root,
        )
    except DxiError:
        raise
    except ModelError as error:
        raise DxiError(error.element, error.reason) from None


class _AttributeReader:
    """Reads ATTRIBUTE elements in pre-order, then their functions, which need the scales of the children."""

    def __init__(self):
        self.attributes: list[Attribute] = []
        self.rules = 0

    def read(self, root: XmlNode) -> tuple[Attribute, ...]:
        for element in root.all("ATTRIBUTE"):
            self._read_tree(element, parent=None, depth=1)
        for index, attribute in enumerate(self.attributes):
            self.attributes[index] = replace(attribute, function=self._function(attribute))
        return tuple(self.attributes)

    def _read_tree(self, element: XmlNode, *, parent: int | None, depth: int) -> int:
        index = len(self.attributes)
        name = text_of(element, "NAME", f"ATTRIBUTE #{index}")
        if not name.strip():
            raise DxiError(f"ATTRIBUTE #{index}", "has no NAME", element.line)
        if depth > MAXIMUM_DEPTH:
            raise DxiError(name, f"lies deeper than {MAXIMUM_DEPTH} levels", element.line)
        if index >= MAXIMUM_ATTRIBUTES:
            raise DxiError(name, f"more than {MAXIMUM_ATTRIBUTES:,} attributes", element.line)
        scale = only(element, "SCALE", name)
        self.attributes.append(
            Attribute(
                index=index,
                name=name,
                description="\n".join(read_lines(only(element, "DESCRIPTION", name))),
                scale=read_scale(scale, name) if scale is not None else None,
                parent=parent,
                source=element,
            )
        )
        children = tuple(self._read_tree(child, parent=index, depth=depth + 1) for child in element.all("ATTRIBUTE"))
        self.attributes[index] = replace(self.attributes[index], children=children)
        return index

    def _function(self, attribute: Attribute) -> Table | Discretisation | None:
        element = function_element(attribute)
        if element is None:
            return None
        if not attribute.children:
            raise DxiError(attribute.name, f"has a {element.tag} but no attribute to apply it to", element.line)
        function = read_function(element, attribute, [self.attributes[child] for child in attribute.children])
        self.rules += len(function.rules) if isinstance(function, Table) else 0
        if self.rules > MAXIMUM_RULES_OF_MODEL:
            reason = f"with its table the model has more than {MAXIMUM_RULES_OF_MODEL:,} rules"
            raise DxiError(attribute.name, reason, element.line)
        return function


def function_element(attribute: Attribute) -> XmlNode | None:
    """The element that the function of ``attribute`` was read from."""
    found = attribute.source.all(*FUNCTION_TAGS) if attribute.source is not None else []
    if len(found) > 1:
        raise DxiError(attribute.name, "has more than one of FUNCTION, TABLE and DISCRETIZE", found[1].line)
    return found[0] if found else None


def read_scale(element: XmlNode, owner: str) -> Scale:
    order = text_of(element, "ORDER", owner).strip(SPACE).upper()
    if order not in ORDERS:
        raise DxiError(owner, f"the ORDER of its scale is {order!r}; expected NONE, ASC or DESC", element.line)
    decimals = text_of(element, "FLTDEC", owner).strip(SPACE)
    details = {
        "order": ORDERS[order],
        "is_interval": flag(text_of(element, "INTERVAL", owner), owner, "INTERVAL", default=True),
        "unit": text_of(element, "UNIT", owner),
        "decimals": _whole(decimals, owner, element.line) if decimals else None,
        "default": text_of(element, "DEFAULT", owner),
    }
    continuous = only(element, "CONTINUOUS", owner)
    classes = element.all("SCALEVALUE")
    if continuous is not None:
        if classes:
            raise DxiError(owner, "its scale is both continuous and divided into classes", element.line)
        low, high = (_bound(continuous, tag, owner) for tag in ("LOW", "HIGH"))
        return Scale(continuous=True, low=low, high=high, **details)
    if not 1 <= len(classes) <= MAXIMUM_CLASSES:
        reason = f"its scale has {len(classes)} classes; expected 1 to {MAXIMUM_CLASSES}"
        raise DxiError(owner, reason, element.line)
    return Scale(classes=tuple(read_scale_class(scale_class, owner) for scale_class in classes), **details)


def read_scale_class(element: XmlNode, owner: str) -> ScaleClass:
    name = text_of(element, "NAME", owner)
    group = text_of(element, "GROUP", owner).strip(SPACE).upper()
    if group not in ("", "BAD", "GOOD"):
        raise DxiError(owner, f"the GROUP of class {name!r} is {group!r}; expected BAD or GOOD", element.line)
    return ScaleClass(
        name=name,
        group=ClassGroup(group),
        description="\n".join(read_lines(only(element, "DESCRIPTION", owner))),
        colour=text_of(element, "COLOR", owner),
    )


def read_linking(root: XmlNode) -> bool:
    """LINKING stands in SETTINGS, in the oldest files beside it. The last one counts."""
    texts = [child.text for child in root.all("LINKING")]
    texts += [child.text for block in root.all("SETTINGS") for child in block.all("LINKING")]
    return flag(texts[-1], "DEXi", "LINKING", default=False) if texts else False


def read_settings(root: XmlNode) -> tuple[tuple[str, str], ...]:
    return tuple((child.tag, child.text) for block in root.all("SETTINGS") for child in block.elements)


def read_options_of(root: XmlNode, attributes: tuple[Attribute, ...]) -> tuple[Option, ...]:
    """The stored options, with texts and notations of their values as the file has them."""
    names = root.all("OPTION", "ALTERNATIVE")
    columns = []
    for attribute in attributes:
        stored = attribute.source.all("OPTION", "ALTERNATIVE")
        if len(stored) not in (0, len(names)):
            reason = f"has {len(stored)} option values; the file names {len(names)} options"
            raise DxiError(attribute.name, reason, attribute.source.line)
        values = [(value.text, OptionNotation(value.tag)) for value in stored]
        columns.append(values or [("", OptionNotation.ABSENT)] * len(names))
    options = []
    for number, named in enumerate(names):
        values = [column[number] for column in columns]
        is_old = named.tag == "OPTION"
        option = Option(
            name=named.text if is_old else text_of(named, "NAME", f"ALTERNATIVE {number}"),
            description="" if is_old else "\n".join(read_lines(only(named, "DESCRIPTION", f"ALTERNATIVE {number}"))),
            values=tuple(text for text, _ in values),
            notation=OptionNotation(named.tag),
            notations=tuple(notation for _, notation in values),
        )
        options.append(option)
    return tuple(options)


def read_lines(element: XmlNode | None) -> tuple[str, ...]:
    """Text of a DESCRIPTION: LINE elements (usual in descriptions of models), or plain text."""
    if element is None:
        return ()
    lines = tuple(line.text for line in element.all("LINE"))
    return lines or ((element.text,) if element.text.strip() else ())


def _bound(element: XmlNode, tag: str, owner: str) -> float | None:
    text = text_of(element, tag, owner).strip(SPACE)
    return number_of(text, owner, tag, element.line) if text else None


def _whole(text: str, owner: str, line: int | None) -> int:
    number = number_of(text, owner, "FLTDEC", line)
    if number != int(number) or not -1 <= number <= MAXIMUM_DECIMALS:
        reason = f"FLTDEC holds {text!r}, which is not a whole number up to {MAXIMUM_DECIMALS}"
        raise DxiError(owner, reason, line)
    return int(number)
