"""Ruin and recreate for days with everything: breaks, lateness, links between visits, visits for several people.

arrays     the problem as arrays (no numba)
columns    what the columns of the arrays mean
state      a plan as linked lists that can be changed and changed back
pauses     breaks on one leg
timing     times of a route and of those that links tie to it
accounts   costs of routes and plans
placing    putting tasks in and taking visits out
drawing    random numbers
insertion  where tasks fit best, alone and in groups
removal    which visits to take out
steps      the search
search     the search seen from outside: from orders to orders with times

The plain kernel beside this package tests a place in constant time; here a change is followed through its route and
the routes that are tied to it, because lateness, breaks and links make the cost of a place depend on all of them.
Synchronised starts are found by raising earliest starts to a fixed point (as in Bredstroem and Roennqvist, 2008, and
Afifi, Dang and Moukrim, 2016, whose insertion tests this follows in spirit).
"""
