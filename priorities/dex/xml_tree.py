"""XML as a plain tree that keeps what it does not understand, read with limits and written again.

Kept: elements, attributes, text, comments, processing instructions, their order, and the white space between them. Not
kept: how a character was written (entity, CDATA), an empty element (``<a/>`` or ``<a></a>``) or a line end. A document
type is refused, so there are no entities that could expand.
"""

import re
from collections.abc import Iterable, Iterator
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, LexicalHandler, property_lexical_handler

from defusedxml import DefusedXmlException
from defusedxml.expatreader import create_parser

from priorities.dex.model import ModelError

MAXIMUM_BYTES = 20_000_000
MAXIMUM_NODES = 500_000
MAXIMUM_DEPTH = 256
# Tags of nodes that are not elements. No element can be called so.
TEXT, COMMENT, INSTRUCTION = "#text", "#comment", "#instruction"
INDENT = "  "
# What XML 1.0 cannot hold, not even escaped.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class DxiError(ModelError):
    """A file that is not a model: malformed, hostile, or contradicting itself. ``line`` is where, when known."""

    def __init__(self, element: str, reason: str, line: int | None = None):
        super().__init__(element, reason)
        self.line = line

    def __str__(self):
        return super().__str__() + (f" (line {self.line})" if self.line else "")


class XmlNode:
    """One node. Nobody changes a node once it is built: trees share them.

    ``lead`` and ``trail``: the white space before the node and before its end, None where the writer is to choose.
    ``around``: of a root, the comments and instructions before and after it.
    """

    __slots__ = ("tag", "attributes", "children", "content", "line", "lead", "trail", "around")

    def __init__(
        self, tag: str, *, attributes: dict[str, str] | None = None, children: Iterable["XmlNode"] = (),
        content: str = "", line: int | None = None,
    ):  # fmt: skip
        self.tag = tag
        self.attributes = attributes or {}
        self.children = list(children)
        self.content = content
        self.line = line
        self.lead: str | None = None
        self.trail: str | None = None
        self.around: tuple[list[XmlNode], list[XmlNode]] = ([], [])

    @property
    def text(self) -> str:
        """Text directly in this element."""
        return "".join(child.content for child in self.children if child.tag == TEXT)

    @property
    def elements(self) -> Iterator["XmlNode"]:
        return (child for child in self.children if not child.tag.startswith("#"))

    def all(self, *tags: str) -> list["XmlNode"]:
        return [child for child in self.children if child.tag in tags]

    def with_children(self, children: Iterable["XmlNode"]) -> "XmlNode":
        node = XmlNode(self.tag, attributes=self.attributes, children=children, content=self.content, line=self.line)
        node.lead, node.trail, node.around = self.lead, self.trail, self.around
        return node

    def same_as(self, other: "XmlNode") -> bool:
        """Whether both say the same: everything but the line. Attributes have no order in XML."""
        mine = (self.tag, self.attributes, self.content, len(self.children))
        if mine != (other.tag, other.attributes, other.content, len(other.children)):
            return False
        return all(a.same_as(b) for a, b in zip(self.children, other.children, strict=True))


def element(tag: str, text: str = "", *children: XmlNode, **attributes: str) -> XmlNode:
    inside = [XmlNode(TEXT, content=text)] if text else []
    return XmlNode(tag, attributes=attributes, children=[*inside, *children])


class _TreeBuilder(ContentHandler, LexicalHandler):
    """Builds the tree while the parser reads, so that a hostile file is refused before it fills the memory."""

    def __init__(self, parser):
        super().__init__()
        self.parser = parser
        self.root: XmlNode | None = None
        self.open: list[XmlNode] = []
        self.text: list[str] = []
        self.count = 0
        self.around: tuple[list[XmlNode], list[XmlNode]] = ([], [])

    def startElement(self, name, attrs):
        self._end_of_text()
        line = self.parser.getLineNumber()
        if len(self.open) >= MAXIMUM_DEPTH:
            raise DxiError(name, f"elements lie deeper than {MAXIMUM_DEPTH} levels", line)
        node = XmlNode(name, attributes=dict(attrs.items()), line=line)
        if self.open:
            self._append(node)
        else:
            self.root = node
        self.open.append(node)

    def endElement(self, name):
        self._end_of_text()
        node = self.open.pop()
        texts = [child for child in node.children if child.tag == TEXT]
        if len(texts) < len(node.children) and not any(text.content.strip() for text in texts):
            _set_apart(node)

    def characters(self, content):
        self.text.append(content)

    def comment(self, content):
        self._special(COMMENT, content)

    def processingInstruction(self, target, data):
        self._special(INSTRUCTION, f"{target} {data}".rstrip())

    def _special(self, tag: str, content: str) -> None:
        node = XmlNode(tag, content=content, line=self.parser.getLineNumber())
        if self.open:
            self._end_of_text()
            self._append(node)
        else:
            self.around[self.root is not None].append(node)

    def _end_of_text(self) -> None:
        if self.text and self.open:
            self._append(XmlNode(TEXT, content="".join(self.text)))
        self.text.clear()

    def _append(self, node: XmlNode) -> None:
        self.count += 1
        if self.count > MAXIMUM_NODES:
            raise DxiError("file", f"more than {MAXIMUM_NODES:,} elements", self.parser.getLineNumber())
        self.open[-1].children.append(node)


def _set_apart(node: XmlNode) -> None:
    """White space between elements is no content: it becomes ``lead`` and ``trail``."""
    space, nodes = "", []
    for child in node.children:
        if child.tag == TEXT:
            space = child.content
        else:
            child.lead, space = space, ""
            nodes.append(child)
    node.children, node.trail = nodes, space


def parse_xml(data: bytes | str) -> XmlNode:
    """Return the root element. Text is taken as it is, whatever encoding it declares. Raises DxiError."""
    if len(data) > MAXIMUM_BYTES:
        raise DxiError("file", f"is too large: at most {MAXIMUM_BYTES:,} bytes are read")
    parser = create_parser(forbid_dtd=True)
    builder = _TreeBuilder(parser)
    parser.setContentHandler(builder)
    parser.setProperty(property_lexical_handler, builder)
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException as error:
        raise DxiError("file", f"document types and entities are not allowed ({type(error).__name__})") from None
    except SAXParseException as error:
        reason, line = error.getMessage(), error.getLineNumber()
        raise DxiError("file", f"not well-formed XML: {reason}", line) from None
    except SAXException as error:
        raise DxiError("file", f"not readable as XML: {error}") from None
    except (ValueError, LookupError) as error:
        if isinstance(error, DxiError):
            raise
        raise DxiError("file", f"cannot be decoded: {error}") from None
    if builder.root is None:
        raise DxiError("file", "not well-formed XML: no element found")
    builder.root.around = builder.around
    return builder.root


def serialise(root: XmlNode) -> str:
    """Return the file as text, to be stored as UTF-8. Raises DxiError for a character that XML cannot hold."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>']
    before, after = root.around
    for node in (*before, root, *after):
        parts.append("\n")
        _write(node, parts, lead="\n")
    parts.append("\n")
    return "".join(parts)


def _write(node: XmlNode, parts: list[str], lead: str) -> None:
    """``lead``: the line end and white space before this node; empty in mixed content."""
    if node.tag == TEXT:
        # Quotation marks need no escape here; DEXi writes them so.
        quoted = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"}
        parts.append(_escaped(node.content, quoted))
    elif node.tag == COMMENT:
        parts.append(f"<!--{_checked(node.content)}-->")
    elif node.tag == INSTRUCTION:
        parts.append(f"<?{_checked(node.content)}?>")
    else:
        _write_element(node, parts, lead)


def _write_element(node: XmlNode, parts: list[str], lead: str) -> None:
    parts.append(f"<{node.tag}")
    for name, value in node.attributes.items():
        quoted = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
        parts.append(f' {name}="{_escaped(value, quoted)}"')
    if not node.children:
        parts.append("/>")
        return
    parts.append(">")
    is_mixed = any(child.tag == TEXT for child in node.children)
    # A new child stands as its siblings do.
    usual = next((child.lead for child in node.children if child.lead is not None), lead and lead + INDENT)
    for child in node.children:
        space = "" if is_mixed else usual if child.lead is None else child.lead
        parts.append(space)
        _write(child, parts, space)
    trail = lead if node.trail is None else node.trail
    parts.append(f"{'' if is_mixed else trail}</{node.tag}>")


def _escaped(text: str, characters: dict[str, str]) -> str:
    text = _checked(text)
    for character, escape in characters.items():
        if character in text:
            text = text.replace(character, escape)
    return text


def _checked(text: str) -> str:
    found = FORBIDDEN.search(text)
    if found:
        raise DxiError(text[:40], f"holds the character U+{ord(found[0]):04X}, which XML cannot store")
    return text
