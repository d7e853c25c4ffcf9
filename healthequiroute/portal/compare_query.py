"""Which areas are held beside each other, and how: all of it in the address."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse

MOST_AREAS = 6
CODE = re.compile(r"[EWX]01\d{6}")
ENGLAND, FIRST = "england", "first"


@dataclass(frozen=True)
class CompareQuery:
    """`areas` are codes in the order of columns; `against` is what better and worse are measured by; `differs` leaves
    out what is alike; `removed` names the area that was just taken off, so that the page can offer it back."""

    areas: tuple[str, ...] = ()
    against: str = FIRST
    differs: bool = False
    removed: str = ""
    removed_at: int = 0

    @classmethod
    def from_querydict(cls, asked) -> "CompareQuery":
        """What is not a code is left out, as is what comes twice, and what comes after the sixth."""
        codes = [code for text in asked.getlist("area") if CODE.fullmatch(code := text.strip().upper())]
        removed = asked.get("removed", "").upper()
        place = asked.get("at", "")
        return cls(
            areas=tuple(dict.fromkeys(codes))[:MOST_AREAS],
            against=ENGLAND if asked.get("against") == ENGLAND else FIRST,
            differs=asked.get("differs") == "on",
            removed=removed if CODE.fullmatch(removed) else "",
            removed_at=int(place) if place in tuple("012345") else 0,
        )

    @property
    def is_full(self) -> bool:
        return len(self.areas) >= MOST_AREAS

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Without what was removed: the address that is worth keeping."""
        pairs = [("area", code) for code in self.areas]
        if self.against != FIRST:
            pairs.append(("against", self.against))
        return [*pairs, ("differs", "on")] if self.differs else pairs

    @property
    def url(self) -> str:
        text = urlencode(self.pairs)
        return reverse("compare") + (f"?{text}" if text else "")

    def with_area(self, code: str) -> "CompareQuery":
        areas = self.areas if code in self.areas or self.is_full else (*self.areas, code)
        return replace(self, areas=areas, removed="")

    def as_first(self, code: str) -> "CompareQuery":
        return replace(self, areas=(code, *(each for each in self.areas if each != code)), removed="")

    def without_url(self, code: str) -> str:
        """Takes an area off; the page that comes then knows how to put it back."""
        place = self.areas.index(code)
        rest = replace(self, areas=tuple(each for each in self.areas if each != code))
        return f"{reverse('compare')}?{urlencode([*rest.pairs, ('removed', code), ('at', place)])}"

    @property
    def undo_url(self) -> str:
        """Back to where it was."""
        areas = [code for code in self.areas if code != self.removed]
        areas.insert(self.removed_at, self.removed)
        return replace(self, areas=tuple(areas)[:MOST_AREAS], removed="").url
