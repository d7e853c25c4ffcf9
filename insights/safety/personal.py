"""Data that point to a person, in the forms that are usual in the United Kingdom."""

import re

from .check_digits import is_card_number, is_iban, is_nhs_number
from .patterns import pattern, words
from .people import CUE, PERSONAL
from .shapes import Finding

# What stands in the text instead.
PLACEHOLDERS = {
    "nhs_number": "[NHS number]",
    "nino": "[National Insurance number]",
    "email": "[e-mail address]",
    "phone": "[phone number]",
    "card": "[card number]",
    "iban": "[bank account]",
    "account": "[bank account]",
    "date_of_birth": "[date of birth]",
    "address": "[address]",
    "postcode": "[postcode]",
    "name": "[name]",
}
_SPACED_TEN = re.compile(r"\d{3}([ .-])\d{3}\1\d{4}")
_TEN = re.compile(r"(?<![\w.])\d(?:[ .-]?\d){9}(?![\w]|\.\d)")
_LONG = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?!\w)")
# Names begin with a capital letter in these, so capitals count.
_CAPITALS = re.RegexFlag(0)
_PATIENT_LETTER = re.compile(r"\b[Pp]atient\s(?P<name>[A-Z])\b(?!&|\.\w)")
_PAIR = re.compile(r"\b(?P<first>[A-Za-z]{2,})\s(?P<last>[A-Z]\w*(?:['-][A-Z]\w+)*|[a-z]{3,})\b")
_PATIENT_BEFORE = re.compile(r"\bpatient\s$", re.IGNORECASE)
# Nobody plans or compares days before this, and who was born after that has no date of birth that a year tells apart.
_OLDEST_DATA, _LAST_CHILD = 2000, 2019
# So far before a number or a date stands what it is.
_REACH = 40
# A capital behind "patient" is mostly no name: "patient NHS", "Patient Safety".
_NO_NAMES = frozenset(
    [
        "nhs",
        "gp",
        "icb",
        "lsoa",
        "imd",
        "dex",
        "core",
        "safety",
        "list",
        "lists",
        "experience",
        "survey",
        "records",
        "transport",
        "choice",
        "a",
        "i",
        "in",
        "is",
        "has",
        "who",
    ]
)
_OF_PLACES = frozenset(
    [
        "street",
        "road",
        "lane",
        "avenue",
        "close",
        "drive",
        "court",
        "house",
        "ward",
        "hospital",
        "practice",
        "surgery",
        "park",
        "hill",
    ]
)


def personal_data(text: str, context: str) -> list[Finding]:
    """Findings in the text, without overlaps, in their order. `context`: text and what was said before it."""
    speaks_of_somebody = bool(CUE.search(context))
    found: list[Finding] = []
    found += _numbers(text, context, speaks_of_somebody)
    found += [_finding("email", "email", match) for match in _rule("email").finditer(text)]
    found += [_finding("nino", "nino", match) for match in _rule("nino").finditer(text)]
    found += _dates(text, speaks_of_somebody)
    found += [_finding("address", "street_address", match, 0.9) for match in _rule("address").finditer(text)]
    found += _names(text)
    somebody = speaks_of_somebody or any(each.kind != "postcode" for each in found)
    if somebody or PERSONAL.search(text):
        found += [
            _finding("postcode", "postcode_of_somebody", match, 0.9) for match in _rule("postcode").finditer(text)
        ]
    return _without_overlaps(found)


def postcodes(text: str) -> list[tuple[int, int]]:
    """Where whole postcodes stand, bare ones too."""
    return [match.span() for match in _rule("postcode").finditer(text)]


def _rule(name, flags=re.IGNORECASE):
    return pattern("personal", name, flags)


def _finding(kind, rule, match, confidence=1.0, group=0) -> Finding:
    return Finding(kind, rule, *match.span(group), confidence)


def _numbers(text, context, speaks_of_somebody) -> list[Finding]:
    found = []
    near = bool(_rule("nhs_context").search(context)) or speaks_of_somebody
    for match in _TEN.finditer(text):
        labelled = _rule("nhs_label").search(text[max(0, match.start() - _REACH) : match.start()])
        digits = re.sub(r"\D", "", match.group())
        spaced = _SPACED_TEN.fullmatch(match.group())
        if labelled:
            # Said to be one: a slip of the finger in it does not make it harmless.
            found.append(_finding("nhs_number", "nhs_labelled", match))
        elif is_nhs_number(digits) and (spaced or near):
            found.append(_finding("nhs_number", "nhs_checksum", match))
    for match in _rule("iban").finditer(text):
        if number := _iban_at_start(match.group()):
            found.append(Finding("iban", "iban", match.start(), match.start() + len(number), 1.0))
    for match in _LONG.finditer(text):
        if is_card_number(re.sub(r"\D", "", match.group())):
            found.append(_finding("card", "card", match))
    found += [_finding("account", "bank_account", match) for match in _rule("account").finditer(text)]
    found += [_finding("phone", "phone", match) for match in _rule("phone").finditer(text)]
    found += [
        _finding("phone", "phone_labelled", match, 0.9, "number") for match in _rule("local_phone").finditer(text)
    ]
    return found


def _iban_at_start(text: str) -> str:
    """The longest beginning that is a bank account: the words behind it look like groups of it. "" for none."""
    ends = [place for place in range(15, len(text) + 1) if place == len(text) or not text[place].isalnum()]
    return next((text[:end] for end in reversed(ends) if is_iban(text[:end])), "")


def _dates(text, speaks_of_somebody) -> list[Finding]:
    found = [
        _finding("date_of_birth", "birth_digits", match, 1.0, "date") for match in _rule("bare_birth").finditer(text)
    ]
    for match in _rule("date").finditer(text):
        year = int(next(part for part in match.group("y1", "y2", "y3", "y4", "y5") if part))
        if _rule("born").search(text[max(0, match.start() - _REACH) : match.start()]):
            found.append(_finding("date_of_birth", "birth_said", match))
        elif 1900 <= year < _OLDEST_DATA:
            found.append(_finding("date_of_birth", "date_before_data", match, 0.8))
        elif speaks_of_somebody and _OLDEST_DATA <= year <= _LAST_CHILD:
            found.append(_finding("date_of_birth", "date_beside_somebody", match, 0.7))
    return found


def _names(text) -> list[Finding]:
    found = [_finding("name", "title_and_name", match) for match in _rule("titled", _CAPITALS).finditer(text)]
    found += [_finding("name", "title_and_name", match, 0.9) for match in _rule("titled_small").finditer(text)]
    for named, rule in (
        (_rule("called", _CAPITALS), "patient_and_name"),
        (_rule("named", _CAPITALS), "name_is"),
        (_PATIENT_LETTER, "patient_letter"),
    ):
        for match in named.finditer(text):
            if match["name"].lower().split()[0] not in _NO_NAMES or rule == "patient_letter":
                found.append(_finding("name", rule, match, 0.9, "name"))
    for match in _PAIR.finditer(text):
        if match["first"].lower() not in words("first_names") or match["last"].lower() in _OF_PLACES:
            continue
        capital = match["first"][0].isupper() and match["last"][0].isupper()
        rest = text[match.end() :]
        if _rule("beside_a_name").match(rest) if capital else _PATIENT_BEFORE.search(text[: match.start()]):
            found.append(_finding("name", "first_and_last_name", match, 0.8))
    return found


def _without_overlaps(found: list[Finding]) -> list[Finding]:
    """The surest and longest of those that overlap."""
    kept: list[Finding] = []
    for each in sorted(found, key=lambda finding: (-finding.confidence, finding.start - finding.end)):
        if all(each.end <= other.start or each.start >= other.end for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda finding: finding.start)
