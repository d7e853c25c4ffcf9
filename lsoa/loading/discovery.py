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
    """A material with its adapter, or None when there is none; `problem` says why it cannot even be looked at."""

    material: FileMaterial | SpecMaterial
    source: Source | None = None
    named: bool = False
    problem: str = ""
    # Where it is below the directory that was given; a member of an archive after a colon.
    path: str = ""


def discover(paths: Iterable[str | Path], options: dict[str, str] | None = None) -> list[Found]:
    """Every file below the paths with its adapter: boundaries first, then look-ups, practices, values, derived values;
    within a stage older releases first, so that the newest ends up in force. Raises PathMissing.

    `options` (crs, period, encoding, convert) are given to every file. Links that lead out of a directory are not
    followed.
    """
    found = [item for path in paths for item in _below(path, options or {})]
    return sorted(found, key=_order)


def _below(path: str | Path, options) -> Iterable[Found]:
    if not str(path).strip():
        # Path("") is the directory that somebody happens to be in.
        raise PathMissing("expected the path of a file or directory, found an empty one")
    place = Path(path)
    if place.is_dir():
        root = place.resolve()
        # Directories behind links are not entered by rglob itself.
        files = sorted(file for file in place.rglob("*") if not file.name.startswith("."))
        for file in files:
            problem = _link_problem(file, root) if file.is_symlink() else ""
            if problem:
                yield Found(FileMaterial(file), problem=problem, path=str(file.relative_to(place)))
            elif file.is_file():
                yield from _recognised(file, options, root=place)
    elif place.is_file():
        yield from _recognised(place, options, root=place.parent, named=True)
    else:
        yield _made(str(path))


def _link_problem(link: Path, root: Path) -> str:
    """Why a link in a directory is left out; blank for one that leads to something in it."""
    try:
        target = link.resolve(strict=True)
    # A ring of links is a RuntimeError in Python 3.11.
    except (OSError, RuntimeError):
        return "a link that leads nowhere is not followed"
    return "" if target.is_relative_to(root) else "a link that leads out of the directory is not followed"


def _recognised(file: Path, options, *, root: Path, named=False) -> Iterable[Found]:
    material, path = FileMaterial(file), str(file.relative_to(root))
    material.options = dict(options)
    try:
        tables = material.tables()
        for table in tables:
            table.options = dict(options)
        yield from [Found(table, source_for(table), named, path=path + _member(table)) for table in tables]
    except Refused as refusal:
        yield Found(material, named=named, problem=str(refusal), path=path)
    except OSError as error:
        problem = f"expected a readable file, found: {error.strerror or error}"
        yield Found(material, named=named, problem=problem, path=path)


def _member(material) -> str:
    return f":{material.member}" if material.member else ""


def _made(text: str) -> Found:
    match = SPEC.match(text)
    if not match or match.group(1) not in schemes():
        known = ", ".join(sorted(schemes()))
        raise PathMissing(f"{text} is neither a file nor a directory nor one of the sources {known}")
    material = SpecMaterial(text)
    source = next(source for source in SOURCES if source.scheme == material.scheme)
    material.content_key = source.content_key(material.options)
    return Found(material, source, named=True, path=text)


def _order(found: Found):
    if found.source is None:
        return (max(Stage) + 1, "", "", 0, 0, str(found.material))
    # The larger file first: a city's boundaries need not be loaded where the nation's are.
    size = -found.material.path.stat().st_size if isinstance(found.material, FileMaterial) else 0
    try:
        release = found.source.release(found.material)
        key = (release.release, -release.standing)
    except (Refused, OSError):
        key = ("", 0)
    return (int(found.source.stage), found.source.key, *key, size, str(found.material))
