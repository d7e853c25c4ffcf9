"""A published plan's day as it stands at a moment: what has begun is a fact, and the plan keeps the rules.

What somebody recorded of their round has begun; of people who recorded nothing, what was planned to have begun by then.
After their last record people are taken to keep to the plan, as late as they were then. Earlier changes of the day hold
on: who went home sick stays away, and rules that nobody could keep any more are not broken again.

reading   the one reading of rows: rounds with what was recorded of them
records   what people recorded, in seconds of the plan's day
rounds    one person's round: what has begun, what is ahead, what goes differently
rules     the problem in which what has begun is a fact
day       all of it
storing   a round of the day as it is stored
"""

from .day import StandingDay, standing_day
from .reading import RecordedRound, patience, recorded_rounds
from .storing import as_planned

__all__ = ["RecordedRound", "StandingDay", "as_planned", "patience", "recorded_rounds", "standing_day"]
