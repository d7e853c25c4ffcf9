"""What the address asks of the list of outlooks, and the forecasts that answer it."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse

from insights.models import SeriesForecast
from insights.places import KINDS, OutlookPlace, places_of
from insights.presenters import words

ALL = "all-"
# Key -> what it orders by; the largest first where the key begins with a minus.
SORTS = ("name", "expected", "change", "sure")
USUAL = "-change"


@dataclass(frozen=True)
class OutlookQuestion:
    """`place`: "" the organisation's own, "all-icb" each board, "icb:E54000013" one. `sort`: of SORTS, or its minus."""

    text: str = ""
    place: str = ""
    measure: str = ""
    sort: str = USUAL

    @classmethod
    def from_querydict(cls, data) -> "OutlookQuestion":
        sort = data.get("sort", "")
        return cls(
            text=" ".join(data.get("q", "").replace("\0", " ").split())[:100],
            place=data.get("place", "").replace("\0", "")[:60],
            measure=data.get("measure", "").replace("\0", "")[:60],
            sort=sort if sort.removeprefix("-") in SORTS else USUAL,
        )

    @classmethod
    def of_measure(cls, measure: str, kind: str) -> "OutlookQuestion":
        """One measure in every place of a kind."""
        return cls(place=f"{ALL}{kind}", measure=measure)

    @property
    def is_filtered(self) -> bool:
        return bool(self.text or self.place or self.measure)

    def changed(self, **values) -> "OutlookQuestion":
        return replace(self, **values)

    def to_querystring(self) -> str:
        values = {"q": self.text, "place": self.place, "measure": self.measure}
        values["sort"] = "" if self.sort == USUAL else self.sort
        return urlencode({key: value for key, value in values.items() if value})

    @property
    def url(self) -> str:
        """Of the list that answers it."""
        return f"{reverse('insights')}?{self.to_querystring()}"


class OutlookSelection:
    """Forecasts in use that a question asks for, in its order, and what else could be asked."""

    def __init__(self, question: OutlookQuestion, organisation):
        self.question, self.organisation = question, organisation
        kinds = SeriesForecast.objects.current().order_by().values_list("series__organisation_kind", flat=True)
        self.kinds = sorted(kinds.distinct(), key=_kind_place)
        self.own = _with_forecast(places_of(organisation))
        self.place = question.place or ("" if self.own or not self.kinds else f"{ALL}{self.kinds[0]}")

    @property
    def is_own(self) -> bool:
        return self.place == ""

    def forecasts(self) -> list[SeriesForecast]:
        rows = self._of_place(SeriesForecast.objects.current())
        if self.question.measure:
            rows = rows.filter(series__measure=self.question.measure)
        rows = list(rows.with_names())
        for word in self.question.text.casefold().split():
            rows = [row for row in rows if word in f"{words.measure_name(row.series)} {row.place_name}".casefold()]
        return _ordered(rows, self.question.sort)

    def _of_place(self, rows):
        if self.is_own:
            return rows.of_organisation(self.organisation)
        if self.place.startswith(ALL):
            return rows.filter(series__organisation_kind=self.place.removeprefix(ALL))
        kind, _, code = self.place.partition(":")
        return rows.of_places(kind, [code])

    def place_choices(self) -> list[tuple[str, str]]:
        """(value, words): one's own, each of them, then every place of a kind."""
        own = [("", "Your places"), *((f"{each.kind}:{each.code}", _name(each)) for each in self.own)]
        every = [(f"{ALL}{kind}", f"All {words.kind_plural(kind)}") for kind in self.kinds]
        return (own if self.own else []) + every

    def measure_choices(self) -> list[tuple[str, str]]:
        rows = SeriesForecast.objects.current().order_by("series__name")
        return list(rows.values_list("series__measure", "series__name").distinct())


def of_organisation_first(organisation) -> list[SeriesForecast]:
    """The forecasts of an organisation's places, in the order of `rising_first`."""
    return rising_first(SeriesForecast.objects.current().of_organisation(organisation).with_names())


def rising_first(rows) -> list[SeriesForecast]:
    """Those that rise most first; what is very unsure comes after all others."""
    return sorted(_ordered(list(rows), USUAL), key=is_very_unsure)


def is_very_unsure(row: SeriesForecast) -> bool:
    return half_range(row) > words.UNSURE


def half_range(row: SeriesForecast) -> float:
    """How unsure a forecast of all its months together is, as `words.half_range` measures it."""
    total = row.total()
    return words.half_range(total.mean, total.lower_80, total.upper_80)


def _ordered(rows, sort: str) -> list[SeriesForecast]:
    """What has no figure to be ordered by comes last, whichever the direction."""
    keys = {
        "name": lambda row: (words.measure_name(row.series), row.place_name),
        "expected": lambda row: sum(row.mean),
        "change": lambda row: row.year_change,
        "sure": half_range,
    }
    key = keys[sort.removeprefix("-")]
    rows.sort(key=lambda row: (row.series.name, row.place_name, row.series.breakdown))
    known = [row for row in rows if key(row) is not None]
    known.sort(key=key, reverse=sort.startswith("-"))
    return known + [row for row in rows if key(row) is None]


def _with_forecast(places) -> list[OutlookPlace]:
    """The largest places, which lie around everybody, are compared with and not listed."""
    rows = SeriesForecast.objects.current().order_by()
    codes = [place.code for place in places]
    rows = rows.filter(series__organisation_code__in=codes)
    held = set(rows.values_list("series__organisation_kind", "series__organisation_code").distinct()) if codes else ()
    return [place for place in places if (place.kind, place.code) in held]


def _name(place: OutlookPlace) -> str:
    return words.place_name(place.name)


def _kind_place(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)
