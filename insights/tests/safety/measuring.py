"""Scores of the checks on a part of the corpus: `python -m insights.tests.safety.measuring` prints both parts."""

import random
import sys

from insights.safety import check_message

from . import corpus

KINDS = ("instruction", "crisis", "medicine", "clinical")


def fires(kind: str, text: str) -> bool:
    checked = check_message(text)
    return {
        "instruction": bool(checked.refused),
        "crisis": bool(checked.alerts),
        # Either way it is declined.
        "medicine": checked.advice is not None,
        "clinical": checked.advice is not None or bool(checked.alerts),
        "personal": bool(checked.removed),
    }[kind]


def wrong(part: str, kind: str) -> tuple[list[str], int, list[str], int]:
    """Missed sentences and how many there were to find; sentences taken wrongly and how many there were to leave."""
    must = corpus.sentences(part, kind, "must") if kind != "personal" else []
    leave = corpus.sentences(part, kind, "leave")
    missed = [text for text in must if not fires(kind, text)]
    return missed, len(must), [text for text in leave if fires(kind, text)], len(leave)


def personal_missed(seed: int, count: int) -> list[tuple[str, str, str]]:
    """Made-up personal data of which anything is left after the checks."""
    return [each for each in corpus.personal(seed, count) if each[1] in check_message(each[2]).text]


def strangers_taken(seed: int, count: int) -> int:
    """Random numbers of ten digits, written in one piece and without a word about people, that are taken for NHS
    numbers."""
    dice = random.Random(seed)
    texts = (f"Run {dice.randrange(10**9, 10**10)} of the search took long" for _ in range(count))
    return sum(any(each.kind == "nhs_number" for each in check_message(text).removed) for text in texts)


def main(write=sys.stdout.write) -> None:
    for part, seed in (("development", 1), ("held_out", 2)):
        for kind in (*KINDS, "personal"):
            missed, must, taken, leave = wrong(part, kind)
            write(f"{part} {kind}: {must - len(missed)}/{must} found, {len(taken)}/{leave} taken wrongly\n")
            if "-v" in sys.argv and (part == "development" or "--held-out" in sys.argv):
                write(
                    "".join(f"   missed: {text}\n" for text in missed)
                    + "".join(f"   wrongly: {text}\n" for text in taken)
                )
        lost = personal_missed(seed, 2000)
        write(f"{part} personal data: {2000 - len(lost)}/2000 gone; strangers {strangers_taken(seed, 5000)}/5000\n")
        if "-v" in sys.argv and part == "development":
            write("".join(f"   left: {each}\n" for each in lost[:15]))


if __name__ == "__main__":
    main()
