"""One question with everything that is known when it is answered, and the answer while it is written."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from accounts.access import allowed
from accounts.permissions import Permission
from insights.safety.normalising import folded

from .book import Book
from .indicators import Meant
from .places import Mentions, Named, Scope, named_by_ref, own_patches, scope_of
from .shapes import Answer, AnswerTable, Link, Notice

MOST_SUGGESTIONS = 4


@dataclass(frozen=True)
class Turn:
    """`text` is redacted; `folded` is the same in lower case. `slots` come from the answer before.

    `meant` and `mentions`: the indicator that it speaks of, and the places that it names.
    """

    text: str
    folded: str
    person: object
    organisation: object
    today: date
    slots: dict
    meant: Meant | None = None
    mentions: Mentions = Mentions()

    def may(self, permission: Permission) -> bool:
        return self.person is not None and allowed(self.person, permission, self.organisation)

    @property
    def places(self) -> list[Named]:
        """Those of the question, else those of the question before."""
        if self.mentions.places:
            return list(self.mentions.places)
        return [named_by_ref(row["ref"], row["name"]) for row in self.slots.get("places", [])]

    @cached_property
    def _patches(self):
        return own_patches(self.organisation)

    @cached_property
    def patch(self):
        """The organisation's patch that the question names by its whole name; None where it names none."""
        # A board may bear the name of its patch: "NHS Aldermoor and the Isles Integrated Care Board".
        found = [
            (patch, rf"(?<!nhs )\b{re.escape(folded(patch.name))}\b(?! integrated| icb)") for patch in self._patches
        ]
        named = [patch for patch, words in found if re.search(words, self.folded)]
        return max(named, key=lambda patch: len(patch.name), default=None)

    @property
    def area(self) -> Named | None:
        return next((place for place in self.places if place.is_area), None)

    def scope(self) -> Scope:
        """The place in question; "England" is everywhere, "our patch" the organisation's; else as before."""
        if self.mentions.places:
            larger = [place for place in self.mentions.places if not place.is_area]
            return scope_of((larger or list(self.mentions.places))[0], self.organisation)
        if any(word in self.folded for word in ("england", "nationally", "the country", "everywhere", "all areas")):
            return scope_of(None, self.organisation, everywhere=True)
        if self.patch is not None:
            return scope_of(None, self.organisation, patch_slug=self.patch.slug)
        before = self.slots.get("scope", "")
        if any(word in self.folded for word in ("our patch", "my patch", "the patch", "our area")) or not before:
            return scope_of(None, self.organisation)
        if before.startswith("patch:"):
            return scope_of(None, self.organisation, patch_slug=before.removeprefix("patch:"))
        if before == "all":
            return scope_of(None, self.organisation, everywhere=True)
        name = self.slots.get("scope_name", "")
        return scope_of(named_by_ref(before, name), self.organisation)


@dataclass
class Draft:
    """What a tool writes. `say` takes sentences whose figures come from `book`."""

    intent: str
    book: Book = field(default_factory=Book)
    paragraphs: list[str] = field(default_factory=list)
    table: AnswerTable | None = None
    links: list[Link] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    slots: dict = field(default_factory=dict)

    def say(self, *sentences: str) -> None:
        text = " ".join(sentence for sentence in sentences if sentence)
        if text:
            self.paragraphs.append(text)

    def keep(self, *, places=None, scope: Scope | None = None, **others) -> None:
        """Slots for the next question."""
        if places is not None:
            self.slots["places"] = [place.as_slot() for place in places]
        if scope is not None:
            self.slots |= {"scope": scope.ref, "scope_name": scope.name}
        self.slots |= {name: value for name, value in others.items() if value is not None}

    def finished(self, turn: Turn) -> Answer:
        return Answer(
            question=turn.text,
            intent=str(self.intent),
            paragraphs=tuple(self.paragraphs),
            facts=self.book.facts,
            table=self.table,
            links=tuple(self.links),
            notices=tuple(self.notices),
            slots=turn.slots | {"intent": str(self.intent)} | self.slots,
            suggestions=tuple(self.suggestions[:MOST_SUGGESTIONS]),
        )
