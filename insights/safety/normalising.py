"""One spelling for what looks alike, so that rules cannot be passed by with other characters."""

import base64
import binascii
import re
import unicodedata

# Soft hyphen, zero width, direction marks, variation selectors, tag characters: nobody sees them.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e007f]"
)
_MARKS = str.maketrans("\u2019\u2018\u201c\u201d\u2013\u2014\u2010\u2011\u2212\u00a0", "''\"\"----- ")
# Letters of other scripts that are drawn like Latin ones (Unicode Technical Standard 39, confusables).
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏьԛԝґәАВЕКМНОРСТУХІЈЅοαεινκρτυχϲΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɑɡɩⅼ",
    "aeopcyxijsdhlbqwreABEKMHOPCTYXIJSoaeivkptuxcABEZHIKMNOPTYXiagil",
)
_LEET = str.maketrans("013457@$", "oieastas")
_SPACED = re.compile(r"\b(?:[A-Za-z][ .\-_*]){3,}[A-Za-z]\b")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"\b(?:[0-9A-Fa-f]{2}[ :]?){8,}\b")
_ENDS = re.compile(r"(?<=[.!?;])\s+|\n+|(?<=[.!?])(?=[A-Z][a-z])")
_SHORT = re.compile(r"\b(?:mr|mrs|ms|dr|st|prof|no|e\.g|i\.e|d\.o\.b|approx|tel)\.$", re.IGNORECASE)
_MOST_DECODED = 8


def plain(text: str) -> str:
    """NFKC, without what nobody sees, with plain quotes and dashes, and single spaces within a line."""
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_MARKS)
    text = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def folded(text: str) -> str:
    """Lower case, look-alike letters as Latin ones, without accents; as long as the text, character by character."""
    if text.isascii():
        return text.lower()
    folds = []
    for character in text.translate(_LOOKALIKES):
        base = unicodedata.normalize("NFD", character)[0].lower()
        folds.append(base if len(base) == 1 else character)
    return "".join(folds)


def readings(text: str) -> list[str]:
    """The ways in which a folded sentence may be meant, itself first: figures as letters, letters held apart."""
    found = [text]
    # "1gn0re": only where figures stand inside words, so that numbers stay numbers.
    if re.search(r"[a-z][013457@$]|[013457@$][a-z]", text):
        found.append(text.translate(_LEET))
    if _SPACED.search(text):
        found.append(_SPACED.sub(lambda match: re.sub(r"[ .\-_*]", "", match.group()), text))
    return found


def decoded(text: str) -> list[str]:
    """Readable texts that are hidden in the text as base64 or hexadecimal."""
    found = []
    for match in list(_BASE64.finditer(text))[:_MOST_DECODED]:
        word = match.group().replace("-", "+").replace("_", "/").rstrip("=")
        found.append(_readable(lambda word=word: base64.b64decode(word + "=" * (-len(word) % 4), validate=True)))
    for match in list(_HEX.finditer(text))[:_MOST_DECODED]:
        word = re.sub(r"[ :]", "", match.group())
        found.append(_readable(lambda word=word: binascii.unhexlify(word)))
    return [text for text in found if text]


def _readable(decode) -> str:
    try:
        text = decode().decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return text if len(text) >= 8 and sum(c.isalpha() or c.isspace() for c in text) >= 0.8 * len(text) else ""


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence; a line ends one, "Mr." does not."""
    spans, start = [], 0
    for match in _ENDS.finditer(text):
        if _SHORT.search(text[start : match.start()]):
            continue
        if text[start : match.start()].strip():
            spans.append((start, match.start()))
        start = match.end()
    return [*spans, (start, len(text))] if text[start:].strip() else spans
