"""Mileage by person and month, for claims."""

from calendar import monthrange
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from django.conf import settings

from routing.mileage import CLAIMED, METRES_PER_MILE, mileage_of
from routing.models import TravelProfile

from .wording import counted

CSV_HEADING = (
    *("person", "reference", "team", "day", "plan", "travels_by", "visits_reached", "visits_not_reached"),
    *("kilometres", "miles", "legs", "legs_not_as_planned", "legs_estimated", "way"),
    *("pence_per_mile", "amount_pounds", "counted"),
)
FIRST_YEAR = 2000
COUNTED = (
    "Mileage is the distance from place to place in the order they were recorded, out and back. Places without access "
    "count. Stops that were never reached do not. Distances are by road, not from an odometer: from the plan for the "
    "legs it had, worked out today for others, and estimated from straight lines where no route by road is known."
)
COUNTED_KEY = "legs between recorded places, in recorded order, out and back; distances of roads, not measured"


class NoSuchMonth(ValueError):
    """Not a month written as 2026-11."""


def month_of(text: str, today: date) -> date:
    """The first day of a month written YYYY-MM; of today's for blank. NoSuchMonth."""
    if not text:
        return today.replace(day=1)
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NoSuchMonth(text) from None
    if not FIRST_YEAR <= month.year <= today.year + 1:
        raise NoSuchMonth(text)
    return month


class MileagePage:
    """`people`: a queryset of StaffMember; `month`: its first day; `is_own`: whether it is the reader's own."""

    def __init__(self, people, month: date, *, is_own: bool):
        self.people, self.month, self.is_own = people, month, is_own
        self.rates = {
            TravelProfile.CAR: settings.MILEAGE_PENCE_CAR,
            TravelProfile.BICYCLE: settings.MILEAGE_PENCE_BICYCLE,
        }

    @property
    def title(self) -> str:
        return "My mileage" if self.is_own else "Mileage"

    @property
    def month_text(self) -> str:
        return f"{self.month:%B %Y}"

    counted = COUNTED

    @property
    def key(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def files_query(self) -> str:
        """The month, said also where the address leaves it out."""
        return f"month={self.key}"

    @property
    def earlier(self) -> str:
        year, month = (self.month.year - 1, 12) if self.month.month == 1 else (self.month.year, self.month.month - 1)
        return f"{year}-{month:02}"

    @property
    def later(self) -> str:
        year, month = (self.month.year + 1, 1) if self.month.month == 12 else (self.month.year, self.month.month + 1)
        return f"{year}-{month:02}"

    @cached_property
    def lines(self) -> dict:
        last = self.month.replace(day=monthrange(self.month.year, self.month.month)[1])
        return mileage_of(self.people, first=self.month, last=last)

    @property
    def has_rates(self) -> bool:
        return any(self.rates.values())

    @property
    def persons(self) -> list[dict]:
        return [self._person(staff, lines) for staff, lines in self.lines.items()]

    def _person(self, staff, lines) -> dict:
        return {
            "name": staff.display_name,
            "team": staff.team.name,
            "by": TravelProfile(staff.travel_profile).label,
            "rounds": counted(len(lines), "round"),
            "kilometres": _one(sum(line.metres for line in lines) / 1000),
            "miles": _one(sum(line.miles for line in lines)),
            "amount": self._pounds(staff.travel_profile, lines),
            "lines": [
                {
                    "day": f"{line.day:%A} {line.day.day} {line.day:%B}",
                    "plan": line.plan,
                    "reached": str(line.reached),
                    "missed": counted(line.missed, "stop") + " not reached" if line.missed else "",
                    "kilometres": _one(line.metres / 1000),
                    "miles": _one(line.miles),
                    "other": f"{line.other} of {len(line.legs)} legs" if line.other else "",
                    "way": _way(line),
                    "amount": self._pounds(line.profile, [line]),
                }
                for line in lines
            ],
        }

    @property
    def totals(self) -> list[dict]:
        """By way of travelling: what is paid by car is not paid by bicycle."""
        found = []
        for profile in CLAIMED:
            lines = [line for own in self.lines.values() for line in own if line.profile == profile]
            if lines:
                metres = sum(line.metres for line in lines)
                label = f"{counted(len(lines), 'round')}; {_one(metres / METRES_PER_MILE)} miles"
                found.append(
                    {"label": f"By {profile.label.lower()}", "value": f"{_one(metres / 1000)} km", "note": label}
                )
        return found

    def _pounds(self, profile, lines) -> str:
        """Blank where no rate is set. To the penny, rounded day by day as claims are."""
        rate = self.rates[profile]
        if not rate:
            return ""
        return f"£{sum((_amount(line, rate) for line in lines), Decimal()):,.2f}"

    def as_dict(self) -> dict:
        """For other programs; distances in metres."""
        return {
            "month": self.key,
            "counted": COUNTED_KEY,
            "people": [self._as_dict(staff, lines) for staff, lines in self.lines.items()],
        }

    def _as_dict(self, staff, lines) -> dict:
        rate = self.rates[staff.travel_profile]
        return {
            "staff": str(staff.pk),
            "reference": staff.reference,
            "name": staff.display_name,
            "team": staff.team.name,
            "travels_by": staff.travel_profile,
            "pence_per_mile": rate or None,
            "metres": sum(line.metres for line in lines),
            "days": [
                {
                    "day": line.day.isoformat(),
                    "plan": str(line.plan.pk),
                    "plan_name": line.plan.name,
                    "visits_reached": line.reached,
                    "visits_not_reached": line.missed,
                    "metres": line.metres,
                    "legs": len(line.legs),
                    "legs_not_as_planned": line.other,
                    "legs_estimated": line.estimated,
                    "way": _WAY_KEYS[_way(line)],
                    "amount_pounds": f"{_amount(line, rate):.2f}" if rate else None,
                }
                for line in lines
            ],
        }

    def csv_rows(self):
        yield CSV_HEADING
        for staff, lines in self.lines.items():
            rate = self.rates[staff.travel_profile]
            for line in lines:
                yield (
                    *(staff.display_name, staff.reference, staff.team.name, line.day.isoformat()),
                    *(line.plan.name, staff.travel_profile, line.reached, line.missed),
                    *(f"{line.metres / 1000:.1f}", f"{line.miles:.1f}", len(line.legs), line.other, line.estimated),
                    *(_WAY_KEYS[_way(line)], rate, f"{_amount(line, rate):.2f}" if rate else "", COUNTED_KEY),
                )


_WAY_KEYS = {"by road": "road", "estimated": "estimated", "partly estimated": "partly_estimated"}


def _way(line) -> str:
    if not line.estimated:
        return "by road"
    return "estimated" if line.estimated == len(line.legs) else "partly estimated"


def _amount(line, pence: str) -> Decimal:
    miles = Decimal(line.metres) / Decimal(str(METRES_PER_MILE))
    return (miles * Decimal(pence) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _one(number: float) -> str:
    return f"{number:,.1f}"
