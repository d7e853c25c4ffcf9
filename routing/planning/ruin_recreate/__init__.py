"""Our own search: ruin and recreate by slack induction by string removals (Christiaens and Vanden Berghe, 2020), with
exact insertion tests in constant time, compiled by numba.

arrays       the problem as integer arrays, and what they cannot state (no numba needed)
temperature  how hot the search begins and ends
compilation  the compiler's cache on disk
columns      what the columns of the arrays mean
chance, days, insertion, ruin, steps, exchange   the compiled parts
search       a search from its first plan to its best one
"""
