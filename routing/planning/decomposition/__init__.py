"""Plans that are too large for one search: cut into parts, solved side by side, mended across borders.

groups      what may not be separated: linked visits, visits of one pinned person
geography   coordinates of places from travel times to some landmarks
clustering  parts of visits: compact, of even size, each with its share of every priority
staffing    people for the parts, by demand for each skill
partition   all of that together, with what is missing in a part put right
parts       a part, or a neighbourhood of routes, as a Problem of its own
borders     neighbourhoods of routes that lie close together
work        one search on a part: what is asked, what is answered
pool        processes that search, and may die
rounds      the whole of it: first plans, parts, borders until the time is up
"""
