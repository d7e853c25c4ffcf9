"""The effect of a draft in words, tables and one chart: what `priorities/editing/_effect.html` shows."""

from dataclasses import dataclass

import numpy as np

from lsoa import written_numbers
from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.written_numbers import signed
from priorities.preview import Effect, Split, Sureness

# A group of fewer areas than this makes no share worth comparing.
FEWEST = 5


@dataclass(frozen=True)
class Figure:
    """One figure of the line on top. `note`: what it is now, or what it is out of."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Cell:
    """`label`: name of the column, for cards on a phone. `css`: how a cell stands out."""

    label: str
    text: str
    css: str = ""
    # Classes before and after, in a cell of moves that holds areas.
    move: tuple[int, int] | None = None


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True)
class Mark:
    """One row of the chart in SVG units: bars of now and of the draft, as widths, and where its text stands."""

    label: str
    y: int
    now: float
    draft: float
    text: str


@dataclass(frozen=True)
class Chart:
    """`description` says in words what it shows; the table beside it has the figures."""

    title: str
    description: str
    marks: tuple[Mark, ...]
    left: int
    width: int
    height: int
    axis: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class EffectPanel:
    """`headline` is one sentence; `caution` says what the comparison mixes in, empty where nothing."""

    headline: str
    brief: str
    against: str
    caution: str
    figures: tuple[Figure, ...]
    classes: Table
    moves: Table
    equity: tuple[Table, ...]
    sureness: Table
    chart: Chart
    is_changed: bool


def effect_panel(effect: Effect) -> EffectPanel:
    return EffectPanel(
        headline=headline(effect),
        brief=_brief(effect),
        against=effect.against,
        caution=_caution(effect),
        figures=_figures(effect),
        classes=_classes(effect),
        moves=_moves(effect),
        equity=(
            _core20(effect),
            *(
                _split(effect, split)
                for split in (effect.by_decile, effect.by_region, effect.by_rural_urban)
                if split.counts.sum()
            ),
        ),
        sureness=_sureness(effect),
        chart=_chart(effect),
        is_changed=effect.moved > 0,
    )


def headline(effect: Effect) -> str:
    """ "412 of 33,755 areas would change class: 300 become more urgent and 112 less urgent." """
    total = _areas(effect.areas)
    if not effect.areas:
        return "There are no areas to show an effect on."
    if not (effect.before >= 0).any():
        return f"{total} would get a class; none has one yet."
    if not effect.moved:
        return f"None of {total} would change class."
    parts = [f"{effect.rose:,} would become more urgent"] if effect.rose else []
    parts += [f"{effect.fell:,} would become less urgent" if not parts else f"{effect.fell:,} less urgent"] * bool(
        effect.fell
    )
    return f"{effect.moved:,} of {total} ({percent(effect.moved, effect.areas)}) would change class: " + (
        f"{' and '.join(parts)}."
    )


def _brief(effect: Effect) -> str:
    """The headline in a few words, for a bar beside the buttons."""
    if not effect.order or not effect.areas:
        return "No areas"
    worst = effect.order[0]
    urgent, before = percent(effect.counts[worst], effect.areas), _same(effect, worst)
    now = "" if before is None else f" (now {percent(before, effect.counts_before.sum()) or 'none'})"
    moved = "No area changes class" if not effect.moved else f"{_areas(effect.moved)} change class"
    return f"{moved}; {effect.labels[worst].lower()} {urgent}{now}"


def percent(part: float, whole: float) -> str:
    """One decimal; "under 0.1%" rather than a nought that stands for something; empty without a whole."""
    if not whole:
        return ""
    return written_numbers.percent(part / whole, 1)


def _areas(number: int) -> str:
    return "1 area" if number == 1 else f"{number:,} areas"


def _caution(effect: Effect) -> str:
    if not effect.outdated:
        return ""
    return (
        f"The classes in force were calculated from older data ({effect.outdated}), so part of what changes here comes "
        "from the data and not from the draft."
    )


def _figures(effect: Effect) -> tuple[Figure, ...]:
    worst = effect.order[0] if effect.order else 0
    urgent, urgent_before = effect.counts[worst], _same(effect, worst)
    figures = [
        Figure("Areas that change class", f"{effect.moved:,}", f"of {_areas(effect.areas)}"),
        Figure("More urgent", f"{effect.rose:,}", percent(effect.rose, effect.areas)),
        Figure("Less urgent", f"{effect.fell:,}", percent(effect.fell, effect.areas)),
        Figure(
            effect.labels[worst],
            percent(urgent, effect.areas),
            "" if urgent_before is None else f"now {percent(urgent_before, effect.counts_before.sum())}",
        ),
    ]
    if effect.core20.size:
        now, draft = effect.core20[:, worst]
        figures.append(
            Figure(
                f"Core20 among {effect.labels[worst].lower()}",
                percent(draft, urgent) or "none",
                f"now {percent(now, effect.counts_before[worst]) or 'none'}",
            )
        )
    return tuple(figures)


def _same(effect: Effect, index: int) -> int | None:
    """Areas that have this class now; None where the classes of now have other names."""
    if effect.labels_before != effect.labels:
        return None
    return int(effect.counts_before[index])


def _classes(effect: Effect) -> Table:
    rows = []
    for index in effect.order:
        after, before = int(effect.counts[index]), _same(effect, index)
        known = before is not None
        rows.append(
            Row(
                effect.labels[index],
                (
                    Cell("Now", f"{before:,}" if known else "-", "is-number"),
                    Cell("Draft", f"{after:,}", "is-number"),
                    Cell("Change", signed(after - before) if known else "-", "is-number"),
                    Cell("Share", percent(after, effect.areas), "is-number"),
                ),
            )
        )
    return Table("classes", "Areas by class", ("Class", "Now", "Draft", "Change", "Share"), tuple(rows))


def _moves(effect: Effect) -> Table:
    """A row for every class of now, a column for every class of the draft, the most urgent first."""
    before_order = effect.order if effect.labels == effect.labels_before else tuple(range(len(effect.labels_before)))
    rows = tuple(
        Row(
            effect.labels_before[old],
            tuple(_move_cell(effect, old, new) for new in effect.order),
        )
        for old in before_order
    )
    columns = ("Now", *(effect.labels[new] for new in effect.order))
    return Table("moves", "From the class now (rows) to the class in the draft (columns)", columns, rows)


def _move_cell(effect: Effect, old: int, new: int) -> Cell:
    count = int(effect.moves[old, new])
    kind = "is-same" if old == new else "is-move" if count else "is-none"
    return Cell(f"To {effect.labels[new].lower()}", f"{count:,}", f"is-number {kind}", (old, new) if count else None)


def _core20(effect: Effect) -> Table:
    """Which share of the most deprived fifth is in every class, and who they are in the rest."""
    core, before = (c[:CORE20_DECILE].sum(axis=0) for c in (effect.by_decile.counts, effect.by_decile.counts_before))
    rest, rest_before = effect.by_decile.counts.sum(axis=0) - core, effect.by_decile.counts_before.sum(axis=0) - before
    comparable = effect.labels == effect.labels_before

    def share(counts, index) -> str:
        return percent(counts[index], counts.sum()) or "-"

    rows = tuple(
        Row(
            effect.labels[index],
            (
                Cell("Core20 areas now", share(before, index) if comparable else "-", "is-number"),
                Cell("Core20 areas, draft", share(core, index), "is-number"),
                Cell("Other areas now", share(rest_before, index) if comparable else "-", "is-number"),
                Cell("Other areas, draft", share(rest, index), "is-number"),
            ),
        )
        for index in effect.order
    )
    columns = ("Class", "Core20 areas now", "Core20 areas, draft", "Other areas now", "Other areas, draft")
    note = "Core20 is the most deprived fifth of areas nationally: IMD deciles 1 and 2."
    return Table("core20", "Core20: share of the most deprived fifth in every class", columns, rows, note)


def _split(effect: Effect, split: Split) -> Table:
    """Areas of every group that are in the most urgent class, and in the two most urgent ones."""
    worst, upper = list(effect.order[:1]), list(effect.order[:2])
    comparable = effect.labels == effect.labels_before
    top = effect.labels[worst[0]].lower()
    both = " or ".join(effect.labels[index].lower() for index in reversed(upper))
    rows = []
    for group, name in enumerate(split.names):
        after, before = split.counts[group], split.counts_before[group]
        cells = [Cell("Areas", f"{after.sum():,}", "is-number")]
        for chosen, words in ((worst, top), (upper, both)):
            now = percent(before[chosen].sum(), before.sum()) if comparable else ""
            cells.append(Cell(f"{_capital(words)}, now", now or "-", "is-number"))
            cells.append(
                Cell(f"{_capital(words)}, draft", percent(after[chosen].sum(), after.sum()) or "-", "is-number")
            )
        rows.append(Row(_decile_name(split, name), tuple(cells)))
    columns = (split.title, *(cell.label for cell in rows[0].cells)) if rows else (split.title,)
    key = split.title.lower().replace(" ", "-")
    return Table(key, f"By {_caption(split)}", columns, tuple(rows))


def _caption(split: Split) -> str:
    return split.title if split.title.startswith("IMD") else split.title.lower()


def _decile_name(split: Split, name: str) -> str:
    if not split.title.startswith("IMD"):
        return name
    return {"1": "1 (most deprived)", "10": "10 (least deprived)"}.get(name, name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sureness(effect: Effect) -> Table:
    after, before = effect.sureness, effect.sureness_before

    def row(label: str, read) -> Row:
        now = read(before) if before is not None else "-"
        return Row(label, (Cell("Now", now, "is-number"), Cell("Draft", read(after), "is-number")))

    def of_class(index: int):
        return lambda sure: _probability(sure, index, comparable=effect.labels == effect.labels_before)

    rows = [row("All areas", lambda sure: "-" if np.isnan(sure.overall) else written_numbers.percent(sure.overall, 1))]
    rows += [row(effect.labels[index], of_class(index)) for index in effect.order]
    rows.append(row("Areas near a boundary", lambda sure: f"{sure.near_boundary:,}"))
    rows.append(row("Areas with missing figures that could decide", lambda sure: f"{sure.is_open:,}"))
    note = (
        "The mean probability of the class when figures close to a threshold count for both sides. Near a boundary: "
        "another class is more probable than the one that would be published."
    )
    return Table("sureness", "How sure the classes are", ("", "Now", "Draft"), tuple(rows), note)


def _probability(sure: Sureness, index: int, *, comparable: bool) -> str:
    if not comparable or index >= len(sure.by_class) or np.isnan(sure.by_class[index]):
        return "-"
    return written_numbers.percent(sure.by_class[index], 1)


# The chart in SVG units: a row holds the bar of now over that of the draft.
ROW, TOP, LEFT, TRACK, WIDTH = 30, 26, 30, 250, 460


def _chart(effect: Effect) -> Chart:
    """Share of areas in the most urgent class, by IMD decile, now and in the draft."""
    worst = effect.order[0] if effect.order else 0
    split, comparable = effect.by_decile, effect.labels == effect.labels_before
    after = [_share(counts, worst) for counts in split.counts]
    before = [_share(counts, worst) if comparable else 0.0 for counts in split.counts_before]
    longest = max([*after, *before, 0.0])
    # The axis ends at the next whole tenth, so that bars of one draft and of another can be compared by eye.
    end = max(0.1, np.ceil(longest * 10 - 1e-9) / 10)
    marks = tuple(
        Mark(
            label=name,
            y=TOP + place * ROW,
            now=round(TRACK * before[place] / end, 1),
            draft=round(TRACK * after[place] / end, 1),
            text=percent(after[place], 1) + (f" (now {percent(before[place], 1)})" if comparable else ""),
        )
        for place, name in enumerate(split.names)
    )
    label = effect.labels[worst].lower() if effect.labels else ""
    description = "; ".join(f"decile {mark.label}: {mark.text}" for mark in marks)
    axis = tuple((LEFT + TRACK * part, f"{100 * end * part:.0f}%") for part in (0.0, 0.5, 1.0))
    title = f"Share of areas that are {label}, by IMD decile"
    return Chart(title, description, marks, LEFT, WIDTH, TOP + ROW * len(marks) + 4, axis)


def _share(counts, index: int) -> float:
    total = counts.sum()
    return float(counts[index] / total) if total else 0.0
