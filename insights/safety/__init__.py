"""What may not be stored, sent or answered, found by rules. Pure: text goes in, findings come out.

normalising   one spelling for what looks alike; sentences; what is hidden in codes
personal      data that point to a person, replaced by placeholders (people, first_names, check_digits)
crisis        somebody may be in danger
clinical      advice about somebody's health (medicines: about what they take)
instructions  attempts to instruct the assistant
"""

from .checking import LONGEST, check_message
from .personal import PLACEHOLDERS
from .shapes import Checked, Finding

__all__ = ["LONGEST", "PLACEHOLDERS", "Checked", "Finding", "check_message"]
