"""Addresses that a saved view can hold: those of pages whose whole state is in them, as the page writes them."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse

from ..models import SavedView, ViewPage
from ..query import PriorityQuery

MOST_LETTERS = SavedView._meta.get_field("query").max_length
# Compare: up to six areas, and the patch or theme that is looked at.
MOST_PAIRS = 100


def page_address(page: str, query: str) -> str:
    """The address within the portal."""
    return reverse(ViewPage(page).value) + (f"?{query}" if query else "")


def read_address(text: str) -> tuple[ViewPage, str]:
    """The page and its query string. ValidationError for addresses of other sites and of pages that cannot be kept."""
    parts = urlsplit(text.strip())
    pages = {reverse(page.value): page for page in ViewPage}
    if parts.scheme or parts.netloc or parts.path not in pages:
        raise ValidationError("Only views of Explore and Compare can be saved.")
    page = pages[parts.path]
    return page, tidy(page, parts.query)


def tidy(page: ViewPage | str, query: str) -> str:
    """The query string as the page itself would write it. ValidationError where it cannot be read or is too long."""
    try:
        data = QueryDict(query)
    except (ValueError, UnicodeDecodeError):
        raise ValidationError("This address cannot be read.") from None
    if sum(len(values) for _, values in data.lists()) > MOST_PAIRS:
        raise ValidationError("This view has too many filters to be saved.")
    if page == ViewPage.EXPLORE:
        # The page of a table is where somebody was, not what they looked at.
        query = PriorityQuery.from_querydict(data).changed(page=1).to_querystring()
    else:
        query = data.urlencode(safe=":/,")
    if len(query) > MOST_LETTERS:
        raise ValidationError("This view has too many filters to be saved.")
    return query
