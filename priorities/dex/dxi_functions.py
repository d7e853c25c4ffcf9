"""FUNCTION, TABLE and DISCRETIZE elements of ``.dxi`` files: from elements to tables and back is ``dxi_writer``.

FUNCTION codes a rule as one character: class = code - code("0"), so that class 10 is ":". In its oldest form it holds
rule texts instead (``12=3``), see ``rule_text``. TABLE has one RULE element for each rule.
"""

from priorities.dex.model import Attribute, Discretisation, RequiredWeights, Table
from priorities.dex.rule_text import read_rule_texts
from priorities.dex.values import UNDEFINED, Value, interval, parse_number, parse_value, single
from priorities.dex.xml_tree import DxiError, XmlNode

MAXIMUM_RULES = 1_000_000
FUNCTION_TAGS = ("FUNCTION", "TABLE", "DISCRETIZE")
CACHED_TAGS = ("LOCWEIGHTS", "NORMLOCWEIGHTS")
# What XML calls white space: classes from 85 up are coded by characters that Python would strip too.
SPACE = " \t\r\n"
TRUE, FALSE = ("true", "t", "yes", "1", "+"), ("false", "f", "no", "0", "-")


def read_function(element: XmlNode, attribute: Attribute, arguments: list[Attribute]) -> Table | Discretisation:
    """Return the function of ``attribute``, whose children are ``arguments``. Raises DxiError."""
    if attribute.scale is None or attribute.scale.continuous:
        raise DxiError(attribute.name, f"has a {element.tag} but no discrete scale", element.line)
    if element.tag == "DISCRETIZE":
        return _discretisation(element, attribute, arguments)
    count = rule_count(attribute, arguments, element.line)
    if element.tag == "TABLE":
        rules, entered = _rule_elements(element, attribute, count)
    elif element.all("LOW"):
        rules, entered = _coded_rules(element, attribute, count)
    else:
        rules, entered = _rule_texts(element, attribute, [argument.size for argument in arguments])
    cached = tuple((tag, text_of(element, tag, attribute.name)) for tag in CACHED_TAGS if element.all(tag))
    return Table(
        rules=rules,
        entered=entered,
        weights=_weights(element, attribute.name, len(arguments)),
        use_consistency=flag(text_of(element, "CONSIST", attribute.name), attribute.name, "CONSIST", default=True),
        cached=cached,
    )


def rule_count(attribute: Attribute, arguments: list[Attribute], line: int | None = None) -> int:
    count = 1
    for argument in arguments:
        if argument.scale is not None and argument.scale.continuous:
            raise DxiError(attribute.name, f"its table has the continuous argument {argument.name}", line)
        count *= argument.size
        if count > MAXIMUM_RULES:
            raise DxiError(attribute.name, f"its table has more than {MAXIMUM_RULES:,} rules", line)
    return count


def _coded_rules(element: XmlNode, attribute: Attribute, count: int) -> tuple[tuple[Value, ...], tuple[bool, ...]]:
    owner, size = attribute.name, attribute.size
    low, high, entered = (text_of(element, tag, owner).strip(SPACE) for tag in ("LOW", "HIGH", "ENTERED"))
    high, entered = high or low, entered or "+" * count
    for tag, text in (("LOW", low), ("HIGH", high), ("ENTERED", entered)):
        if len(text) != count:
            reason = f"{tag} of its FUNCTION has {len(text)} rules; the arguments make {count} combinations"
            raise DxiError(owner, reason, element.line)
    if set(entered) - {"+", "-"}:
        raise DxiError(owner, "ENTERED of its FUNCTION holds something other than + and -", element.line)
    # Equal rules share one value: a table may have a million of them.
    known: dict[tuple[str, str], Value] = {}
    for number, pair in enumerate(zip(low, high, strict=True)):
        if pair not in known:
            known[pair] = _coded_rule(pair, number, owner, size, element.line)
    rules = tuple(known[pair] for pair in zip(low, high, strict=True))
    return rules, tuple(character == "+" for character in entered)


def _coded_rule(pair: tuple[str, str], number: int, owner: str, size: int, line: int | None) -> Value:
    low, high = (ord(character) - ord("0") for character in pair)
    if not (0 <= low < size and 0 <= high < size):
        raise DxiError(owner, f"rule {number} is {'..'.join(pair)!r}; the scale has {size} classes", line)
    if low > high:
        raise DxiError(owner, f"rule {number} runs backwards: LOW {low}, HIGH {high}", line)
    return single(low) if low == high else interval(low, high)


def _rule_elements(element: XmlNode, attribute: Attribute, count: int) -> tuple[tuple[Value, ...], tuple[bool, ...]]:
    elements, owner = element.all("RULE"), attribute.name
    if len(elements) != count:
        reason = f"its TABLE has {len(elements)} rules; the arguments make {count} combinations"
        raise DxiError(owner, reason, element.line)
    known: dict[str, Value] = {}
    rules = []
    for number, rule in enumerate(elements):
        text = rule.text
        if text not in known:
            known[text] = _written_value(text, attribute, f"rule {number}", rule.line)
        rules.append(known[text])
    marks = (rule.attributes.get("Entered", "") for rule in elements)
    return tuple(rules), tuple(flag(mark, owner, "Entered", default=True) for mark in marks)


def _written_value(text: str, attribute: Attribute, what: str, line: int | None) -> Value:
    """A rule without a text has no value."""
    try:
        return parse_value(text, attribute.size) if text.strip(SPACE) else UNDEFINED
    except ValueError as error:
        raise DxiError(attribute.name, f"{what}: {error}", line) from None


def _rule_texts(element: XmlNode, attribute: Attribute, sizes: list[int]) -> tuple[tuple[Value, ...], tuple[bool, ...]]:
    rules = element.all("RULE")
    texts = [rule.text for rule in rules] if rules else element.text.split()
    try:
        return read_rule_texts(texts, sizes, attribute.size)
    except ValueError as error:
        raise DxiError(attribute.name, f"FUNCTION: {error}", element.line) from None


def _weights(element: XmlNode, owner: str, arguments: int) -> RequiredWeights | None:
    rounding = text_of(element, "ROUNDING", owner).strip(SPACE)
    if rounding not in ("", "-1", "0", "1"):
        raise DxiError(owner, f"ROUNDING is {rounding!r}; expected -1, 0 or 1", element.line)
    text = text_of(element, "WEIGHTS", owner).strip(SPACE)
    if not text:
        return None
    percent = tuple(number_of(part, owner, "WEIGHTS", element.line) for part in text.split(";"))
    if len(percent) != arguments:
        raise DxiError(owner, f"{len(percent)} WEIGHTS for {arguments} arguments", element.line)
    if min(percent) < 0:
        raise DxiError(owner, f"WEIGHTS {text} hold a negative weight", element.line)
    return RequiredWeights(percent=percent, rounding=int(rounding or 0))


def _discretisation(element: XmlNode, attribute: Attribute, arguments: list[Attribute]) -> Discretisation:
    name, line = attribute.name, element.line
    if len(arguments) != 1 or arguments[0].scale is None or not arguments[0].scale.continuous:
        raise DxiError(name, "DISCRETIZE needs exactly one argument, on a continuous scale", line)
    parts = element.all("VALUE", "BOUND")
    expected = ["BOUND" if position % 2 else "VALUE" for position in range(len(parts))]
    if [part.tag for part in parts] != expected or len(parts) % 2 == 0:
        raise DxiError(name, "DISCRETIZE must alternate VALUE, BOUND, ... VALUE", line)
    bounds = tuple(number_of(part.text, name, "BOUND", part.line) for part in parts[1::2])
    if any(later <= earlier for earlier, later in zip(bounds, bounds[1:], strict=False)):
        raise DxiError(name, "the bounds of DISCRETIZE do not rise", line)
    associates = [part.attributes.get("Associate", "Down").strip().lower() for part in parts[1::2]]
    if set(associates) - {"up", "down"}:
        raise DxiError(name, "Associate of a BOUND is neither Up nor Down", line)
    values = tuple(_written_value(part.text, attribute, "DISCRETIZE", part.line) for part in parts[0::2])
    entered = tuple(flag(part.attributes.get("Entered", ""), name, "Entered", default=True) for part in parts[0::2])
    return Discretisation(
        bounds=bounds,
        bound_goes_up=tuple(associate == "up" for associate in associates),
        values=values,
        entered=() if all(entered) else entered,
    )


def only(element: XmlNode, tag: str, owner: str) -> XmlNode | None:
    """The one child with this tag, or None. Two of them would contradict each other: DxiError."""
    found = element.all(tag)
    if len(found) > 1:
        raise DxiError(owner, f"has {len(found)} {tag} elements", found[1].line)
    return found[0] if found else None


def text_of(element: XmlNode, tag: str, owner: str) -> str:
    found = only(element, tag, owner)
    return found.text if found is not None else ""


def flag(text: str, owner: str, tag: str, *, default: bool) -> bool:
    word = text.strip().lower()
    if word and word not in TRUE + FALSE:
        raise DxiError(owner, f"{tag} is {text!r}; expected True or False")
    return word in TRUE if word else default


def number_of(text: str, owner: str, tag: str, line: int | None = None) -> float:
    try:
        return parse_number(text)
    except ValueError as error:
        raise DxiError(owner, f"{tag}: {error}", line) from None
