"""The two parts of the corpus, and made-up personal data in the forms of the United Kingdom."""

import random
import re
import tomllib
from functools import cache
from itertools import product
from pathlib import Path

HERE = Path(__file__).parent
_WORD = re.compile(r"\{(\w+)\}")
FORENAMES = ("Mary", "John", "Susan", "Mohammed", "Doreen", "Peter", "Aisha", "George")
SURNAMES = ("Jones", "Patel", "Okafor", "O'Brien", "Smith-Wray", "Khan", "Tremblett", "Evans")
STREETS = ("Acacia Avenue", "High Street", "Station Road", "Park Lane", "Elm Grove", "Church Close", "The Crescent")
POSTCODES = ("M14 5TP", "SW1A 1AA", "B13 8QL", "LS1 4DY", "m145tp", "EC1A 1BB")
MONTHS = ("January", "March", "Sept", "December")


@cache
def part(name: str) -> dict:
    return tomllib.loads((HERE / f"{name}.toml").read_text())


def sentences(name: str, kind: str, side: str) -> list[str]:
    """Sentences of a part ("development" or "held_out") that a check must find ("must") or leave alone ("leave")."""
    words, found = part(name)["words"], []
    for template in part(name)[kind][side]:
        fields = list(dict.fromkeys(_WORD.findall(template)))
        for chosen in product(*(words[field] for field in fields)):
            text = template
            for field, word in zip(fields, chosen, strict=True):
                text = text.replace(f"{{{field}}}", word)
            found.append(text[:1].upper() + text[1:] if text[:1].isalpha() and text[1:2].islower() else text)
    return found


def nhs_number(dice: random.Random) -> str:
    """Ten digits whose check digit is right."""
    while True:
        digits = [dice.randrange(10) for _ in range(9)]
        check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10 and len(set(digits)) > 1:
            return "".join(map(str, [*digits, check % 11]))


def spaced(digits: str, by: str = " ") -> str:
    return f"{digits[:3]}{by}{digits[3:6]}{by}{digits[6:]}"


def card_number(dice: random.Random) -> str:
    body = "4" + "".join(str(dice.randrange(10)) for _ in range(14))
    total = sum(
        (value - 9 if value > 9 else value)
        for place, digit in enumerate(reversed(body))
        for value in [int(digit) * (2 - place % 2)]
    )
    return body + str(-total % 10)


def iban(dice: random.Random) -> str:
    account = "BARC" + "".join(str(dice.randrange(10)) for _ in range(14))
    number = int("".join(str(int(character, 36)) for character in account + "GB00"))
    return f"GB{98 - number % 97:02d}{account}"


def nino(dice: random.Random) -> str:
    return f"{dice.choice('ABCEHJ')}{dice.choice('ABCEHJ')}{dice.randrange(10**6):06d}{dice.choice('ABCD')}"


def personal(seed: int, count: int) -> list[tuple[str, str, str]]:
    """(kind, what must be gone, sentence), every kind in turn."""
    dice = random.Random(seed)
    makers = (_nhs, _nino, _phone, _email, _card, _iban, _birth, _address, _postcode, _name)
    return [makers[number % len(makers)](dice) for number in range(count)]


def _said(dice, kind, secret, *templates) -> tuple[str, str, str]:
    return kind, secret, dice.choice(templates).format(secret)


def _nhs(dice):
    number = nhs_number(dice)
    if dice.random() < 0.5:
        written = spaced(number, dice.choice(" -"))
        return _said(
            dice, "nhs_number", written, "Why was {} left out?", "{} lives in an urgent area", "visit for {} please"
        )
    return _said(
        dice,
        "nhs_number",
        number,
        "NHS number {} was missed",
        "nhs no: {}",
        "My patient ({}) has moved",
        "The NHS no of the lady is {}",
    )


def _nino(dice):
    number = nino(dice)
    written = dice.choice(
        (number, f"{number[:2]} {number[2:4]} {number[4:6]} {number[6:8]} {number[8]}", number.lower())
    )
    return _said(dice, "nino", written, "NI number {} on the form", "Her NINO is {}", "{} is on file")


def _phone(dice):
    digits = "".join(str(dice.randrange(10)) for _ in range(9))
    written = dice.choice(
        (
            f"07{digits}",
            f"07{digits[:3]} {digits[3:]}",
            f"+447{digits}",
            f"+44 7{digits[:3]} {digits[3:]}",
            f"0161 {digits[:3]} {digits[3:7]}",
            f"(0121) {digits[:3]} {digits[3:7]}",
            f"020 {digits[:4]} {digits[4:8]}",
        )
    )
    return _said(
        dice, "phone", written, "Call {} first", "His number is {}.", "phone {} before the visit", "Mobile: {}"
    )


def _email(dice):
    last = dice.choice(SURNAMES).lower().replace("'", "")
    written = f"{dice.choice(FORENAMES).lower()}.{last}@{dice.choice(('nhs.net', 'gmail.com', 'example.co.uk'))}"
    return _said(
        dice, "email", written, "Write to {}", "Her e-mail is {}, why is her area urgent?", "{} asked for a visit"
    )


def _card(dice):
    number = card_number(dice)
    written = dice.choice((number, " ".join(number[place : place + 4] for place in range(0, 16, 4))))
    return _said(dice, "card", written, "Card {} was charged", "paid with {}", "card number {}, thanks")


def _iban(dice):
    number = iban(dice)
    written = dice.choice((number, " ".join(number[place : place + 4] for place in range(0, 22, 4))))
    return _said(dice, "iban", written, "IBAN {} for the mileage", "Pay into {}", "account {} is mine")


def _birth(dice):
    day, month, year = dice.randrange(1, 28), dice.randrange(1, 12), dice.randrange(1925, 2015)
    written = dice.choice(
        (
            f"{day:02d}/{month:02d}/{year}",
            f"{day}.{month}.{year}",
            f"{year}-{month:02d}-{day:02d}",
            f"{day} {dice.choice(MONTHS)} {year}",
            f"{day}th of {dice.choice(MONTHS)} {year}",
        )
    )
    return _said(
        dice,
        "date_of_birth",
        written,
        "DOB {}",
        "She was born on {}",
        "d.o.b. {}, lives alone",
        "Date of birth: {}",
        "birthday is {}",
    )


def _address(dice):
    written = (
        f"{dice.choice(('', 'Flat 3, '))}{dice.randrange(1, 220)}{dice.choice(('', 'a', ','))} {dice.choice(STREETS)}"
    )
    return _said(
        dice, "address", written, "She lives at {}", "Visit {} tomorrow", "The home is {}, why is it left out?"
    )


def _postcode(dice):
    written = dice.choice(POSTCODES)
    return _said(
        dice,
        "postcode",
        written,
        "My patient lives at {}",
        "The 82 year old lady in {} has diabetes",
        "She is at {}",
        "Mr Jones of {}",
    )


def _name(dice):
    first, last = dice.choice(FORENAMES), dice.choice(SURNAMES)
    kind = dice.randrange(3)
    if kind == 0:
        return _said(dice, "name", last, f"Why was {dice.choice(('Mrs', 'Mr', 'Ms', 'Dr', 'Miss'))} {{}} left out?")
    if kind == 1:
        return _said(
            dice, "name", first, "My patient {} needs a visit", "Her name is {}", "patient called {} was missed"
        )
    return _said(dice, "name", f"{first} {last}", "{} has diabetes", "{}'s wound is worse", "{} lives alone")
