"""Which publications the product knows, and where their publishers offer them. Knows neither Django nor the database.

An address stands in the manifest only when the publisher keeps it for good; otherwise a person chooses the file on the
landing page. A hash stands there only when the official bytes are known.
"""

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

MANIFEST = Path(__file__).with_name("manifest.toml")
KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
SHA256 = re.compile(r"[0-9a-f]{64}")


class ManifestInvalid(ValueError):
    """A manifest that cannot be used; says which entry and field, what was expected and found."""


@dataclass(frozen=True)
class Publication:
    """One publication. `file` is its name on disk; `member` is the file wanted out of a zip archive; `sha256` is the
    hash of the bytes as published ("": not known); `adapter` is the key of the adapter that must recognise it."""

    key: str
    title: str
    publisher: str
    landing_page: str
    licence: str
    adapter: str
    file: str = ""
    address: str = ""
    member: str = ""
    sha256: str = ""
    note: str = ""

    @property
    def is_chosen_by_hand(self) -> bool:
        return not self.address


def read_manifest(path: Path = MANIFEST) -> dict[str, Publication]:
    """Publications by key, in the order of the file. Raises ManifestInvalid, FileNotFoundError."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestInvalid(f"{path.name}: expected TOML, found {error}") from error
    entries = data.get("publication")
    if not isinstance(entries, list):
        raise ManifestInvalid(f"{path.name}: expected tables [[publication]], found none")
    found: dict[str, Publication] = {}
    for number, entry in enumerate(entries, start=1):
        publication = _publication(entry, f"{path.name}, publication {number}")
        if publication.key in found:
            raise ManifestInvalid(f"{path.name}: the key {publication.key!r} stands there twice")
        found[publication.key] = publication
    return found


def _publication(entry: dict, where: str) -> Publication:
    known = {field.name for field in fields(Publication)}
    unknown = sorted(set(entry) - known)
    if unknown:
        raise ManifestInvalid(f"{where}: expected the fields {', '.join(sorted(known))}, found {unknown[0]!r}")
    wrong = sorted(name for name, value in entry.items() if not isinstance(value, str))
    if wrong:
        raise ManifestInvalid(f"{where}: expected text in {wrong[0]!r}, found {entry[wrong[0]]!r}")
    for name in ("key", "title", "publisher", "landing_page", "licence", "adapter"):
        if not entry.get(name):
            raise ManifestInvalid(f"{where}: expected {name!r}, found nothing")
    publication = Publication(**entry)
    _check(publication, where)
    return publication


def _check(publication: Publication, where: str) -> None:
    if not KEY.fullmatch(publication.key):
        raise ManifestInvalid(f"{where}: expected a key such as census2021-ts001, found {publication.key!r}")
    for name in ("landing_page", "address"):
        value = getattr(publication, name)
        if value and not re.match(r"https?://[^/\s]+", value):
            raise ManifestInvalid(f"{where}: expected an address with https:// in {name!r}, found {value!r}")
    if publication.sha256 and not SHA256.fullmatch(publication.sha256):
        raise ManifestInvalid(f"{where}: expected 64 hexadecimal digits in 'sha256', found {publication.sha256!r}")
    if publication.address and not publication.file:
        raise ManifestInvalid(f"{where}: expected 'file' beside 'address', found nothing")
    for name in ("file", "member"):
        value = getattr(publication, name)
        if value != Path(value).name:
            raise ManifestInvalid(f"{where}: expected the name of a file in {name!r}, found {value!r}")
