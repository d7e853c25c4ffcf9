"""What the columns of the arrays mean. Times in seconds; costs in the unit of the prices.

Stops are numbered 0 to n - 1 for visits, n + k for the start and n + m + k for the end of the day of person k of m.
"""

# Never: later than any time of day (2^40), and far from overflow when sums are taken.
FAR = 1 << 50

# stop[stop, ...]; PLACE: the column of the stop in the matrices, by the way of travelling of the day's person.
NEXT, PREVIOUS, DAY, PLACE = 0, 1, 2, 3
# Earliest time the person is free to leave, with the break still to be taken, and with it taken (FAR: impossible).
EARLY_PENDING, EARLY = 4, 5
# Latest arrival from which the rest of the day can be done, in the same two cases (-FAR: impossible).
LATE_PENDING, LATE = 6, 7
# The leg to the next stop; 0 in an empty day.
LEG_COST, LEG_TIME = 8, 9
# Where the length of the day is bounded: least time from departure until leaving here, and the latest departure for
# it; least time from arriving here until the end, and the earliest arrival for it.
LENGTH_BEFORE, LATEST_DEPARTURE, LENGTH_AFTER, EARLIEST_ARRIVAL = 10, 11, 12, 13
STOP_WIDTH = 14

# visit[visit, ...]
SERVICE, OPENS, CLOSES, PRICE, DEMAND, DISLIKE, RANK, ABLE, BASE_NEAR = 0, 1, 2, 3, 4, 5, 6, 7, 8
VISIT_WIDTH = 9

# person[person, ...]
SHIFT_OPENS, SHIFT_CLOSES, HAS_BREAK, BREAK_OPENS, BREAK_CLOSES, BREAK_LENGTH = 0, 1, 2, 3, 4, 5
CAPACITY, MOST_VISITS, MOST_DRIVE, MOST_LENGTH, KIND, START_PLACE, END_PLACE = 6, 7, 8, 9, 10, 11, 12
# Where the columns of the person's own way of travelling begin in the matrices.
WAY = 13
PERSON_WIDTH = 14

# may[visit, person]
MAY_NOT, MAY, MAY_UNLIKED = 0, 1, 2

# day[person, ...]: TOUCHED_AT is the step that last changed the day; CHANGED: not yet copied into the best plan.
COUNT, LOAD, DROVE, TOUCHED_AT, CHANGED = 0, 1, 2, 3, 4
DAY_WIDTH = 5

# number[...]: single numbers that a search carries from slice to slice.
TOTAL, BEST, STEP, ABSENT, RETRIED, TOUCHED, USED, BLINK, CHANGES, FOUND, RANKS = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
NUMBERS = 11

# heat[...]: the temperature, the factor that it is multiplied with at each step, and the visits taken out on average.
TEMPERATURE, COOLING, REMOVED = 0, 1, 2
