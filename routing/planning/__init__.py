"""The solver core: a neutral problem model, a judge, and the engines that answer to it. Imports no Django.

problem     what is asked: visits, staff, links, travel matrix
solution    what is answered: routes with times, unserved visits with reasons, cost
io          both as JSON
check       the judge
timetable   times of a route whose order is known
engines     searches, each behind the same protocol
prechecks   what no plan can do, known before any search
slack       where a visit might be put, all days at once (openings: one visit at every place)
exchanges   a last look: nothing simple is left undone
reasons     why a visit stays unserved
remedies    what would let it in: tried, judged, as data (remedy_search finds them, remedy_words words them)
slots       when a new visit could be promised
equity      who is reached, at what burden, at what price; the lever for Core20
replanning  a day that goes differently, mended with few people
instances   made-up working days for tests and measurements (instances_linked: with links and lateness)
"""
