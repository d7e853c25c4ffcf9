"""When people on a caseload are due: pure dates, no database.

bank_holidays   England's, computed
working_days    a service's calendar: weekdays and bank holidays
review          review intervals by class, due dates, deferral and its clinical limit

Everything is counted in civil days of Europe/London, never in elapsed hours: a review after 48 hours is one after two
days, also when the clocks change in between.
"""

from .bank_holidays import bank_holidays, easter, is_bank_holiday
from .review import (
    LONGEST_DEFERRAL_DAYS,
    REVIEW_HOURS,
    Due,
    History,
    clinical_limit,
    due_again_at,
    due_date,
    interval_days,
    next_due,
)
from .working_days import EVERY_DAY, WEEKDAYS, Calendar

__all__ = [
    "EVERY_DAY",
    "LONGEST_DEFERRAL_DAYS",
    "REVIEW_HOURS",
    "WEEKDAYS",
    "Calendar",
    "Due",
    "History",
    "bank_holidays",
    "clinical_limit",
    "due_again_at",
    "due_date",
    "easter",
    "interval_days",
    "is_bank_holiday",
    "next_due",
]
