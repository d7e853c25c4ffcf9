"""What the search box found, by kind, each with the page that it leads to."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from lsoa.models import Area, Postcode
from lsoa.search import LABELS, PLURALS, POSTCODE, Answer, Hit, month_text, successors
from lsoa.search.postcodes import FoundPostcode
from priorities.presenters import PriorityTag

from ..query import EVERYWHERE, PriorityQuery
from . import wording
from .area import tags_by_area

MOST_SUGGESTIONS = 8
AREA = "area"


@dataclass(frozen=True)
class Result:
    """One line. `url` is empty where nothing is there to be shown; `notes` then say why."""

    name: str
    code: str
    detail: str
    url: str
    areas: str = ""
    notes: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    tag: PriorityTag | None = None
    is_own: bool = False
    is_retired: bool = False


@dataclass(frozen=True)
class Group:
    kind: str
    title: str
    results: list[Result]
    more: str = ""
    more_url: str = ""


@dataclass(frozen=True)
class Option:
    """A suggestion: a line of the list below the box."""

    number: int
    name: str
    kind: str
    detail: str
    url: str


def place_url(hit: Hit) -> str:
    """Where a hit leads: an area to its page, a larger place to Explore."""
    if hit.kind == AREA:
        return reverse("area", args=[hit.code]) if hit.vintage == 2021 else ""
    query = PriorityQuery(patch=EVERYWHERE, place=f"{hit.kind}:{hit.code}")
    return f"{reverse('explore')}?{query.to_querystring()}"


def search_url(text: str, kind: str = "") -> str:
    return f"{reverse('search')}?{urlencode({'q': text} | ({'kind': kind} if kind else {}))}"


def postcode_url(row: FoundPostcode | None) -> str:
    return reverse("area", args=[row.area_code]) if row and row.area_loaded else ""


class SearchPage:
    """Everything that `portal/search.html` shows for one answer."""

    def __init__(self, answer: Answer, *, kind: str = ""):
        self.answer, self.kind = answer, kind
        self.text, self.problem = answer.text, answer.problem

    @classmethod
    def too_many(cls) -> "SearchPage":
        return cls(
            Answer("", problem="You have searched very often in the last minute. Wait a moment, then try again.")
        )

    @property
    def only_area(self) -> str:
        """Code of the area that the text can only mean; empty when there is anything to choose or to explain."""
        hit = self.answer.certain
        if hit is None or self.answer.meant:
            return ""
        if hit.kind == POSTCODE:
            row = self.answer.postcodes[hit.code]
            return row.area_code if row.area_loaded and not row.terminated else ""
        return hit.code if hit.kind == AREA and hit.vintage == 2021 else ""

    @property
    def title(self) -> str:
        if not self.groups:
            return f"Nothing found for “{self.text}”"
        shown = sum(len(group.results) for group in self.groups)
        return f"{shown} result{'' if shown == 1 else 's'} for “{self.answer.meant or self.text}”"

    @property
    def meant_note(self) -> str:
        """Said when another spelling was looked for."""
        return f"Nothing is called “{self.text}”. These fit “{self.answer.meant}”." if self.answer.meant else ""

    @cached_property
    def groups(self) -> list[Group]:
        return [self._group(kind) for kind in self.answer.kinds]

    def _group(self, kind: str) -> Group:
        hits = self.answer.of_kind(kind)
        more = max(hit.of_kind for hit in hits) - len(hits)
        title = PLURALS[kind] if len(hits) + max(more, 0) > 1 else LABELS[kind]
        results = [self._postcode(hit) if kind == POSTCODE else self._place(hit) for hit in hits]
        if more <= 0:
            return Group(kind, title, results)
        if self.kind:
            return Group(kind, title, results, more=f"{more:,} more fit: add to the name to see fewer.")
        return Group(kind, title, results, f"Show more of {more + len(hits):,}", search_url(self.text, kind))

    def _place(self, hit: Hit) -> Result:
        notes, links = [], ()
        if hit.vintage != 2021:
            if hit.kind != AREA:
                notes.append("As it was in 2011. It leads to the areas of today that came from it.")
            else:
                notes.append("An area of the 2011 census that has been replaced.")
                links = tuple((name, reverse("area", args=[code])) for code, name in successors(hit.code))
                notes.append("It became:" if links else "What it became is not loaded.")
        return Result(
            name=hit.name,
            code=hit.code if hit.code != hit.name and hit.kind != "settlement" else "",
            detail=hit.detail,
            url=place_url(hit),
            areas=wording.areas(hit.area_count) if hit.kind != AREA else "",
            notes=tuple(notes),
            links=links,
            tag=self._tags.get(hit.code) if hit.kind == AREA and hit.vintage == 2021 else None,
            is_own=hit.is_own,
            is_retired=hit.vintage != 2021,
        )

    def _postcode(self, hit: Hit) -> Result:
        row = self.answer.postcodes[hit.code]
        return Result(
            name=row.postcode,
            code="",
            detail=", ".join(part for part in (row.area_name, row.authority) if part),
            url=postcode_url(row),
            notes=tuple(postcode_notes(row)),
            is_retired=row.terminated is not None,
        )

    @cached_property
    def _tags(self) -> dict[str, PriorityTag]:
        codes = [hit.code for hit in self.answer.of_kind(AREA) if hit.vintage == 2021]
        areas = list(Area.objects.current().filter(code__in=codes).only("pk", "code"))
        tags = tags_by_area(areas)
        return {area.code: tags[area.pk] for area in areas}


def postcode_notes(row: FoundPostcode) -> list[str]:
    """What a person must know about a postcode before they use it."""
    notes = []
    if row.terminated:
        stood = " The area is the one that it stood in." if row.area_code else ""
        notes.append(f"Terminated in {month_text(row.terminated)}: nobody lives there any more.{stood}")
    if not row.is_residential:
        notes.append("A large user’s own postcode: one organisation, no homes.")
    if not row.area_code:
        where = "its area is not known yet" if row.has_point else "no publication says where it is"
        notes.append(f"The postcode exists, but {where}.")
    elif not row.area_loaded:
        notes.append(f"It is in area {row.area_code}, which is not loaded here.")
    if row.area_method in (Postcode.AreaMethod.NEAREST_PART, Postcode.AreaMethod.CONTAINING):
        notes.append("Its area was found from its place on the map.")
    return notes


def suggestions(answer: Answer) -> list[Option]:
    """The best few hits of all kinds, each leading where its result would."""
    options = []
    for hit in answer.hits[:MOST_SUGGESTIONS]:
        url = postcode_url(answer.postcodes[hit.code]) if hit.kind == POSTCODE else place_url(hit)
        if hit.kind == POSTCODE and answer.postcodes[hit.code].terminated:
            # The page says what is the matter with it.
            url = ""
        options.append(Option(len(options), hit.name, LABELS[hit.kind], hit.detail, url or search_url(hit.code)))
    return options
