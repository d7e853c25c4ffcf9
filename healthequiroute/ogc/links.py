"""Links between the documents, and what kind of answer somebody wants."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.http import quote
from rest_framework.exceptions import NotAcceptable, ValidationError

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
# f=..., as map programs and people write it.
FORMATS = {"json": JSON, "html": HTML}


@dataclass(frozen=True)
class Wanted:
    """`name`: json or html; `explicit`: the address says so itself."""

    name: str
    explicit: bool

    @property
    def is_html(self) -> bool:
        return self.name == "html"


def wanted(request, *, kinds: tuple[str, ...] = (JSON,)) -> Wanted:
    """By `f`, else by Accept. ValidationError for another `f`, NotAcceptable for what nobody makes.

    `kinds`: media types of the answer that is not a page.
    """
    asked = request.GET.get("f")
    if asked is not None:
        if asked not in FORMATS:
            raise ValidationError({"f": f"Expected {' or '.join(FORMATS)}."})
        return Wanted(asked, True)
    offered = [*kinds, JSON, GEOJSON, HTML]
    best = request.get_preferred_type(list(dict.fromkeys(offered)))
    if best is None:
        raise NotAcceptable(f"This address answers with {', '.join(dict.fromkeys([*kinds, HTML]))}.")
    return Wanted("html" if best == HTML else "json", False)


def href(request, name: str, _query=None, **arguments) -> str:
    """An absolute address of this package."""
    address = request.build_absolute_uri(reverse(f"ogc-{name}", kwargs=arguments or None))
    return f"{address}?{urlencode(_query, quote_via=quote)}" if _query else address


def link(address: str, rel: str, kind: str, title: str = "") -> dict:
    told = {"href": address, "rel": rel, "type": kind}
    return told | ({"title": title} if title else {})


def self_and_alternate(request, want: Wanted, kind: str) -> list[dict]:
    """This document, and the same in the other form (Part 1, /req/core/fc-links and its likes)."""
    question = request.GET.copy()
    question["f"] = "json" if want.is_html else "html"
    other = f"{request.build_absolute_uri(request.path)}?{question.urlencode(safe=':/,')}"
    other_kind = kind if want.is_html else HTML
    return [
        link(request.build_absolute_uri(), "self", HTML if want.is_html else kind, "This document"),
        link(other, "alternate", other_kind, "As data" if want.is_html else "As a page"),
    ]


def header(links: list[dict]) -> str:
    """A Link header (RFC 8288)."""
    return ", ".join(f'<{each["href"]}>; rel="{each["rel"]}"; type="{each["type"]}"' for each in links)
