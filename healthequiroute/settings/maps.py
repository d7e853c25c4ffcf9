"""The base map under the areas: none, or pictures from one server that the operator names."""

import re
from urllib.parse import urlsplit

from environs import validate

from .environment import env

# Our own outlines and names are the ground; pictures of somebody else's server are a choice of the operator's.
_TEMPLATE = re.compile(r"^(https://[^/{}\s]+|http://(localhost|127\.0\.0\.1)(:\d+)?)/[^\s]*\{z\}[^\s]*$")


def _is_template(text: str) -> None:
    if text and not (_TEMPLATE.match(text) and "{x}" in text and "{y}" in text and "{s}" not in text):
        raise validate.ValidationError(
            "Not an address of tiles: https://one.server/…/{z}/{x}/{y}.png, without {s}, is expected."
        )


BASE_MAP_TILES = env.str("BASE_MAP_TILES", "", validate=_is_template)
# The licence of every base map asks for it.
BASE_MAP_ATTRIBUTION = (
    env.str("BASE_MAP_ATTRIBUTION", validate=validate.Length(min=1, error="Say whose map it is."))
    if BASE_MAP_TILES
    else ""
)
_parts = urlsplit(BASE_MAP_TILES)
# The only server besides our own from which a page may show pictures.
BASE_MAP_ORIGINS = [f"{_parts.scheme}://{_parts.netloc}"] if BASE_MAP_TILES else []
