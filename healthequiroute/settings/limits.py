"""How much one person, or one address where nobody has signed in, may ask of the pages in a minute."""

from environs import validate

from .environment import env

_POINTS = validate.Range(min=100, max=1_000_000)
# Points, of which a page costs one and a large file sixty (healthequiroute.page_limits has the table).
PAGE_LIMIT_PERSON = env.int("PAGE_LIMIT_PERSON", 3_000, validate=_POINTS)
# A whole hospital may be behind one address.
PAGE_LIMIT_ADDRESS = env.int("PAGE_LIMIT_ADDRESS", 3_000, validate=_POINTS)
