"""The layers: which features they hold, for whom, and what a feature says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.db.models import QuerySet

from accounts.access import allowed
from accounts.permissions import Permission

from .crs import Crs
from .properties import Property

# Changes with what a feature looks like, so that nobody keeps an old form.
FORM = 1


@dataclass(frozen=True)
class Feature:
    """`properties` and `geometry` are JSON texts as the database wrote them."""

    id: str
    properties: str
    geometry: str


class Collection:
    """One layer. Features have ids that order them, so that a page begins behind the last id of the page before."""

    id: str
    title: str
    description: str
    permission: Permission
    properties: Sequence[Property]
    # Field of the queryset that holds the id of a feature.
    key: str
    # Field path from a feature to the geometry that a box is held against.
    place: str
    # What a feature is drawn as.
    geometry_type = "MultiPolygon"
    keywords: tuple[str, ...] = ()

    @cached_property
    def filters(self) -> dict[str, Property]:
        """Properties that requests may name, by name."""
        return {prop.name: prop for prop in self.properties if prop.lookup}

    def is_open_to(self, request, organisation) -> bool:
        return allowed(request.user, self.permission, organisation)

    def features(self, organisation) -> QuerySet:
        """All features, not ordered, with whatever the properties' expressions and lookups name."""
        raise NotImplementedError

    def read_id(self, text: str):
        """The id in an address as the key's type. ValueError for what can be no id."""
        raise NotImplementedError

    def written(self, organisation, keys: Sequence, crs: Crs) -> Iterator[Feature]:
        """The features of these keys that exist, in the order of the keys."""
        raise NotImplementedError

    def extent(self, organisation) -> tuple[float, float, float, float] | None:
        """West, south, east, north in degrees; None without features."""
        raise NotImplementedError

    def state(self, organisation) -> str:
        """Changes whenever any feature does."""
        raise NotImplementedError

    def selected(self, organisation, query) -> QuerySet:
        """Features that fit the question, not yet paged."""
        found = self.features(organisation)
        for name, value in query.conditions:
            found = found.filter(**{name: value})
        if query.box is not None:
            found = self.within(found, query.box)
        return found

    def within(self, found, box) -> QuerySet:
        return found.filter(**{f"{self.place}__intersects": box})

    def etag(self, organisation, *parts: str) -> str:
        """A weak one: answers carry the time at which they were made."""
        told = repr((FORM, self.id, organisation and str(organisation.pk), self.state(organisation), *parts))
        return f'W/"{sha256(told.encode()).hexdigest()[:32]}"'
