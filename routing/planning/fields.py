"""Typed reading of parsed JSON: every error names the field, what was expected and what was found."""

from reprlib import Repr

_MISSING = object()
_SHORT = Repr()
_SHORT.maxlevel, _SHORT.maxlist, _SHORT.maxdict, _SHORT.maxstring, _SHORT.maxlong = 2, 3, 3, 40, 30


class InputError(ValueError):
    """Input that breaks the contract. `field` is a path such as `visits[3].windows[0]`."""

    def __init__(self, field, message):
        super().__init__(f"{field}: {message}")
        self.field = field


def shown(value):
    """A short, safe rendering of what was found, however large or deep it is."""
    text = _SHORT.repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


class Fields:
    """An object of the input. Getters take a default for a field that may be left out; without one it must be there.

    null means left out wherever a field may be left out.
    """

    def __init__(self, value, path, known):
        if not isinstance(value, dict):
            raise InputError(path or "the file", f"expected an object, found {shown(value)}")
        unknown = sorted(str(key) for key in set(value) - set(known))
        if unknown:
            raise InputError(at(path, printable(unknown[0])), f"unknown field; known are {', '.join(sorted(known))}")
        self.value = value
        self.path = path

    def name(self, key):
        return at(self.path, key)

    def given(self, key):
        """Whether the field is there and says something."""
        return self.value.get(key) is not None

    def get(self, key, default=_MISSING):
        if self.given(key):
            return self.value[key]
        if default is not _MISSING:
            return default
        if key in self.value:
            raise InputError(self.name(key), "expected a value, found null")
        raise InputError(self.name(key), "missing")

    def integer(self, key, default=_MISSING, *, least=None):
        value = self.get(key, default)
        return value if value is default else integer(value, self.name(key), least=least)

    def number(self, key, default=_MISSING):
        """A finite number of at least 0 (costs, prizes, weights)."""
        value = self.get(key, default)
        if value is default:
            return default
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or value != value or value < 0:
            raise InputError(self.name(key), f"expected a number of at least 0, found {shown(value)}")
        if value > _LARGEST:
            raise InputError(self.name(key), f"{shown(value)} is beyond what can be added up exactly ({_LARGEST})")
        return int(value) if float(value).is_integer() else value

    def boolean(self, key, default):
        value = self.get(key, default)
        if not isinstance(value, bool):
            raise InputError(self.name(key), f"expected true or false, found {shown(value)}")
        return value

    def choice(self, key, choices, default):
        value = self.get(key, default)
        if value not in choices:
            raise InputError(self.name(key), f"expected one of {', '.join(choices)}, found {shown(value)}")
        return value

    def text(self, key, default=_MISSING):
        value = self.get(key, default)
        if not isinstance(value, str):
            raise InputError(self.name(key), f"expected a text, found {shown(value)}")
        return value

    def identifier(self, key):
        """A text or an integer; JSON files of other systems number their visits and staff."""
        return identifier(self.get(key), self.name(key))

    def identifiers(self, key, default=()):
        """A list of names as a frozen set; None only where the default is None."""
        value = self.get(key, default)
        if value is None:
            return None
        return frozenset(
            identifier(item, f"{self.name(key)}[{i}]") for i, item in enumerate(array(value, self.name(key)))
        )

    def array(self, key, default=_MISSING):
        return array(self.get(key, default), self.name(key))


_LARGEST = 1 << 50


def at(path, key):
    return f"{path}.{key}" if path else str(key)


def array(value, path):
    if not isinstance(value, list | tuple):
        raise InputError(path, f"expected a list, found {shown(value)}")
    return value


def integer(value, path, *, least=None):
    """An integer; a float is taken when it is whole."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(path, f"expected an integer, found {shown(value)}")
    if least is not None and value < least:
        raise InputError(path, f"expected at least {least}, found {shown(value)}")
    if abs(value) > _LARGEST:
        raise InputError(path, f"{shown(value)} is beyond what can be added up exactly ({_LARGEST})")
    return value


def identifier(value, path):
    if isinstance(value, int) and not isinstance(value, bool):
        return str(integer(value, path))
    if not isinstance(value, str) or not value or printable(value) != value:
        raise InputError(path, f"expected a name, found {shown(value)}")
    return value


def printable(text):
    """The text with what no encoding can write (half of a surrogate pair) made visible."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def window(value, path):
    """`[opens, closes]` with opens <= closes."""
    pair = array(value, path)
    if len(pair) != 2:
        raise InputError(path, f"expected [opens, closes], found {shown(value)}")
    opens, closes = integer(pair[0], f"{path}[0]"), integer(pair[1], f"{path}[1]")
    if opens > closes:
        raise InputError(path, f"closes before it opens: {shown(value)}")
    return opens, closes


def unique(ids, path):
    """Refuses a list of ids with a repetition; names the second place."""
    seen = {}
    for index, name in enumerate(ids):
        if name in seen:
            raise InputError(f"{path}[{index}].id", f"{name!r} is already the id of {path}[{seen[name]}]")
        seen[name] = index
