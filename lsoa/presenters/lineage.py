"""What a dataset was made from and what was made from it, as a list and as a diagram for SVG."""

from dataclasses import dataclass

from django.urls import reverse

from lsoa.models import Dataset

# Pixels of the diagram.
BOX_WIDTH, BOX_HEIGHT, GAP, COLUMN_GAP = 196, 44, 12, 56
LETTERS = 28
MOST_BOXES = 8


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    title: str
    note: str
    css: str

    @property
    def middle(self) -> float:
        return self.y + BOX_HEIGHT / 2

    @property
    def right(self) -> float:
        return self.x + BOX_WIDTH


@dataclass(frozen=True)
class Relative:
    dataset: Dataset
    url: str


class Lineage:
    """`inputs` and `derivatives` of a dataset; `boxes` and `paths` draw them in columns from left to right: what it was
    made from, itself, what it is used for. A column that would be empty is left out."""

    height_of_box, box_width = BOX_HEIGHT, BOX_WIDTH

    def __init__(self, dataset, inputs, derivatives):
        self.dataset = dataset
        self.inputs, self.derivatives = inputs, derivatives

    @classmethod
    def of(cls, dataset: Dataset, organisation) -> "Lineage":
        def relatives(related):
            rows = related.visible_to(organisation).defer("quality").order_by("title", "-release")
            return [Relative(row, reverse("dataset", args=[row.pk])) for row in rows]

        return cls(dataset, relatives(dataset.inputs), relatives(dataset.derivatives))

    def __bool__(self):
        return bool(self.inputs or self.derivatives)

    @property
    def width(self) -> float:
        columns = 1 + bool(self.inputs) + bool(self.derivatives)
        return columns * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP

    @property
    def height(self) -> float:
        rows = max(1, min(len(self.inputs), MOST_BOXES), min(len(self.derivatives), MOST_BOXES))
        return rows * (BOX_HEIGHT + GAP) - GAP

    def _column(self, number, datasets, css) -> list[Box]:
        shown = datasets[:MOST_BOXES]
        more = len(datasets) - MOST_BOXES + 1
        top = (self.height - (len(shown) * (BOX_HEIGHT + GAP) - GAP)) / 2
        boxes = []
        for place, row in enumerate(shown):
            last_of_many = more > 1 and place == MOST_BOXES - 1
            title, note = (f"and {more} more", "in the list below") if last_of_many else (row.title, row.release)
            y = top + place * (BOX_HEIGHT + GAP)
            boxes.append(Box(number * (BOX_WIDTH + COLUMN_GAP), y, _short(title), _short(note), css))
        return boxes

    @property
    def boxes(self) -> list[Box]:
        return [*self._left, *self._middle, *self._right]

    @property
    def _left(self):
        return self._column(0, [relative.dataset for relative in self.inputs], "her-lineage__box")

    @property
    def _middle(self):
        return self._column(int(bool(self.inputs)), [self.dataset], "her-lineage__box her-lineage__box--this")

    @property
    def _right(self):
        return self._column(
            1 + bool(self.inputs), [relative.dataset for relative in self.derivatives], "her-lineage__box"
        )

    @property
    def paths(self) -> list[str]:
        """Curves from right edge to left edge."""
        middle = self._middle[0]
        pairs = [(box, middle) for box in self._left] + [(middle, box) for box in self._right]
        return [
            f"M{a.right},{a.middle} C{a.right + COLUMN_GAP / 2},{a.middle} {b.x - COLUMN_GAP / 2},{b.middle} "
            f"{b.x - 2},{b.middle}"
            for a, b in pairs
        ]

    @property
    def description(self) -> str:
        parts = []
        if self.inputs:
            parts.append(f"made from {'; '.join(str(row.dataset) for row in self.inputs[:MOST_BOXES])}")
        if self.derivatives:
            parts.append(f"used for {'; '.join(str(row.dataset) for row in self.derivatives[:MOST_BOXES])}")
        return f"{self.dataset}: {', and '.join(parts)}."


def _short(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[: LETTERS - 1].rstrip()}…"
