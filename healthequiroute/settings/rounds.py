"""The day itself: when somebody should look, and what a mile is paid. docs/rounds.md explains the rules."""

from environs import validate

from .environment import env


def _pence_or_none(value):
    if value:
        validate.Regexp(r"^[0-9]{1,3}([.][0-9]{1,2})?$", error="Not a number of pence such as 45 or 45.5.")(value)


_MINUTES = validate.Range(min=1, max=480)
# A visit without a window is late so many minutes after its planned start; with one, when the window has closed.
ROUND_LATE_MINUTES = env.int("ROUND_LATE_MINUTES", 15, validate=_MINUTES)
# Nobody has heard from a person who works alone: minutes after the next sign of life was due.
ROUND_NOT_HEARD_MINUTES = env.int("ROUND_NOT_HEARD_MINUTES", 30, validate=_MINUTES)
# A round is not finished: minutes after the planned return.
ROUND_NOT_BACK_MINUTES = env.int("ROUND_NOT_BACK_MINUTES", 30, validate=_MINUTES)
# Rates are the employer's: nothing is shown where they are not set.
MILEAGE_PENCE_CAR = env.str("MILEAGE_PENCE_CAR", "", validate=_pence_or_none)
MILEAGE_PENCE_BICYCLE = env.str("MILEAGE_PENCE_BICYCLE", "", validate=_pence_or_none)
