"""A change of any kind, sensible or not."""

from routing.editing import Clear, Improve, Move, MoveBreak, PutIn, Reorder, SetStart, Swap, TakeOut

MINUTE, HOUR = 60, 3600


def random_edit(dice, plan):
    visits, people = [visit.id for visit in plan.problem.visits], list(plan.orders)
    person, visit = dice.choice(people), dice.choice(visits)
    moment = dice.randrange(8 * HOUR, 15 * HOUR, MINUTE)
    shuffled = list(plan.orders[person])
    dice.shuffle(shuffled)
    return dice.choice(
        [
            Move(visit, person, dice.randrange(6)),
            Move(visit, person),
            Move(visit, person, 0, dice.choice(people)),
            Swap(visit, dice.choice(visits)),
            TakeOut(visit),
            PutIn(visit),
            PutIn(visit, person, ((person, dice.randrange(4)),)),
            MoveBreak(person, place=dice.randrange(5)),
            MoveBreak(person, start=moment),
            SetStart(visit, moment),
            SetStart(visit, None),
            Reorder(person, tuple(shuffled)),
            Improve(person),
            Clear(person),
        ]
    )
