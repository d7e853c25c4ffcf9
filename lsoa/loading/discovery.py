"""From paths to materials in the order in which they must be loaded."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lsoa.sources.base import Refused, Source, Stage
from lsoa.sources.material import FileMaterial, SpecMaterial
from lsoa.sources.registry import SOURCES, schemes, source_for

SPEC = re.compile(r"^([a-z][a-z0-9_]*):?(.*)$")


class PathMissing(ValueError):
    """A path that names neither a file nor a directory nor a source."""


@dataclass(frozen=True)
class Found:
    """A material with its adapter, or None when there is none."""

    material: FileMaterial | SpecMaterial
    source: Source | None


def discover(paths: Iterable[str | Path]) -> list[Found]:
    """Every file below the paths with its adapter: boundaries first, then look-ups, practices, values, derived values;
    within a stage older releases first, so that the newest ends up in force. Raises PathMissing."""
    found = [Found(material, source_for(material)) for path in paths for material in _materials(path)]
    return sorted(found, key=_order)


def _materials(path: str | Path):
    place = Path(path)
    if place.is_dir():
        files = sorted(file for file in place.rglob("*") if file.is_file() and not file.name.startswith("."))
        return [FileMaterial(file) for file in files]
    if place.is_file():
        return [FileMaterial(place)]
    match = SPEC.match(str(path))
    if match and match.group(1) in schemes():
        material = SpecMaterial(str(path))
        source = next(source for source in SOURCES if source.scheme == material.scheme)
        material.content_key = source.content_key(material.options)
        return [material]
    raise PathMissing(f"{path} is neither a file nor a directory nor one of the sources {', '.join(sorted(schemes()))}")


def _order(found: Found):
    if found.source is None:
        return (max(Stage) + 1, "", "", 0, 0, str(found.material))
    # The larger file first: a city's boundaries need not be loaded where the nation's are.
    size = -found.material.path.stat().st_size if isinstance(found.material, FileMaterial) else 0
    try:
        release = found.source.release(found.material)
        key = (release.release, -release.standing)
    except Refused:
        key = ("", 0)
    return (int(found.source.stage), found.source.key, *key, size, str(found.material))
