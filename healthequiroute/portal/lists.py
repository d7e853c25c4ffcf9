"""Areas with their figures, calculations of priorities, scenarios and moved areas as files (`accounts.list_files`)."""

from collections.abc import Iterator

from accounts.list_files import Column, Kind, ListFile, Notes
from accounts.list_files.large import register_list
from accounts.list_files.listing import Again, LazyRows
from accounts.permissions import Permission
from lsoa.exports.about import GEOGRAPHY_MEANING, SIGN_MEANINGS, SIGNS, About, source_line
from lsoa.exports.contents import GEOGRAPHY
from priorities.models import ModelVersion

from .presenters.runs import ComparisonPage, where_of
from .presenters.scenarios import MovedAreas, moved_areas, origin_of, title_of

READERS = "everybody who may see areas"
SCORES = "Priorities of areas worked out by this portal from published figures (Open Government Licence v3.0)"
# On paper: what tells areas apart, and as many figures as fit beside it.
ON_PAPER = ("area_code", "area_name", "local_authority_name", "priority_class", "visit_minutes")
MOST_ON_PAPER = 6
RUN_COLUMNS = (
    Column("finished_at", "When the calculation came into force", Kind.MOMENT, lambda row: row[0].finished_at),
    Column("model", "Version of the priority model", value=lambda row: str(row[0].model_version)),
    Column("where", "All areas, or a patch", value=lambda row: row[1]),
    Column("areas", "Areas scored (LSOAs of 2021)", Kind.WHOLE, lambda row: row[0].area_count),
    Column(
        "more_urgent",
        "Areas more urgent than in the calculation before",
        Kind.WHOLE,
        lambda row: _moved(row[0], "rose"),
    ),
    Column(
        "less_urgent",
        "Areas less urgent than in the calculation before",
        Kind.WHOLE,
        lambda row: _moved(row[0], "fell"),
    ),
    Column("outdated", "Why it should be made anew; empty: it need not", value=lambda row: row[0].outdated_because),
)
CHANGE_COLUMNS = (
    Column("area_code", "LSOA 2021 code", Kind.CODE, "code"),
    Column("area_name", "Its name", value="name"),
    Column("local_authority", "Local authority district", value="authority"),
    Column("class_before", "Class in the earlier calculation, the comparator", value="before.label"),
    Column("class_after", "Class in the later one", value="after.label"),
    Column("cause", "What made the difference", value="cause"),
    Column("reasons", "Which figures moved, the first few", value=lambda row: " ".join(row.reasons)),
)
SCENARIO_COLUMNS = (
    Column("scenario", "Title", value=title_of),
    Column("number", "Number of the version", Kind.WHOLE, "number"),
    Column("made_from", "What it was made from", value=origin_of),
    Column("changed_at", "Last change", Kind.MOMENT, "updated_at"),
    Column("by", "Who made it", value=lambda one: one.updated_by.get_full_name() if one.updated_by else ""),
)
MOVED_COLUMNS = (
    Column("area_code", "LSOA 2021 code", Kind.CODE, "code"),
    Column("area_name", "Its name", value="name"),
    Column("local_authority", "Local authority district", value="authority"),
    Column("class_now", "Class in force, the comparator", value="now.label"),
    Column("class_in_scenario", "Class that the scenario would give", value="draft.label"),
)


def run_list(runs, organisation) -> ListFile:
    rows = [(run, where_of(run, organisation)) for run in runs]
    return ListFile("calculations", "Calculations of priorities", RUN_COLUMNS, rows, Notes(SCORES, readers=READERS))


def change_list(page: ComparisonPage, filters) -> ListFile:
    """Every area that has another class in the later of two calculations."""
    filters = [f"Before: {page.before}", f"After: {page.after}", *filters]
    notes = Notes(SCORES, filters, READERS, more=[GEOGRAPHY_MEANING])
    rows = LazyRows(page.areas.paginator.count, page.all_rows)
    return ListFile("changed-areas", "Areas in another class", CHANGE_COLUMNS, rows, notes)


def scenario_list(scenarios, organisation) -> ListFile:
    notes = Notes("Scenarios of the organisation", readers="those who may edit scenarios")
    title = f"Scenarios of {organisation}"
    return ListFile("scenarios", title, SCENARIO_COLUMNS, scenarios, notes, place=str(organisation))


def moved_list(scenario: ModelVersion, listed: MovedAreas) -> ListFile:
    """Every area that a scenario moves."""
    filters = [f"Scenario: {title_of(scenario)}", f"Move: {listed.title}"]
    more = [GEOGRAPHY_MEANING, "A scenario changes nothing that is in force."]
    notes = Notes(SCORES, filters, "those who may edit scenarios of the organisation", more=more)
    rows = moved_areas(listed.moves, listed.all_rows)
    return ListFile(
        "moved-areas", "Areas that would change class", MOVED_COLUMNS, rows, notes, place=title_of(scenario)
    )


def area_list(export, *, on_paper: bool = False) -> ListFile:
    """The areas of an AreaExport with their figures; missing ones carry the sign of their reason."""
    contents = export.contents
    about = About.of(contents)
    meanings = {column.heading: (column.meaning, column.kind) for column in contents.columns}
    headings = [heading for heading in contents.headings if not on_paper or heading in ON_PAPER]
    figures = list(enumerate(contents.indicators))
    figures = figures[:MOST_ON_PAPER] if on_paper else figures
    columns = [_named(heading, *meanings.get(heading, (_geography(heading), str))) for heading in headings]
    columns += [
        Column(each.code, f"{each.name} ({each.unit})", Kind.DECIMAL, lambda row, place=place: row[1][place])
        for place, each in figures
    ]
    signs = "Signs: " + "; ".join(f"{sign} {meaning}" for sign, meaning in SIGN_MEANINGS.items())
    more = [GEOGRAPHY_MEANING, signs]
    if on_paper and len(contents.indicators) > MOST_ON_PAPER:
        more.append(f"The first {MOST_ON_PAPER} of {len(contents.indicators)} figures; Excel and CSV hold all of them.")
    source = " ".join(source_line(dataset) for dataset in about.sources) or SCORES
    notes = Notes(source, contents.filters, "those who may take areas away", more=more)
    rows = LazyRows(len(contents.keys), lambda: _area_rows(contents))
    arguments = {"query": export.query.to_querystring(), "indicators": [each.code for each in contents.indicators]}
    return ListFile(
        "areas",
        contents.title,
        columns,
        rows,
        notes,
        place=export.place,
        again=Again("areas", arguments | {"on_paper": on_paper}),
    )


def _area_rows(contents) -> Iterator[tuple[dict, list]]:
    """(row of geography and priority, figures or signs) of each area, read block by block."""
    for block in contents.blocks():
        for row, values, missing in zip(block.rows, block.values.tolist(), block.missing, strict=True):
            figures = zip(values, missing, strict=True)
            yield row, [SIGNS[reason] if value != value else value for value, reason in figures]


FIGURE_COLUMNS = (
    Column("indicator", "Code of the indicator", Kind.CODE, "code"),
    Column("name", "Its name", value="name"),
    Column("theme", "Theme", value="theme"),
    Column("unit", "Unit of the figure", value="unit"),
    Column("figure", "The area's own figure as it was published; empty: see missing", Kind.DECIMAL, "value"),
    Column("missing", "Why there is none", value="missing"),
    Column("england_median", "Median of all areas of England, the comparator", value="median"),
    Column("beside_england", "How it compares with England, in words", value="comparison"),
    Column("source", "Publication, release and publisher", value="source"),
)


def figure_list(page) -> ListFile:
    """Every figure of one area beside England's, from an AreaPage."""
    notes = Notes(SCORES, [f"Area: {page.name} ({page.code})"], READERS, more=[GEOGRAPHY_MEANING])
    title = f"Figures of {page.name} ({page.code})"
    return ListFile("area-figures", title, FIGURE_COLUMNS, page.indicators, notes, place=page.code)


def comparison_list(page) -> ListFile:
    """What the page of compared areas shows, with the column that the others are held against."""
    rows = [(section.title, row) for section in page.sections for row in section.rows]
    heads = [cell.column for cell in rows[0][1].cells] if rows else []
    columns = [
        Column("part", "Part of the comparison", value=lambda row: row[0]),
        Column("measure", "What is compared", value=lambda row: row[1].label),
    ]
    columns += [
        Column(_head(head, place, heads), "Value, and how it stands beside the comparator", value=_at(place))
        for place, head in enumerate(heads)
    ]
    filters = [f"Area: {each.name} ({each.code})" for each in page.columns]
    more = [GEOGRAPHY_MEANING, f"Held against {page.against_text}."]
    return ListFile("compared-areas", "Areas side by side", columns, rows, Notes(SCORES, filters, READERS, more=more))


def _head(head: str, place: int, heads: list[str]) -> str:
    """Areas may share a name: columns may not."""
    return head if heads.count(head) == 1 else f"{head} ({place + 1})"


def _at(place: int):
    return lambda row: _compared(row[1].cells[place]) if place < len(row[1].cells) else None


def _compared(cell) -> str:
    text = cell.text or cell.missing
    return f"{text} ({cell.verdict})" if cell.verdict else text


def register() -> None:
    register_list("areas", Permission.EXPORT_AREAS, _areas_again)


def _areas_again(*, organisation, arguments) -> ListFile:
    from django.http import QueryDict

    from .exports import AreaExport
    from .query import PriorityQuery

    query = PriorityQuery.from_querydict(QueryDict(arguments["query"]))
    return area_list(AreaExport(query, organisation, "xlsx", arguments["indicators"]), on_paper=arguments["on_paper"])


def _named(heading, meaning, kind) -> Column:
    kinds = {int: Kind.WHOLE, float: Kind.DECIMAL}
    code = Kind.CODE if heading.endswith("code") else Kind.TEXT
    return Column(heading, meaning, kinds.get(kind, code), lambda row: row[0][heading])


def _geography(heading: str) -> str:
    words = heading.replace("_", " ")
    return f"{words.capitalize()} of the LSOA (2021)" if heading in dict(map(reversed, GEOGRAPHY)) else words


def _moved(run, name):
    return (run.changes or {}).get(name) if run.changed_count is not None else None
