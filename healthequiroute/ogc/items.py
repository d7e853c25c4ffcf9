"""Features as one GeoJSON document, written while it is sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import orjson
from django.core.cache import cache
from django.utils import timezone

from .collections import Collection, Feature
from .links import GEOJSON, HTML, link
from .parameters import ItemsQuery

COUNTED_SECONDS = 60 * 60


@dataclass(frozen=True)
class Page:
    """Some features in the order of their ids. Behind the last one begins the next page: however many come before it,
    and whatever was added since, no feature comes twice and none is left out.
    """

    layer: Collection
    organisation: object
    query: ItemsQuery

    @cached_property
    def _keys(self) -> list:
        """The keys of this page, and one more where there is another page."""
        found = self.layer.selected(self.organisation, self.query)
        if self.query.after != "":
            found = found.filter(**{f"{self.layer.key}__gt": self.query.after})
        return list(found.order_by(self.layer.key).values_list(self.layer.key, flat=True)[: self.query.limit + 1])

    @property
    def keys(self) -> list:
        return self._keys[: self.query.limit]

    @property
    def last(self) -> str | None:
        """The id behind which the next page begins; None on the last page."""
        return str(self.keys[-1]) if len(self._keys) > self.query.limit else None

    @cached_property
    def matched(self) -> int:
        """Features of all pages, kept as long as nothing changes."""
        box = self.query.box.ewkt if self.query.box else ""
        asked = (self.layer.etag(self.organisation), sorted(self.query.conditions), box)
        key = f"ogc-matched:{sha256(repr(asked).encode()).hexdigest()[:40]}"
        return cache.get_or_set(key, self._count, COUNTED_SECONDS)

    def _count(self) -> int:
        if self.query.after == "" and self.last is None:
            return len(self.keys)
        return self.layer.selected(self.organisation, self.query).count()

    @cached_property
    def features(self) -> Iterator[Feature]:
        return self.layer.written(self.organisation, self.keys, self.query.crs)

    def pieces(self, links: list[dict]) -> Iterator[bytes]:
        """The document in pieces of some features."""
        head = {
            "type": "FeatureCollection",
            "timeStamp": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "links": links,
            "numberMatched": self.matched,
        }
        yield orjson.dumps(head)[:-1] + b',"features":['
        returned, gathered = 0, []
        for feature in self.features:
            gathered.append((b",\n" if returned else b"\n") + written(feature))
            returned += 1
            if len(gathered) == PER_PIECE:
                yield b"".join(gathered)
                gathered = []
        # What was deleted since the page began is not there, so the number comes last.
        yield b"".join(gathered) + b'\n],"numberReturned":' + str(returned).encode() + b"}\n"


PER_PIECE = 250


def written(feature: Feature, links: list[dict] | None = None) -> bytes:
    """One feature. RFC 7946: the members of a document may come in any order."""
    told = b'{"type":"Feature","id":' + orjson.dumps(feature.id) + b',"geometry":' + feature.geometry.encode()
    told += b',"properties":' + feature.properties.encode()
    return told + (b',"links":' + orjson.dumps(links) if links else b"") + b"}"


def next_links(request, page: Page, *, is_html: bool) -> list[dict]:
    if page.last is None:
        return []
    question = request.GET.copy()
    question["after"] = page.last
    # The limit that was kept to, not the one that was asked for.
    question["limit"] = str(page.query.limit)
    address = f"{request.build_absolute_uri(request.path)}?{question.urlencode(safe=':/,')}"
    return [link(address, "next", HTML if is_html else GEOJSON, "The features that follow")]
