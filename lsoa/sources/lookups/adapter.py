"""Look-ups that fill columns of areas."""

from lsoa.models import Area, Dataset

from ..base import Refused, Release, Source, Stage
from ..regions import REGION_CODES
from ..rows import AreaColumns
from ..tables import english_rows, extent_of, read_csv
from .layouts import LAYOUTS, Layout, Match, fields_in


class AreaLookup(Source):
    """A look-up in one of several layouts and editions, told apart by their headings.

    Several publications fill the same columns. The newest release wins for each, whatever the order of loading: a
    column that a newer look-up fills is only filled where that one left it blank.
    """

    stage = Stage.LOOKUPS

    def __init__(self, key: str, layouts: tuple[Layout, ...]):
        self.key, self.layouts = key, layouts

    def match(self, columns: list[str]) -> Match | None:
        return next((match for layout in self.layouts if (match := layout.match(columns))), None)

    def headings(self):
        return [tuple(x.replace("##", edition) for x in y.templates) for y in self.layouts for edition in _editions(y)]

    def recognises(self, material):
        return material.kind == "csv" and self.match(material.columns) is not None

    def release(self, material):
        match = self.match(material.columns)
        return Release(
            title=match.title,
            publisher=match.layout.publisher,
            release=match.release,
            standing=match.layout.standing,
            vintage=match.layout.vintage,
            method=match.method,
        )

    def rows(self, material, context):
        match = self.match(material.columns)
        layout, names = match.layout, match.headings
        columns = [names[template] for template in layout.templates]
        frame = read_csv(material, columns, text_columns=columns, report=context.report).fillna("")
        frame = english_rows(frame, names[layout.code], context.report)
        if not len(frame):
            raise Refused(expected="rows about English LSOAs", found="none")
        codes = frame[names[layout.code]]
        context.extent = extent_of(codes.to_list(), frame[names[layout.name]] if layout.name else [""] * len(codes))
        held = fields_of_newer(self.key, match)
        if held:
            kept = ", ".join(sorted(field.replace("_", " ") for field in held))
            context.report.note(f"A newer look-up holds {kept}: filled only where that one has none.")
        fields = _cells(frame, {field: names[heading] for field, heading in layout.fields.items()})
        _reject_blanks(codes, fields, context.report)
        if "region_name" in fields:
            fields["region_code"] = [REGION_CODES.get(name) for name in fields["region_name"]]
        yield AreaColumns(
            line=frame.index.to_numpy(),
            code=codes.to_numpy(),
            columns=fields,
            fill_only=tuple(sorted(held)),
        )


def _editions(layout: Layout) -> list[str]:
    return ["19", "20", "21", "22", "23", "24", "25", "26"] if any("##" in x for x in layout.templates) else [""]


def fields_of_newer(key: str, match: Match) -> set[str]:
    """Fields of an area which a newer release of another look-up of the same vintage, in force, fills as well."""
    others = Dataset.objects.in_force().public().filter(publication__in=set(LAYOUTS) - {key})
    newer = others.filter(vintage=match.layout.vintage, release__gt=match.release)
    # What a look-up fills stands in its method: editions of one publication fill different columns.
    filled = {field for method in newer.values_list("method", flat=True) for field in fields_in(method)}
    return filled & set(match.layout.fields)


def _cells(frame, headings: dict[str, str]) -> dict[str, list]:
    """Cells of every field as text, None where blank. Raises Refused for a code that is too long to be one."""
    out = {}
    for field, heading in headings.items():
        text = frame[heading].astype(str).str.strip()
        longest = Area._meta.get_field(field).max_length
        wrong = text[text.str.len() > longest]
        if len(wrong):
            raise Refused(
                expected=f"at most {longest} characters in {heading}",
                found=f"{wrong.iloc[0][:60]!r} in line {wrong.index[0]}",
            )
        out[field] = [cell or None for cell in text]
    return out


def _reject_blanks(codes, fields, report):
    """A blank cell leaves what stands; its line is told."""
    for place, (line, code) in enumerate(codes.items()):
        blank = [field.replace("_", " ") for field, cells in fields.items() if cells[place] is None]
        if blank:
            report.reject(line, code, f"{', '.join(blank)}: blank")
