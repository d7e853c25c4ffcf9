"""The facts of one answer, collected while it is written. Whatever a paragraph says of the data is taken from here."""

from .shapes import Fact

# Names come from data; one that looks like a citation must not become one.
_PLAIN = str.maketrans({"[": "(", "]": ")", "\n": " ", "\r": " "})


class Book:
    """Facts in the order in which they were first said."""

    def __init__(self):
        self._facts: list[Fact] = []
        self._keys: dict[tuple, str] = {}

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(self._facts)

    def cite(self, value, shown: str, *, unit="", place="", period="", source="", href="") -> str:
        """The fact as it stands in a sentence: what is shown, and its key, e.g. "38.2% [f2]"."""
        shown = shown.translate(_PLAIN)
        same = (value, shown, unit, place, period, source, href)
        if same not in self._keys:
            self._keys[same] = f"f{len(self._facts) + 1}"
            self._facts.append(Fact(self._keys[same], *same))
        return f"{shown} [{self._keys[same]}]"
