"""A kept document as a page, a PDF and a workbook."""

from functools import cache, cached_property, partial
from io import BytesIO
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from accounts.list_files import Column, Kind, ListFile, Notes
from accounts.list_files.columns import NUMBERS, written
from lsoa.written_numbers import percent

from .. import screen_charts
from ..charts import Bar, horizontal_bars
from ..line_charts import Axis, Series, line_chart
from ..models import ReportEdition

READERS = {
    "equity": "those who may see visit plans of the organisation",
    "plans": "those who may see visit plans of the organisation",
    "workload": "those who may see visit plans of the organisation",
}
EVERYBODY = "everybody who may see areas"
# Rows up to which a table stays on one page.
SHORT = 12


class EditionPage:
    """What the page and the PDF of an edition show."""

    def __init__(self, edition: ReportEdition):
        self.edition, self.report, self.content = edition, edition.report, edition.content

    @property
    def title(self) -> str:
        return self.content["title"]

    @cached_property
    def sections(self) -> list[dict]:
        return self._sections(chart_of)

    def _sections(self, draw) -> list[dict]:
        return [
            {
                "id": f"part-{number}",
                "title": section["title"],
                "text": section["text"],
                "chart": draw(section["chart"]) if _has_figures(section["chart"]) else "",
                "tables": [_table(table) for table in section["tables"]],
            }
            for number, section in enumerate(self.content["sections"], 1)
        ]

    def pdf(self) -> bytes:
        # A second of loading that most processes never need.
        from accounts.list_files.pdf_file import pdf_of

        return pdf_of(render_to_string("portal/reports/paper.html", {"page": self}))

    @property
    def paper_sections(self) -> list[dict]:
        """A picture in a PDF does not see the style sheet around it: each holds its own."""
        style = chart_style()

        def draw(chart):
            drawn = chart_of(chart, on_paper=True)
            return mark_safe(drawn.replace(">", f"><style>{style}</style>", 1))  # noqa: S308

        return self._sections(draw)

    def workbook(self) -> bytes:
        from accounts.list_files.xlsx_file import write_book

        file = BytesIO()
        write_book(f"{self.title}, {self.content['subtitle']}", self.lists(), file)
        return file.getvalue()

    def lists(self) -> list[ListFile]:
        """The summary, then each table as a list of its own."""
        notes = self._notes()
        lines = [("Summary", text) for text in self.content["summary"]]
        lines += [(each["label"], f"{each['value']} {each['note']}".strip()) for each in self.content["figures"]]
        lines += [("Method", text) for text in self.content["method"]]
        lines += [("Source", text) for text in self.content["sources"]]
        columns = (
            Column("part", "Summary, a key figure, method or source", value=lambda row: row[0]),
            Column("text", "What it says", value=lambda row: row[1]),
        )
        found = [self._list("1 summary", self.title, columns, lines, notes)]
        for section in self.content["sections"]:
            for table in section["tables"]:
                number = len(found) + 1
                title = f"{section['title']}: {table['caption']}"
                found.append(self._list(f"{number} {table['caption']}", title, _columns(table), table["rows"], notes))
        return found

    def _list(self, name, title, columns, rows, notes) -> ListFile:
        return ListFile(name, title, columns, rows, notes, made_at=self.edition.made_at)

    def _notes(self) -> Notes:
        content = self.content
        return Notes(
            " ".join(content["sources"]),
            [f"Period: {content['subtitle']}", *content["filters"]],
            READERS.get(self.report.kind, EVERYBODY),
            counts=content["counts"],
            more=content["method"],
        )


def _has_figures(chart: dict | None) -> bool:
    """An empty frame tells nothing that the table below it does not."""
    if not chart:
        return False
    if "bars" in chart:
        return any(each["share"] is not None for each in chart["bars"])
    return any(value is not None for _, values in chart["series"] for value in values)


def _columns(table) -> list[Column]:
    return [
        Column(head["heading"], head["meaning"], Kind(head["kind"]), lambda row, place=place: row[place])
        for place, head in enumerate(table["heads"])
    ]


def _table(table) -> dict:
    kinds = [Kind(head["kind"]) for head in table["heads"]]
    return {
        "caption": table["caption"],
        "heads": [
            {"heading": head["heading"], "is_number": kind in NUMBERS}
            for head, kind in zip(table["heads"], kinds, strict=True)
        ],
        "rows": [[_cell(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in table["rows"]],
        "empty": table["empty"],
        "note": table["note"],
        "is_short": len(table["rows"]) <= SHORT,
    }


def _cell(value, kind) -> dict:
    text = "not shown" if value == "[c]" else written(value, kind) or "–"
    return {"text": text, "is_number": kind in NUMBERS}


def chart_of(chart: dict | None, *, on_paper=False) -> SafeString:
    """A kept chart for a page, or as one picture for paper; its figures stand in the table below it."""
    if not chart:
        return mark_safe("")
    if "bars" in chart:
        bars = [
            Bar(each["label"], each["share"], each["text"], interval=each["interval"] and tuple(each["interval"]))
            for each in chart["bars"]
        ]
        return (horizontal_bars if on_paper else screen_charts.bars)(bars, title=chart["title"])
    return _lines(chart, on_paper)


def _lines(chart, on_paper) -> SafeString:
    periods = chart["periods"]
    series = [
        Series(label, [(place, value) for place, value in enumerate(values) if value is not None], style)
        for style, (label, values) in enumerate(chart["series"])
    ]
    top = max([1.0, *(y for one in series for _, y in one.points)])
    across = Axis("", -0.3, len(periods) - 0.7, list(enumerate(periods)))
    ticks = [(step / 4 * top, f"{25 * step * top:.0f}%") for step in range(5)]
    told = [f"{label}: " + ", ".join(percent(value) for value in values) for label, values in chart["series"]]
    draw = partial(line_chart, width=560) if on_paper else screen_charts.lines
    return draw(series, x=across, y=Axis("", 0.0, top, ticks), title=chart["title"], description="; ".join(told))


@cache
def chart_style() -> str:
    """The style of charts on paper."""
    return (Path(__file__).parent / "charts.css").read_text()
