"""Data sets, their figures and rejected rows, indicators and feeds as files (`accounts.list_files`)."""

from accounts.list_files import Column, Kind, ListFile, Notes
from accounts.list_files.large import register_list
from accounts.list_files.listing import Again
from accounts.permissions import Permission
from lsoa.exports.about import GEOGRAPHY_MEANING, source_line
from lsoa.models import Dataset

READERS = "everybody who may see areas"
DATASET_COLUMNS = (
    Column("publication", "Short name of the publication", Kind.CODE, "publication"),
    Column("title", "Title that the publisher gave it", value="title"),
    Column("release", "Release", value="release"),
    Column("publisher", "Who publishes it", value="publisher"),
    Column("licence", "Licence under which it is used", value="licence"),
    Column("standing", "Official, experimental or other", value=lambda one: one.get_standing_display()),
    Column("vintage", "Census of the areas that its file names", Kind.CODE, "vintage"),
    Column("loaded_at", "When it was loaded", Kind.MOMENT, "loaded_at"),
    Column("file", "Name of the file", Kind.CODE, "file_name"),
    Column("sha256", "SHA-256 of the file", Kind.CODE, "file_sha256"),
)
INDICATOR_COLUMNS = (
    Column("code", "Code in files and in the API", Kind.CODE, "code"),
    Column("name", "Name", value="name"),
    Column("theme", "Theme", value="theme"),
    Column("unit", "Unit of its figures", value="unit"),
    Column("description", "What it says", value="description"),
    Column("source", "Where it is from", value="source"),
    Column("own", "yes: your organisation's own", Kind.YES_NO, lambda one: bool(one.organisation_id)),
)
REJECT_COLUMNS = (
    Column("line", "Line of the publisher's file", Kind.WHOLE),
    Column("code", "Code of the area as it stands there", Kind.CODE),
    Column("reason", "Why the row was left out"),
)
FIGURE_COLUMNS = (
    Column("area_code", "ONS (GSS) code of the LSOA", Kind.CODE, "area__code"),
    Column("area_name", "Its name", value="area__name"),
    Column("vintage", "Census of the area's boundary: 2011 or 2021", Kind.CODE, "area__vintage"),
    Column("indicator", "Code of the indicator", Kind.CODE, "indicator__code"),
    Column("period", "Period of the figure", value="period"),
    Column("value", "The figure as it was published; empty: missing, see missing_reason", Kind.DECIMAL, "value"),
    Column("missing_reason", "Why there is none", Kind.CODE, "missing_reason"),
    Column("method", "How it was brought to this area", Kind.CODE, "method"),
    Column("uncertainty", "Half the width of the 95 % interval, where it is known", Kind.DECIMAL, "uncertainty"),
    Column("line", "Line of the publisher's file", Kind.WHOLE, "line"),
)
FEED_COLUMNS = (
    Column("feed", "Name of the feed", value=lambda card: str(card.feed)),
    Column("subject", "What it is about", value=lambda card: card.feed.get_subject_display()),
    Column("state", "What its source last said", value="state_text"),
    Column("heard", "How old the newest reading is", value="age"),
    Column("readings", "Latest readings, with semicolons",
           value=lambda card: "; ".join(f"{row.measure} {row.place}: {row.value}".strip() for row in card.readings)),
)  # fmt: skip


def dataset_list(datasets, filters) -> ListFile:
    notes = Notes("Data sets of this portal", filters, READERS)
    return ListFile("data-sets", "Data sets", DATASET_COLUMNS, datasets, notes)


def indicator_list(indicators, filters) -> ListFile:
    notes = Notes(
        "Indicators of this portal", filters, READERS, more=["Licence and release of each figure: its data set."]
    )
    return ListFile("indicators", "Indicators", INDICATOR_COLUMNS, indicators, notes)


def reject_list(dataset) -> ListFile:
    rows = dataset.rejects.order_by("pk").values("line", "code", "reason")
    notes = Notes(source_line(dataset), readers=READERS)
    title = f"Rejected rows of {dataset.title}, {dataset.release}"
    again = Again("dataset-rejects", {"dataset": str(dataset.pk)})
    return ListFile(
        "rejected", title, REJECT_COLUMNS, rows, notes, place=f"{dataset.publication} {dataset.release}", again=again
    )


def figure_list(dataset, code: str = "") -> ListFile:
    """Every figure of a dataset with its line in the file, in the order of areas; `code`: of one indicator alone."""
    values = dataset.values.order_by("indicator__code", "area__code", "area__vintage")
    if code:
        values = values.filter(indicator__code=code[:60])
    columns = [
        Column(each.heading, each.meaning, each.kind, lambda row, name=each.value: row[name]) for each in FIGURE_COLUMNS
    ]
    filters = [f"Indicator: {code}"] if code else []
    notes = Notes(source_line(dataset), filters, "those who may take areas away", more=[GEOGRAPHY_MEANING])
    return ListFile(
        "figures", f"Figures of {dataset.title}, {dataset.release}", columns,
        values.values(*(each.value for each in FIGURE_COLUMNS)), notes,
        place=f"{dataset.publication} {dataset.release} {code}",
        again=Again("dataset-figures", {"dataset": str(dataset.pk), "indicator": code}),
    )  # fmt: skip


def feed_list(board) -> ListFile:
    """`board` of `feed_board`: groups of feeds."""
    rows = [card for group in board for card in group.cards]
    notes = Notes("Live feeds of this portal", readers=READERS)
    return ListFile("feeds", "Live feeds", FEED_COLUMNS, rows, notes)


def register() -> None:
    """How a worker makes the lists that are too long to wait for. What was asked for with one right is made with it."""
    register_list("dataset-rejects", Permission.VIEW_AREAS, _rejects)
    register_list("dataset-figures", Permission.EXPORT_AREAS, _figures)


def _rejects(*, organisation, arguments) -> ListFile:
    return reject_list(_dataset(organisation, arguments["dataset"]))


def _figures(*, organisation, arguments) -> ListFile:
    return figure_list(_dataset(organisation, arguments["dataset"]), arguments["indicator"])


def _dataset(organisation, key) -> Dataset:
    found = Dataset.objects.visible_to(organisation).filter(pk=key).first()
    if found is None:
        raise ValueError("This data set is not there any more.")
    return found
