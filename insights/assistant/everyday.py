"""Words of questions that are no part of a place's name (`everyday.txt`)."""

from pathlib import Path

WORDS = frozenset(Path(__file__).with_name("everyday.txt").read_text().split())
# Join words of a name: "Brighton and Hove", "Newcastle upon Tyne".
JOINING = frozenset(("and", "the", "of", "upon", "on", "in", "le", "by", "with", "next", "under"))
