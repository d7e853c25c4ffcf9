"""CSV files from outside: read strictly, refused whole when they are not what was expected.

UTF-8 with or without a byte order mark; commas, semicolons or tabs between cells (the heading tells); headings in any
case, with spaces or underscores.
"""

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field

# Words of headings that would make a row point to a person. A visit is a reference and a place, nothing more.
PERSONAL_WORDS = {
    *("name", "firstname", "forename", "forenames", "surname", "lastname", "fullname", "patient", "patientname"),
    *("dob", "birth", "birthday", "birthdate", "dateofbirth", "age", "sex", "gender", "ethnicity", "diagnosis"),
    *("nhs", "nhsno", "nhsnumber", "ni", "nino", "hospitalnumber", "mrn", "address", "address1", "street", "house"),
    *("phone", "telephone", "tel", "mobile", "email", "mail", "gp", "notes", "comment", "comments"),
}
DELIMITERS = ",;\t"
# Of the headings of a file that is none of ours, in what is said about it.
MOST_NAMED, MOST_LETTERS = 12, 40


class FileRefused(ValueError):
    """The file as a whole cannot be taken; the message says what was expected and what was found."""


class BadRow(ValueError):
    """One row cannot be taken; the message says why."""


@dataclass(frozen=True)
class Columns:
    """What a file may hold. `any_of`: at least one of these is needed; `thing`: what a row is, for messages."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()
    thing: str = "row"

    @property
    def known(self) -> frozenset[str]:
        return self.required | self.optional | self.any_of

    def check(self, names: list[str]) -> None:
        """FileRefused unless these (of the heading, lower case) are columns of such a file."""
        if not any(names):
            raise FileRefused(f"The file is empty. Expected a heading with {listed(self.required | self.any_of)}.")
        personal = [name for name in names if self._is_personal(name)]
        if personal:
            raise FileRefused(
                f"The file has columns that may hold personal details: {quoted(personal)}. Nothing was read. "
                f"A {self.thing} is an opaque reference and a place; remove these columns and try again."
            )
        unknown = [name or "(blank)" for name in names if name not in self.known]
        if unknown:
            raise FileRefused(f"Unknown columns: {quoted(unknown)}. Expected {listed(self.known)}.")
        if len(set(names)) < len(names):
            raise FileRefused("A column appears twice in the heading.")
        missing = self.required - set(names)
        lacks_any = bool(self.any_of) and not self.any_of & set(names)
        if missing or lacks_any:
            wanted = sorted(missing) + ([" or ".join(sorted(self.any_of, reverse=True))] if lacks_any else [])
            raise FileRefused(f"Missing columns: {', '.join(wanted)}. Found {quoted(names)}.")

    def _is_personal(self, name: str) -> bool:
        if name in self.known:
            return False
        words = re.findall(r"[a-z0-9]+", name)
        return bool({*words, "".join(words)} & PERSONAL_WORDS)


@dataclass
class Sheet:
    """A file that was read: the names of its columns, and (line, cells) of each row that is not blank. `bad`: rows that
    do not fit the heading, as {"line", "reason"}.
    """

    names: list[str]
    rows: list[tuple[int, dict[str, str]]]
    bad: list[dict] = field(default_factory=list)
    sha256: str = ""


def read_sheet(
    content: bytes, *, check, most_bytes: int, most_rows: int, rows_are: str = "rows", aliases=None
) -> Sheet:
    """Split a file into cells without blanks around them. `check(names)` raises FileRefused for a wrong heading;
    `aliases`: our names for those that others use.
    """
    text = _text(content, most_bytes)
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    sheet = Sheet([], [], sha256=hashlib.sha256(content).hexdigest())
    try:
        sheet.names = [re.sub(r"[ -]+", "_", name.strip().lower()) for name in next(reader, [])]
        sheet.names = [(aliases or {}).get(name, name) for name in sheet.names]
        check(sheet.names)
        for cells in reader:
            if cells:
                _keep(sheet, reader.line_num, cells)
    except csv.Error as error:
        raise FileRefused(f"Line {reader.line_num} is not CSV: {error}.") from None
    number = len(sheet.rows) + len(sheet.bad)
    if not number:
        raise FileRefused("The file has a heading but no rows.")
    if number > most_rows:
        raise FileRefused(f"The file has {number:,} rows; at most {most_rows:,} {rows_are} at once.")
    return sheet


def listed(names) -> str:
    return ", ".join(sorted(names))


def quoted(names) -> str:
    """The same of names that somebody else gave: the first few, and as much of each as tells it apart."""
    known = sorted(names)
    more = len(known) - MOST_NAMED
    shown = [name if len(name) <= MOST_LETTERS else f"{name[:MOST_LETTERS]}…" for name in known[:MOST_NAMED]]
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def _keep(sheet, line, cells):
    if len(cells) == len(sheet.names):
        sheet.rows.append((line, dict(zip(sheet.names, map(str.strip, cells), strict=True))))
    else:
        sheet.bad.append({"line": line, "reason": "it has more or fewer columns than the heading"})


def _text(content: bytes, most_bytes: int) -> str:
    if len(content) > most_bytes:
        raise FileRefused(f"The file is larger than {most_bytes // 1024 // 1024} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused("The file is not UTF-8 text. Save it as “CSV UTF-8”.") from None
    if "\0" in text:
        raise FileRefused("The file is not a text file. Save it as “CSV UTF-8”.")
    return text
