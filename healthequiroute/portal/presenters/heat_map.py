"""The heat map of classes: a table whose cells are shaded by how many areas they hold and lead to those areas."""

from dataclasses import dataclass, replace
from functools import cached_property

from priorities.models import PriorityClass
from priorities.presenters import tag_for_class

from ..dashboard.heatmap import HeatBy, HeatMap
from ..query import IndicatorRange, PriorityQuery
from . import wording

SHADES = 5


@dataclass(frozen=True)
class HeatCell:
    """`head`: the class of its column; `shade` 0 (none) to 5; `url` "" where there is nothing to look at."""

    head: str
    text: str
    shade: int
    url: str
    label: str


class HeatPanel:
    """`address` turns a query into an address of the page that the cells lead to."""

    def __init__(self, found: HeatMap, query: PriorityQuery, place: str, address):
        self.found, self.query, self.place, self.address = found, query, place, address

    @property
    def title(self) -> str:
        how = "deprivation" if self.found.by == HeatBy.DECILE else "local authority"
        return f"Priority class by {how}"

    @property
    def head(self) -> str:
        return "IMD decile" if self.found.by == HeatBy.DECILE else "Local authority"

    @property
    def classes(self) -> list:
        return [tag_for_class(number) for number in reversed(self.found.classes)]

    @property
    def has_unscored(self) -> bool:
        return any(row.unscored for row in self.found.rows)

    @cached_property
    def _most(self) -> int:
        return max((count for row in self.found.rows for count in row.areas), default=0)

    @property
    def rows(self) -> list[dict]:
        return [
            {
                "label": row.label,
                "cells": [self._cell(row, number) for number in reversed(self.found.classes)],
                "unscored": wording.count(row.unscored),
                "total": wording.count(row.total),
                "url": self._url(row) if row.key is not None else "",
            }
            for row in self.found.rows
        ]

    def _cell(self, row, number) -> HeatCell:
        count = row.areas[number]
        label = f"{wording.areas(count)}, {PriorityClass(number).label.lower()}, {self.head} {row.label}"
        url = self._url(row, priorities=(number,)) if count and row.key is not None else ""
        return HeatCell(tag_for_class(number).label, wording.count(count), self._shade(count), url, label)

    def _shade(self, count: int) -> int:
        """By the root, so that small cells can be told from empty ones beside a large one."""
        return 0 if not count else max(1, round(SHADES * (count / self._most) ** 0.5))

    def _url(self, row, **filters) -> str:
        query = self.query.changed(tab="table", **filters)
        if self.found.by == HeatBy.AUTHORITY:
            return self.address(replace(query, authorities=(row.key,)))
        ranges = [each for each in query.ranges if each.code != "imd_decile"]
        ranges.append(IndicatorRange("imd_decile", float(row.key), float(row.key)))
        return self.address(replace(query, ranges=tuple(sorted(ranges, key=lambda each: each.code))))

    @property
    def totals(self) -> list[tuple[str, str]]:
        """The class of each column and how many areas there are in it."""
        counts = [wording.count(number) for number in reversed(self.found.by_class)]
        return [(tag.label, text) for tag, text in zip(self.classes, counts, strict=True)]

    @property
    def total(self) -> str:
        return wording.count(self.found.total)

    @cached_property
    def summary(self) -> str:
        """Where most urgent areas lie."""
        urgent = PriorityClass.URGENT
        number = self.found.by_class[urgent] if self.found.rows else 0
        if not number:
            return f"None of {wording.areas(self.found.total)} is urgent."
        if self.found.by == HeatBy.DECILE:
            inside = sum(row.areas[urgent] for row in self.found.rows if row.key in (1, 2))
            share = wording.share(inside, number) or "0%"
            return f"{inside:,} of {number:,} urgent areas ({share}) lie in deciles 1 and 2."
        top = max(self.found.rows, key=lambda row: row.areas[urgent])
        return f"Most urgent areas lie in {top.label}: {top.areas[urgent]:,} of {number:,}."

    @property
    def note(self) -> str:
        if not self.found.left_out:
            return ""
        shown = f"The {len(self.found.rows)} local authorities with the most areas"
        return f"{shown}; {self.found.left_out:,} more are not shown."
