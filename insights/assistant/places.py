"""Places that a question names: read from its words, and looked up in the gazetteer. Nothing is guessed."""

import re
from dataclasses import dataclass

from insights.safety.personal import postcodes
from lsoa.models import Area, Patch, Place
from lsoa.search import Fit, in_place, search

from .everyday import JOINING, WORDS

CODE = re.compile(r"\b[EWX]\d{8}\b", re.IGNORECASE)
_TOKEN = re.compile(r"\[[^\]]+\]|[^\W_](?:[\w'&-]*\w)?")
_AND = re.compile(r"\s+(?:and|with)\s+", re.IGNORECASE)
# Words with capitals in a row, with joining words between them.
_CAPITALS = re.compile(r"[A-Z][\w'&-]*(?:\s+(?:(?:and|the|of|upon|on|in)\s+){0,2}[A-Z][\w'&-]*)+")
# What a choice says beside its code is there for people.
_BESIDE_A_CODE = re.compile(r"\([^()]*(?:\([^()]*\)[^()]*)*\b([EWX]\d{8})\)", re.IGNORECASE)
_EXACT = (Fit.CODE, Fit.NAME)
_KINDS = {
    "ward": Place.Kind.WARD,
    "icb": Place.Kind.ICB,
    "region": Place.Kind.REGION,
    "council": Place.Kind.LOCAL_AUTHORITY,
    "borough": Place.Kind.LOCAL_AUTHORITY,
    "authority": Place.Kind.LOCAL_AUTHORITY,
    "neighbourhood": Place.Kind.NEIGHBOURHOOD,
    "town": Place.Kind.SETTLEMENT,
}
# Of two places of one name, people mean the council rather than the town of it.
_RATHER = {
    kind: place
    for place, kind in enumerate(
        ("area", "local_authority", "icb", "sub_icb", "region", "settlement", "ward", "msoa", "postcode_district")
    )
}
MOST_CHOICES, MOST_NAMES = 6, 6
EVERYWHERE = "all"


@dataclass(frozen=True)
class Named:
    """A place of the gazetteer. `ref` is what slots and addresses hold, e.g. "ward:E05000861"."""

    kind: str
    code: str
    name: str
    detail: str = ""

    @property
    def ref(self) -> str:
        return f"{self.kind}:{self.code}"

    @property
    def is_area(self) -> bool:
        return self.kind == Place.Kind.AREA

    @property
    def choice(self) -> str:
        """Its name with what tells it from others and its code, so that it can be asked for word by word."""
        where = f" in {self.detail}" if self.detail else ""
        return f"{self.name} ({Place.Kind(self.kind).label.lower()}{where}, {self.code})"

    def as_slot(self) -> dict:
        return {"ref": self.ref, "name": self.name}


@dataclass(frozen=True)
class Mentions:
    """What a text names: `places` in its order, `unclear` texts with the places that they may mean, `unknown` texts."""

    places: tuple[Named, ...] = ()
    unclear: tuple[tuple[str, tuple[Named, ...]], ...] = ()
    unknown: tuple[str, ...] = ()


def mentions(text: str, organisation, ignored: frozenset[str] = frozenset()) -> Mentions:
    """Places that the text names. `ignored`: words (lower case) that mean something else in this question."""
    found: list[Named] = []
    unclear, unknown = [], []
    text = _BESIDE_A_CODE.sub(r"(\1)", text)
    for code in CODE.findall(text):
        hit = next(iter(_hits(code, organisation, None)), None)
        if hit:
            found.append(_named(hit))
        else:
            unknown.append(code.upper())
    by_code = bool(found or unknown)
    text, whole, several = _whole_names(CODE.sub(" , ", text), organisation)
    found += whole
    unclear += [] if by_code else several
    names = _names(text, ignored)[:MOST_NAMES]
    while names:
        name = names.pop(0)
        exact, others = _read(name, organisation, _kind_said(text, name))
        joints = list(_AND.finditer(name))
        if exact is None and 0 < len(joints) <= MOST_NAMES:
            # "Brighton and Hove" is one place, "Salford and Bury" are two: parted at the last joint first.
            names = [name[: joints[-1].start()], name[joints[-1].end() :], *names]
            continue
        # "Salford (E08000006)": the code says which Salford.
        if by_code and (exact is None or exact.name in {place.name for place in found}):
            continue
        if exact:
            found.append(exact)
        elif others:
            unclear.append((name, tuple(others[:MOST_CHOICES])))
        else:
            unknown.append(name)
    return Mentions(tuple(dict.fromkeys(found)), tuple(unclear), tuple(unknown))


def _whole_names(text: str, organisation):
    """The text without names that are written with capitals and hold everyday words ("NHS Greater Manchester Integrated
    Care Board"), the places that they are, and those that may be several with their choices."""
    found, unclear = [], []
    for match in list(_CAPITALS.finditer(text))[:MOST_NAMES]:
        words = match.group().split()
        # "Compare Moss Side": the first word may be none of the name.
        words = words[1:] if words[0].lower() in WORDS and words[0].lower() not in ("north", "south", "east") else words
        name = " ".join(words)
        if len(words) > 1 and any(word.lower() in WORDS for word in words):
            exact, others = _read(name, organisation, None)
            alike = [other for other in others if other.name.lower() == name.lower()]
            if exact:
                found.append(exact)
            elif alike:
                unclear.append((name, tuple(alike[:MOST_CHOICES])))
            text = text.replace(name, " , ", 1) if exact or alike else text
    return text, found, unclear


def area_of_postcode(text: str) -> Named | None:
    """The area in which a whole postcode lies; None where it is not known."""
    found = search(text, kinds=["postcode"], limit=2)
    row = next(iter(found.postcodes.values()), None) if found.certain else None
    return Named(Place.Kind.AREA, row.area_code, row.area_name) if row and row.area_loaded else None


def without_postcodes(text: str) -> str:
    """Every whole postcode replaced by the code of its area, or by "[postcode]": a postcode is somebody's door."""
    for start, end in reversed(postcodes(text)):
        area = area_of_postcode(text[start:end])
        text = text[:start] + (area.code if area else "[postcode]") + text[end:]
    return text


def named_by_ref(ref: str, name: str = "") -> Named:
    kind, _, code = ref.partition(":")
    return Named(kind, code, name or code)


def own_patches(organisation) -> list[Patch]:
    return list(Patch.objects.for_organisation(organisation)) if organisation else []


@dataclass(frozen=True)
class Scope:
    """The areas that a question is about. `query` is the part of Explore's address that asks for the same."""

    ref: str
    name: str
    areas: object
    query: tuple[tuple[str, str], ...]


def scope_of(place: Named | None, organisation, *, everywhere: bool = False, patch_slug: str = "") -> Scope:
    """The place; else the organisation's patch (the first, or the one named); else all areas."""
    areas = Area.objects.current()
    if place is not None:
        query = (("patch", EVERYWHERE), ("place", place.ref))
        return Scope(place.ref, place.name, in_place(areas, place.ref), query)
    patches = [] if everywhere else own_patches(organisation)
    if patches:
        patch = next((each for each in patches if each.slug == patch_slug), patches[0])
        return Scope(f"patch:{patch.slug}", patch.name, areas.in_patch(patch), (("patch", patch.slug),))
    return Scope(EVERYWHERE, "all areas", areas, (("patch", EVERYWHERE),))


def _names(text: str, ignored: frozenset[str]) -> list[str]:
    """Runs of words that are no everyday words, with joining words between them."""
    names, run, joins, last_end = [], [], [], 0
    for match in _TOKEN.finditer(text):
        word = match.group()
        lower = word.lower().removesuffix("'s")
        broken = re.search(r"[,;:?!]", text[last_end : match.start()])
        last_end = match.end()
        if broken and run:
            names.append(" ".join(run))
            run, joins = [], []
        if lower in JOINING and run:
            joins.append(word)
        elif word.startswith("[") or lower in WORDS or lower in ignored or lower.isdigit() or len(lower) < 2:
            if run:
                names.append(" ".join(run))
            run, joins = [], []
        else:
            run += [*joins, word.removesuffix("'s")]
            joins = []
    return [*names, " ".join(run)] if run else names


def _read(name: str, organisation, kind) -> tuple[Named | None, list[Named]]:
    """The place that the name can only mean, or those that it may mean."""
    hits = _hits(name, organisation, kind)
    exact = sorted((hit for hit in hits if hit.fit in _EXACT), key=lambda hit: _RATHER.get(hit.kind, 99))
    if exact:
        same = [hit for hit in exact if hit.kind == exact[0].kind]
        return (_named(same[0]), []) if len(same) == 1 else (None, [_named(hit) for hit in same])
    begins = [hit for hit in hits if hit.fit in (Fit.START, Fit.WORDS)]
    larger = [hit for hit in begins if hit.kind != Place.Kind.AREA]
    if len(begins) == 1 or len(larger) == 1:
        return _named((larger or begins)[0]), []
    return None, [_named(hit) for hit in larger or begins or hits]


def _hits(name: str, organisation, kind) -> list:
    kinds = [kind] if kind else [each for each in Place.Kind.values if each != Place.Kind.POSTCODE_SECTOR]
    found = search(name, organisation=organisation, kinds=kinds, limit=MOST_CHOICES)
    return [hit for hit in found.hits if hit.kind in _RATHER and hit.area_count]


def _named(hit) -> Named:
    return Named(hit.kind, hit.code, hit.name, hit.detail)


def _kind_said(text: str, name: str):
    """The kind of place that is said right behind the name."""
    match = re.search(re.escape(name) + r"\s+(\w+)", text)
    return _KINDS.get(match.group(1).lower()) if match else None
