"""In-day re-planning: what has begun stands, what has happened is taken in, and few people's days change.

disruption    what has happened: somebody sick or late, an urgent visit, an overrun, no access
position      where a person is at a moment of their day
day           the whole day as it stands
settled       what settled visits ask of open ones
subproblem    the rest of the day as an ordinary problem, and the way back
kept_times    starts that stay near the plan
going_on      the day as it goes on if nobody changes anything, and what has to be allowed for it
allowances    rules of time, allowed as they are broken and no further
insertion     visits put into planned days
search        few people first, then more
changes       who changes, which visits move
reading       disruptions and answers as JSON
"""

from .changes import Changes, Move, changes_of
from .day import Day, day_of
from .disruption import Disruption, Late, NoAccess, Overrun, Sick, UnfitDisruption, Urgent
from .going_on import GoingOn, going_on
from .search import Answer, replan
from .subproblem import plan_from, problem_from

__all__ = [
    "Answer",
    "Changes",
    "Day",
    "Disruption",
    "GoingOn",
    "Late",
    "Move",
    "NoAccess",
    "Overrun",
    "Sick",
    "UnfitDisruption",
    "Urgent",
    "changes_of",
    "day_of",
    "going_on",
    "plan_from",
    "problem_from",
    "replan",
]
