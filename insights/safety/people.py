"""Words that say that somebody in particular is spoken of."""

import re

from .patterns import pattern

# Somebody under care, or close to the one who asks. One person, not "patients".
CUE = pattern("people", "somebody", re.IGNORECASE)
# What somebody is said to have or be: with a postcode or a date it points to them.
PERSONAL = pattern("people", "personal", re.IGNORECASE)
# The one who asks.
SELF = pattern("people", "oneself", re.IGNORECASE)
