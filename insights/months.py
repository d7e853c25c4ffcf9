"""Arithmetic of calendar months. A month is its first day, or its number: months since January of year 0."""

from datetime import date

YEAR = 12


def month_number(month: date) -> int:
    """Months since January of year 0; neighbouring months differ by 1."""
    return month.year * YEAR + month.month - 1


def first_day(number: int) -> date:
    """First day of the month with a number, as `month_number` gives it."""
    return date(number // YEAR, number % YEAR + 1, 1)


def month_after(month: date, number: int = 1) -> date:
    """First day of the month so many after (before: a negative number)."""
    return first_day(month_number(month) + number)


def months_after(month: date, number: int) -> list[date]:
    """First days of the so many months that follow."""
    return [month_after(month, step) for step in range(1, number + 1)]
