"""Names of the columns of the arrays that the compiled search works on (see arrays.py and state.py)."""

NEVER = 1 << 50  # later than any time, far from overflow
UNSET = -(1 << 50)  # earlier than any time: no start yet, no floor

# Day.visits, a row per visit
LOCATION, SERVICE, WINDOWS, SOFT, LATE_MAX, LAST_START, REQUIRED = range(7)
TIER, DEMAND, FIRST, HALVES, BUNDLE, TIED, PIN_LATE = range(7, 14)
VISIT_COLUMNS = 14
# Day.prices, a row per visit
LATE_COST, PRIZE, DISLIKE = range(3)
# Day.staff, a row per person; KIND: the same for people who are alike; LABELLED: times need labels; WATCHED: waiting
# or the length of the day matters; ROWS: where the rows of the person's own way of travelling begin in the matrices
HOME, END, OPENS, CLOSES, OVERTIME, MOST_VISITS, LONGEST_DAY = range(7)
MOST_DRIVE, CAPACITY, BREAKS, KIND, LABELLED, WATCHED, ROWS = range(7, 14)
STAFF_COLUMNS = 14
# Day.breaks, a row per person and break
LENGTH, NEEDED, ANYWHERE, BREAK_WINDOWS = range(4)
# Day.links, a row per direction of a link: what the start of one visit asks of the other, and the other way round
OTHER, PUSH, PULL, SAME, DIFFERENT = range(5)
# Day.weights
W_TRAVEL, W_WAITING, W_MAX_LATE, W_MAX_IDLE = range(4)

# State.nodes, a row per task, then one per person for the start of the day, then one per person for its end.
# FREE: a lower bound of when the person can leave; LATEST: an upper bound of the start that keeps the rest feasible.
NEXT, BEFORE, WHO, START, FLOOR, LATE, FREE, LATEST = range(8)
NODE_COLUMNS = 8
# State.routes, a row per person
COUNT, LOAD, DRIVE, WAIT, IDLE, LONG, MAX_LATE = range(7)
ROUTE_COLUMNS = 7
# State.costs, a row per person
TRAVEL, SOFT_COST = range(2)
# State.labels, a row per node and label; then the start of each break taken on the leg to the node, or NEVER
CLOCK, TAKEN, PARENT, BEGUN, PAUSES = range(5)
# Room.worst: of the whole plan. IDLEST: the number of the person who idles longest
LATEST_VISIT, IDLE_LONGEST, IDLE_NEXT, IDLEST = range(4)
