"""The rules as they stand in `rules/`: one alternative in each line, a space for any white space."""

import re
import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("rules")


@cache
def names(file: str) -> tuple[str, ...]:
    """Rules of a file, in its order."""
    return tuple(_read(file))


@cache
def pattern(file: str, name: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern:
    """The rule of this name: whatever fits one of its lines. KeyError for one that is not there."""
    lines = [line for line in _read(file)[name].splitlines() if line]
    return re.compile("|".join(lines).replace(" ", r"\s"), flags)


@cache
def words(file: str) -> frozenset[str]:
    """The words of a list, one in each line."""
    return frozenset((FOLDER / f"{file}.txt").read_text().split())


@cache
def _read(file: str) -> dict[str, str]:
    return tomllib.loads((FOLDER / f"{file}.toml").read_text())
