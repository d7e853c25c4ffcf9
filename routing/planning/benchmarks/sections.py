"""The text of a VRPLIB file: `KEYWORD : value` lines and `..._SECTION` tables. What they mean is told in vrplib.py."""

from dataclasses import dataclass

from routing.planning.fields import InputError


@dataclass(frozen=True)
class Sections:
    """`values`: texts by keyword; `tables`: rows of numbers by name without _SECTION; `lines`: where each stands."""

    path: object
    values: dict[str, str]
    tables: dict[str, list[list[float]]]
    lines: dict[str, int]

    def wrong(self, keyword, message):
        """The error to raise about a keyword or table."""
        where = f"{self.path}, line {self.lines[keyword]}" if keyword in self.lines else str(self.path)
        return InputError(f"{where}, {keyword}", message)

    def number(self, keyword, default=None):
        """A number of a `KEYWORD : value` line."""
        if keyword not in self.values:
            if default is None:
                raise self.wrong(keyword, "missing")
            return default
        try:
            return float(self.values[keyword])
        except ValueError:
            raise self.wrong(keyword, f"expected a number, found {self.values[keyword]!r}") from None

    def count(self, keyword, default=None):
        number = self.number(keyword, default)
        if number != int(number) or number < 0:
            raise self.wrong(keyword, f"expected a whole number, found {number:g}")
        return int(number)

    def rows(self, name, count, width=None):
        """The rows of a table whose first column counts 1, 2 ... `count`, without that column."""
        table = self.tables[name]
        if [row[0] for row in table] != list(range(1, count + 1)):
            raise self.wrong(name, f"expected rows numbered 1 to {count}, found {len(table)} rows")
        for row in table:
            if width is not None and len(row) != width + 1:
                raise self.wrong(name, f"expected {width} values in row {row[0]:g}, found {len(row) - 1}")
        return [row[1:] for row in table]

    def per_item(self, name, count, default=None):
        """One number for each of `count` items, from a table or one line that holds for all."""
        if name in self.tables:
            return [row[0] for row in self.rows(name, count, 1)]
        return [self.number(name, default)] * count


def read_sections(lines, path) -> Sections:
    """Raises InputError naming the line that is neither keyword nor numbers."""
    values, tables, where, table = {}, {}, {}, None
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text:
            continue
        if text == "EOF":
            break
        if _is_keyword(text):
            head, colon, value = text.partition(":")
            keyword = head.strip().upper()
            table = None
            if colon and value.strip():
                values[keyword] = value.strip()
            else:
                keyword = keyword.removesuffix("_SECTION")
                table = tables.setdefault(keyword, [])
            where[keyword] = number
            continue
        if table is None:
            raise InputError(f"{path}, line {number}", f"expected a keyword, found {text[:40]!r}")
        try:
            table.append([float(word) for word in text.split()])
        except ValueError:
            raise InputError(f"{path}, line {number}", f"expected numbers, found {text[:40]!r}") from None
    return Sections(path, values, tables, where)


def _is_keyword(text):
    return text[0].isalpha() and text.split()[0].lower() not in ("inf", "nan")
