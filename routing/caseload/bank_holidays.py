"""Bank holidays of England and Wales, from 1978 on (since then the list has had eight days a year).

Banking and Financial Dealings Act 1971, schedule 1; New Year's Day and the first Monday in May by royal proclamation.
Substitute days: GOV.UK, "UK bank holidays": the next weekday that is not a bank holiday itself. Days moved or added
once are data below; a proclamation to come is one line more.
"""

from datetime import date, timedelta
from functools import lru_cache

FIRST_YEAR = 1978
# The day it would have been -> the day it was.
MOVED = {
    date(1995, 5, 1): date(1995, 5, 8),  # fifty years after VE Day
    date(2002, 5, 27): date(2002, 6, 4),  # Golden Jubilee
    date(2012, 5, 28): date(2012, 6, 4),  # Diamond Jubilee
    date(2020, 5, 4): date(2020, 5, 8),  # seventy-five years after VE Day
    date(2022, 5, 30): date(2022, 6, 2),  # Platinum Jubilee
}
ADDED = {
    date(1981, 7, 29): "Royal wedding",
    date(1999, 12, 31): "Millennium",
    date(2002, 6, 3): "Golden Jubilee",
    date(2011, 4, 29): "Royal wedding",
    date(2012, 6, 5): "Diamond Jubilee",
    date(2022, 6, 3): "Platinum Jubilee",
    date(2022, 9, 19): "State funeral of Queen Elizabeth II",
    date(2023, 5, 8): "Coronation of King Charles III",
}
MONDAY, SATURDAY = 0, 5


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus 1991, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=256)
def bank_holidays(year: int) -> dict[date, str]:
    """Name by day, in order of days. A substitute day stands for the holiday that falls on a weekend, which is not
    listed itself. Raises ValueError before 1978.
    """
    if year < FIRST_YEAR:
        raise ValueError(f"bank holidays are known from {FIRST_YEAR} on, not for {year}")
    sunday = easter(year)
    days = {
        sunday - timedelta(days=2): "Good Friday",
        sunday + timedelta(days=1): "Easter Monday",
        _first_monday(date(year, 5, 1)): "Early May bank holiday",
        _last_monday(date(year, 5, 31)): "Spring bank holiday",
        _last_monday(date(year, 8, 31)): "Summer bank holiday",
    }
    days = {MOVED.get(day, day): name for day, name in days.items()}
    days |= {day: name for day, name in ADDED.items() if day.year == year}
    fixed = [(date(year, 1, 1), "New Year's Day"), (date(year, 12, 25), "Christmas Day")]
    fixed.append((date(year, 12, 26), "Boxing Day"))
    weekend = [(day, name) for day, name in fixed if day.weekday() >= SATURDAY]
    days |= {day: name for day, name in fixed if day.weekday() < SATURDAY}
    for day, name in weekend:
        while day.weekday() >= SATURDAY or day in days:
            day += timedelta(days=1)
        days[day] = f"{name} (substitute day)"
    return dict(sorted(days.items()))


def is_bank_holiday(day: date) -> bool:
    return day in bank_holidays(day.year)


def _first_monday(day):
    return day + timedelta(days=(MONDAY - day.weekday()) % 7)


def _last_monday(day):
    return day - timedelta(days=day.weekday())
