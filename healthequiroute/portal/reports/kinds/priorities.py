"""Priorities of a patch: areas by class, how many are Core20, and which of them moved with the last calculation.

All of it is made of published figures about areas; no number of people who are visited is in it.
"""

from collections import Counter

from accounts.list_files import Kind
from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.models import Dataset, Patch
from priorities.changes import compare_runs
from priorities.models import PriorityClass

from ...presenters import wording
from ...presenters.runs import ComparisonPage, finished_runs
from ...selection import areas_with_scores
from ..document import Bar, Bars, Document, Figure, Head, Section, Table

MOST_MOVED = 100
UNSCORED = "Not scored"
METHOD = (
    "The class of an area comes from the priority model in force (decision rules over published figures); "
    "Data, How priorities hold says how far it agrees with other published figures.",
    "Core20 are areas in IMD deciles 1 and 2 of England (NHS England, Core20PLUS5).",
    "Areas that moved have another class in the newest calculation than in the one before it.",
)


def make(report, today, progress) -> Document:
    patches = [report.patch] if report.patch_id else list(
        Patch.objects.for_organisation(report.organisation).order_by("name")
    )  # fmt: skip
    runs = list(finished_runs()[:2])
    summary, figures, sections = [], [], []
    for place, patch in enumerate(patches):
        progress(5 + 85 * place // max(1, len(patches)), f"Reading the areas of {patch.name}")
        classes = _classes(patch)
        page = _moves(report, runs, patch)
        lead = "" if len(patches) == 1 else f"{patch.name}: "
        summary += [f"{lead}{text}" for text in _words(classes, page)]
        figures += _figures(lead, classes, page)
        sections += [_class_section(patch, classes), _moved_section(patch, page)]
    return Document(
        title=f"Priorities: {patches[0].name if len(patches) == 1 else report.organisation}",
        subtitle=f"As calculated by {today:%-d %B %Y}",
        summary=summary or ["The organisation looks after no patch yet."],
        figures=figures,
        sections=sections,
        method=METHOD,
        sources=_sources(runs),
        filters=[f"Patch: {patch.name}" for patch in patches],
        counts="",
    )


def _classes(patch) -> dict[int | None, tuple[int, int]]:
    """(areas, Core20 areas among them) by class; None: not scored."""
    rows = list(areas_with_scores().filter(patches=patch).values_list("priority", "imd_decile"))
    areas = Counter(priority for priority, _ in rows)
    core20 = Counter(priority for priority, decile in rows if decile is not None and decile <= CORE20_DECILE)
    return {priority: (number, core20[priority]) for priority, number in areas.items()}


def _moves(report, runs, patch) -> ComparisonPage | None:
    if len(runs) < 2:
        return None
    return ComparisonPage(compare_runs(runs[1], runs[0], patch=patch), report.organisation)


def _words(classes, page) -> list[str]:
    total = sum(areas for areas, _ in classes.values())
    urgent, core20 = classes.get(PriorityClass.URGENT, (0, 0))
    texts = [
        f"{urgent:,} of {wording.areas(total)} are urgent, {core20:,} of them in the most deprived fifth (Core20)."
    ]
    if page is not None:
        compared = page.comparison
        texts.append(f"{compared.rose:,} became more urgent, {compared.fell:,} less, with the last calculation.")
    return texts


def _figures(lead, classes, page) -> list[Figure]:
    urgent, core20 = classes.get(PriorityClass.URGENT, (0, 0))
    moved = page.comparison.moved if page else None
    return [
        Figure(f"{lead}Urgent areas", f"{urgent:,}", f"{core20:,} of them Core20"),
        Figure(f"{lead}Moved", "–" if moved is None else f"{moved:,}", "have another class than before"),
    ]


def _class_section(patch, classes) -> Section:
    total = sum(areas for areas, _ in classes.values())
    order = [
        *sorted((each for each in classes if each is not None), reverse=True),
        *([None] if None in classes else []),
    ]
    labels = {each: UNSCORED if each is None else PriorityClass(each).label for each in order}
    rows = [[labels[each], *classes[each], classes[each][0] / total] for each in order]
    bars = [Bar(labels[each], classes[each][0] / total, f"{classes[each][0]:,}") for each in order]
    heads = (
        Head("Class", "Priority for home visits"),
        Head("Areas", "LSOAs of 2021", Kind.WHOLE),
        Head("Core20", "Of them in IMD deciles 1 and 2", Kind.WHOLE),
        Head("Share", "Of the areas of the patch", Kind.PERCENT),
    )
    table = Table("Areas by class", heads, rows, "The patch has no areas.")
    return Section(f"{patch.name}: areas by class", (), Bars("Areas by class", bars), [table])


def _moved_section(patch, page) -> Section:
    heads = (
        Head("Area", "Name of the LSOA"),
        Head("Code", "LSOA 2021 code", Kind.CODE),
        Head("Before", "Class in the calculation before, the comparator"),
        Head("Now", "Class in the newest one"),
        Head("Cause", "What made the difference"),
    )
    if page is None:
        table = Table("Areas that moved", heads, [], "There was only one calculation so far.")
        return Section(f"{patch.name}: what moved", tables=[table])
    rows = []
    for row in page.all_rows():
        if len(rows) == MOST_MOVED:
            break
        rows.append([row.name, row.code, row.before.label, row.after.label, row.cause])
    number = page.areas.paginator.count
    note = f"The first {MOST_MOVED} of {number:,}, furthest moves first." if number > MOST_MOVED else ""
    table = Table("Areas that moved", heads, rows, "No area moved.", note)
    return Section(f"{patch.name}: what moved", [f"Before: {page.before}.", f"Now: {page.after}."], tables=[table])


def _sources(runs) -> list[str]:
    model = f"Model: {runs[0].model_version}." if runs else "No calculation was finished yet."
    named = Dataset.objects.public().in_force().order_by("publisher").values_list("publisher", "licence").distinct()
    return [model, *(f"{publisher}. {licence}." for publisher, licence in named)]
