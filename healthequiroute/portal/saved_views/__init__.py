"""Views that people keep under a name, for themselves or for their organisation.

addresses   which addresses can be kept, and in what form
services    saving, renaming, sharing, deleting, opening first; what was seen on Home
leaving     what becomes of the views of somebody who leaves the organisation or is erased
undoing     taking a deletion back
"""
