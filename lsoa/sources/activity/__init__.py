"""Activity of organisations over time: A&E, admissions, referrals, deaths."""

from .commissioners import CommissionerMonth, CommissionerSeries
from .deaths import WeeklyDeaths
from .national import MonthlyEmergency
from .organisations import BY_BOARD, BY_TRUST, EmergencyByDepartment

ACTIVITY = [
    MonthlyEmergency(),
    CommissionerMonth(),
    CommissionerSeries(),
    BY_TRUST,
    BY_BOARD,
    EmergencyByDepartment(),
    WeeklyDeaths(),
]

__all__ = ["ACTIVITY"]
