"""How well the priorities hold: what is measured, on which data, and what a report keeps of it.

``measures``    pure functions over arrays: no Django, no database
``subjects``    the areas with all that their priorities are held against, read from what is loaded
``variants``    the same model with other registers or other releases
``report``      everything together as plain numbers, each with the datasets behind it
"""
