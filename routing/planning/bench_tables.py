"""The rows of `bench routing` for people and for programs."""

import json
from dataclasses import asdict
from statistics import mean

COLUMNS = (
    ("instance", 22), ("engine", 14), ("seed", 4), ("budget s", 8), ("cost", 12), ("unserved", 8), ("first s", 8),
    ("wall s", 7), ("judge ms", 8), ("feasible", 8), ("of best", 8), ("gap %", 7),
)  # fmt: skip
SUMMARY = (
    ("size", 22), ("engine", 14), ("runs", 4), ("feasible", 8), ("mean cost", 12), ("unserved", 8), ("first s", 8),
    ("of best", 8), ("gap %", 7), ("best", 5),
)  # fmt: skip


class Table:
    """Text for people: a row as soon as it is there, ratios to other engines behind it."""

    def __init__(self, write):
        self.write = write
        self.begun = False

    def skipped(self, what, why):
        self.write(f"skipped {what}: {why}")

    def note(self, text):
        self.write(f"note: {text}")

    def row(self, row):
        if not self.begun:
            self.write(line([name for name, _ in COLUMNS], COLUMNS) + "  ratio to")
            self.begun = True
        others = "  ".join(f"{name} {figure(value, 4)}" for name, value in row.ratios.items())
        cells = [
            row.case, row.engine, row.seed, f"{row.budget:g}", figure(row.cost, 0), row.unserved,
            figure(row.first_plan_s, 2), figure(row.wall_s, 1), figure(row.judge_ms, 1),
            "yes" if row.feasible else "no", figure(row.of_best, 4), figure(row.gap, 2),
        ]  # fmt: skip
        broken = f"  broken: {', '.join(row.violations)}" if row.violations else ""
        self.write(line(cells, COLUMNS) + f"  {others}{broken}{'  ' + row.fault if row.fault else ''}".rstrip())

    def summary(self, rows):
        self.write("")
        self.write(line([name for name, _ in SUMMARY], SUMMARY))
        for entry in summaries(rows):
            digits = {"mean cost": 0, "unserved": 2, "first s": 2, "of best": 4, "gap %": 2}
            cells = [figure(entry[name], digits[name]) if name in digits else entry[name] for name, _ in SUMMARY]
            self.write(line(cells, SUMMARY))

    def goals(self, outcomes):
        self.write("")
        for outcome in outcomes:
            if not outcome.measured:
                continue
            met = {True: "met", False: "NOT MET", None: "not measured"}[outcome.met]
            self.write(f"{met:<13} {outcome.goal}: {outcome.measured}")
        absent = sum(not outcome.measured for outcome in outcomes)
        if absent:
            self.write(f"{absent} other goals are about days and instances that were not in this run.")


class JsonLines:
    """One JSON object a line, its only key says what it is: row, summary, goal, skipped, note."""

    def __init__(self, write):
        self.write = write

    def _line(self, key, value):
        self.write(json.dumps({key: value}))

    def skipped(self, what, why):
        self._line("skipped", {"what": what, "why": why})

    def note(self, text):
        self._line("note", text)

    def row(self, row):
        self._line("row", asdict(row))

    def summary(self, rows):
        for entry in summaries(rows):
            self._line("summary", entry)

    def goals(self, outcomes):
        for outcome in outcomes:
            self._line("goal", asdict(outcome))


def summaries(rows):
    """Means for each size and engine; `best`: how often nobody was better."""
    groups = {}
    for row in rows:
        groups.setdefault((row.size, row.engine), []).append(row)
    for (size, engine), group in groups.items():
        found = [row for row in group if row.feasible]
        yield {
            "size": size,
            "engine": engine,
            "runs": len(group),
            "feasible": len(found),
            "mean cost": average(row.cost for row in found),
            "unserved": average(row.unserved for row in found),
            "first s": average(row.first_plan_s for row in found),
            "of best": average(row.of_best for row in found),
            "gap %": average(row.gap for row in found),
            "best": sum(row.of_best == 1 for row in found),
        }


def average(values):
    values = [value for value in values if value is not None]
    return mean(values) if values else None


def figure(value, digits):
    return "-" if value is None else f"{value:,.{digits}f}"


def line(cells, columns):
    """Cells under their columns: texts on the left, figures on the right."""
    parts = []
    for index, (cell, (_, width)) in enumerate(zip(cells, columns, strict=True)):
        text = "-" if cell is None else str(cell)
        parts.append(f"{text:<{width}}" if index < 2 else f"{text:>{width}}")
    return " ".join(parts)
