"""The rules as they stand in `rules/`: one alternative in each line, a space for any white space."""

import re
import tomllib
from functools import cache
from pathlib import Path

# Most rules read folded text; capitals that do not count cost twice the time.
NO_FLAGS = re.RegexFlag(0)
EDGE = r"\b"
FOLDER = Path(__file__).with_name("rules")


@cache
def names(file: str) -> tuple[str, ...]:
    """Rules of a file, in its order."""
    return tuple(_read(file))


@cache
def pattern(file: str, name: str, flags: re.RegexFlag = NO_FLAGS) -> re.Pattern:
    """The rule of this name: whatever fits one of its lines. KeyError for one that is not there."""
    lines = [line for line in _read(file)[name].splitlines() if line]
    return re.compile(_joined(lines).replace(" ", r"\s"), flags)


def _joined(lines: list[str]) -> str:
    """One expression. What begins at a word's edge is looked for there alone: three times as fast as everywhere."""
    at_words = [line.removeprefix(EDGE) for line in lines if line.startswith(EDGE) and "|" not in _outside(line)]
    others = [line for line in lines if not line.startswith(EDGE) or "|" in _outside(line)]
    return "|".join([*([rf"\b(?=\w)(?:{'|'.join(at_words)})"] if at_words else []), *others])


def _outside(line: str) -> str:
    """What of a line stands outside brackets."""
    plain = re.sub(r"\\.|\[(?:\\.|[^\]])*\]", "", line)
    while (shorter := re.sub(r"\([^()]*\)", "", plain)) != plain:
        plain = shorter
    return plain


@cache
def words(file: str) -> frozenset[str]:
    """The words of a list, one in each line."""
    return frozenset((FOLDER / f"{file}.txt").read_text().split())


@cache
def _read(file: str) -> dict[str, str]:
    return tomllib.loads((FOLDER / f"{file}.toml").read_text())
