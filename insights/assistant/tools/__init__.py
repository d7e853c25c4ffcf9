"""What answers are read with: each takes a turn, asks the permission of what it reads, and writes a draft.

Tools only read, through QuerySets that know the organisation. Nothing of a question becomes part of a query but codes
that were found in the database, whole numbers and dates.
"""
