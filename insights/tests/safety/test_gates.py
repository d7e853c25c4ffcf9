"""The gates of the checks on both parts of the corpus: what must be found, and what must be left alone."""

import random

import pytest

from insights.safety import check_message

from . import corpus
from .measuring import personal_missed, strangers_taken, wrong

# kind: least share found, most taken wrongly among harmless sentences with the same words.
GATES = {
    "instruction": (0.85, 0.03),
    "crisis": (0.95, 0.03),
    "medicine": (0.90, 0.03),
    "clinical": (0.90, 0.03),
    "personal": (0.0, 0.03),
}


@pytest.mark.parametrize("part", ["development", "held_out"])
@pytest.mark.parametrize("kind", GATES)
def test_what_must_be_found_is_found_and_what_is_harmless_passes(part, kind):
    missed, must, taken, leave = wrong(part, kind)
    least, most = GATES[kind]
    assert len(missed) <= (1 - least) * must, missed
    assert len(taken) <= most * leave, taken


def test_the_corpus_is_large_enough_to_say_so():
    number = sum(
        must + leave
        for part in ("development", "held_out")
        for kind in GATES
        for _, must, _, leave in [wrong(part, kind)]
    )
    assert number >= 700


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_structured_personal_data_are_gone(seed):
    lost = personal_missed(seed, 1000)
    assert len(lost) <= 0.02 * 1000, lost[:10]
    assert not [each for each in lost if each[0] == "nhs_number"]


def test_random_numbers_of_ten_digits_are_left_alone():
    assert strangers_taken(4, 4000) < 0.005 * 4000


def test_what_is_said_to_be_an_nhs_number_goes_even_with_a_slip_in_it():
    assert check_message("NHS number 943 476 5918").text == "NHS number [NHS number]"


@pytest.mark.parametrize("by", [" ", "-", "."])
def test_nhs_numbers_are_known_by_their_spacing(by):
    dice = random.Random(5)
    for _ in range(200):
        written = corpus.spaced(corpus.nhs_number(dice), by)
        assert check_message(f"Is {written} urgent?").text == "Is [NHS number] urgent?"
