"""Check digits of numbers that point to a person."""

import re


def is_nhs_number(digits: str) -> bool:
    """Ten digits whose last one fits (modulus 11; NHS Data Dictionary, "NHS number")."""
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return check != 10 and check % 11 == int(digits[9])


def is_card_number(digits: str) -> bool:
    """13 to 19 digits that pass the Luhn check (ISO/IEC 7812-1) and begin as cards do."""
    if not 13 <= len(digits) <= 19 or digits[0] not in "23456" or len(set(digits)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """Country, two check digits, account (ISO 13616): modulus 97 of the letters as numbers is 1."""
    compact = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", compact):
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1
