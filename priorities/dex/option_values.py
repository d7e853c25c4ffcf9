"""What an option says about one attribute, checked against its scale and turned into an input of the model.

Raw values come in the terms of JSON, whatever the file: a number (class index, or the number itself on a continuous
scale), a list (set of classes), an object (class -> membership), None (undefined).
"""

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from priorities.dex.evaluate import InputValue
from priorities.dex.model import Attribute, Model, OptionNotation
from priorities.dex.values import ValueKind, parse_number, parse_value

CLASS_KEY = re.compile("-?[0-9]{1,6}")
BOUNDS = ("error", "clamp")
# Classes that a set or distribution may name before they are moved into the scale. No scale has as many.
CLAMPED_CLASSES = 1_000
UNKNOWN: tuple[int, int, dict[str, int]] = (-1, 0, {})


class OptionsError(ValueError):
    """Options that do not fit the model. ``option``, ``attribute`` and ``value`` say where, as far as known."""

    def __init__(self, reason: str, *, option: str = "", attribute: str = "", value: Any = None):
        self.reason, self.option, self.attribute, self.value = reason, option, attribute, value
        super().__init__(": ".join(part for part in (option, attribute, reason) if part))


class InputReader:
    """Turns what files say about an option into inputs of a model. Names are looked up once."""

    def __init__(self, model: Model, *, bounds: str = "error"):
        if bounds not in BOUNDS:
            raise ValueError(f"bounds is {bounds!r}; expected one of {', '.join(BOUNDS)}")
        self.model, self.bounds = model, bounds
        self._found: dict[str, Attribute] = {}
        # Of the attributes that were found: index, number of classes, class by its key. Nearly every value is one
        # class on its scale or a distribution over its classes, and is taken here without looking closer.
        self._plain: dict[str, tuple[int, int, dict[str, int]]] = {}

    def inputs(self, given: Iterable[tuple[str, Any]], option: str) -> dict[int, InputValue]:
        """``given``: names and raw values (as JSON has them). ``option``: how errors call the option."""
        result: dict[int, InputValue] = {}
        for name, raw in given:
            index, size, keys = self._plain.get(name, UNKNOWN)
            if index not in result:
                if type(raw) is int and 0 <= raw < size:
                    result[index] = raw
                    continue
                if type(raw) is dict and keys.keys() >= raw.keys() and all(map(_is_membership, raw.values())):
                    result[index] = {keys[key]: membership for key, membership in raw.items()}
                    continue
            attribute = self._found.get(name) or self.known(name, option)
            try:
                if attribute.index in result:
                    raise _Refused(f"#{attribute.index} has a value already")
                result[attribute.index] = self._value(attribute, raw)
            except _Refused as refusal:
                label = name if name == attribute.name else f"{name} ({attribute.name})"
                raise OptionsError(str(refusal), option=option, attribute=label, value=raw) from None
        return result

    def known(self, name: str, option: str) -> Attribute:
        """The attribute that a file means by ``name``. Raises OptionsError."""
        try:
            return self._attribute(name)
        except _Refused as refusal:
            raise OptionsError(str(refusal), option=option, attribute=name) from None

    def _attribute(self, name: str) -> Attribute:
        attribute = self._by_name(name)
        model = self.model
        if attribute.index in model.links:
            target = model.links[attribute.index]
            raise _Refused(f"is linked to {model.attributes[target].name} (#{target}); give the value there")
        self._found[name] = attribute
        is_discrete = attribute.scale is not None and not attribute.scale.continuous
        size = attribute.size if is_discrete else 0
        self._plain[name] = attribute.index, size, {str(index): index for index in range(size)}
        return attribute

    def _by_name(self, name: str) -> Attribute:
        attributes = self.model.attributes
        if re.fullmatch("#[0-9]{1,9}", name) and int(name[1:]) < len(attributes):
            return attributes[int(name[1:])]
        found = [a for a in attributes if a.name == name and a.index not in self.model.links]
        if len(found) == 1:
            return found[0]
        if found:
            choice = " or ".join(f"#{attribute.index}" for attribute in found)
            raise _Refused(f"{len(found)} attributes have this name; name one of them as {choice}")
        close = difflib.get_close_matches(name, [attribute.name for attribute in attributes], n=1)
        hint = f"; did you mean {close[0]}?" if close else f"; expected a name, or #0 to #{len(attributes) - 1}"
        raise _Refused(f"the model has no such attribute{hint}")

    def _value(self, attribute: Attribute, raw: Any) -> InputValue:
        """Check ``raw`` against the scale of ``attribute``."""
        if raw is None:
            return None
        if attribute.scale is None:
            raise _Refused(f"{_shown(raw)}: it has no scale, so it takes no value but null")
        if attribute.scale.continuous:
            return _number(raw)
        if isinstance(raw, list):
            return frozenset(self._class(part, attribute) for part in raw)
        if isinstance(raw, Mapping):
            return self._distribution(raw, attribute)
        return self._class(raw, attribute)

    def _class(self, raw: Any, attribute: Attribute) -> int:
        is_whole = isinstance(raw, int) or (isinstance(raw, float) and raw.is_integer())
        if isinstance(raw, bool) or not is_whole:
            raise _Refused(f"{_shown(raw)} is not a class index; expected {_expected(attribute)}")
        index = int(raw)
        if 0 <= index < attribute.size:
            return index
        if self.bounds == "clamp":
            return min(max(index, 0), attribute.size - 1)
        raise _Refused(f"class {_shown(raw)} is off the scale; expected {_expected(attribute)}")

    def _distribution(self, raw: Mapping[str, Any], attribute: Attribute) -> dict[int, float]:
        result: dict[int, float] = {}
        for key, membership in raw.items():
            if not CLASS_KEY.fullmatch(key):
                raise _Refused(f"{_shown(key)} is not a class index; expected {_expected(attribute)}")
            index = self._class(int(key), attribute)
            number = _number(membership)
            if not 0 <= number <= 1:
                raise _Refused(f"class {key} has the membership {_shown(membership)}; expected 0 to 1")
            if index in result and self.bounds == "error":
                raise _Refused(f"class {index} has two memberships")
            # Classes beyond the end of the scale add what they have to its last class.
            result[index] = min(result.get(index, 0.0) + number, 1.0)
        return result


def _is_membership(raw: Any) -> bool:
    return (type(raw) is float or type(raw) is int) and 0 <= raw <= 1


class _Refused(Exception):
    """Reason only; whoever catches it knows the option and the attribute."""


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise _Refused(f"{_shown(raw)} is not a number")
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _Refused(f"{_shown(raw)} is not a finite number")
    return number


def _expected(attribute: Attribute) -> str:
    names = attribute.scale.names
    shown = ", ".join(f"{index} {name}" for index, name in enumerate(names[:8]))
    return f"0 to {len(names) - 1} ({shown}{', ...' if len(names) > 8 else ''})"


def _shown(raw: Any) -> str:
    text = repr(raw) if not isinstance(raw, bool) else str(raw).lower()
    return text if len(text) <= 60 else f"{text[:57]}..."


def raw_value(text: str, attribute: Attribute, *, bounds: str) -> Any:
    """What a text in the notation of ``.dxi`` files says, in the terms of JSON. Raises ValueError.

    A text that is no class index may be the name of a class.
    """
    text, scale = text.strip(), attribute.scale
    if not text or text.lower().startswith("undef"):
        return None
    if scale is None:
        raise ValueError(f"{text!r}: it has no scale, so it takes no value")
    if scale.continuous:
        return parse_number(text)
    if CLASS_KEY.fullmatch(text):
        return int(text)
    if text in scale.names:
        if scale.names.count(text) > 1:
            raise ValueError(f"{scale.names.count(text)} classes are called {text!r}; give the index")
        return scale.names.index(text)
    if text == "*":
        return list(range(scale.size))
    value = parse_value(text, scale.size if bounds == "error" else CLAMPED_CLASSES)
    if value.kind is ValueKind.DISTRIBUTION:
        return {str(index): membership for index, membership in value.memberships}
    return [index for index, _ in value.memberships]


def stored_value(text: str, notation: OptionNotation, attribute: Attribute, *, bounds: str) -> Any:
    """As ``raw_value``, for a value in a model file. The old notation has a character for each class, and ``*`` or
    nothing for all of them."""
    is_discrete = attribute.scale is not None and not attribute.scale.continuous
    if notation is not OptionNotation.OLD or not is_discrete or text.lower().startswith("undef"):
        return raw_value(text, attribute, bounds=bounds)
    text = text.strip()
    if text in ("", "*"):
        return list(range(attribute.size))
    classes = [ord(character) - ord("0") for character in text]
    return classes[0] if len(classes) == 1 else classes
