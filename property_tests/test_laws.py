"""A bounded sample of the laws; `python -m verax.property_tests.laws` tries as many as are asked for."""

from __future__ import annotations

import pytest

from verax.language.catalogue import PRIMITIVES
from verax.property_tests.laws.trying import Task, tried

EXAMPLES = 4

# Their limits need thousands of digits, and mpmath's series then take minutes: `tox run -e laws` tries them
# with a deadline a task, and tests/reference holds them against Arb, tests/fast their derivatives.
SLOW = {"digamma", "lgamma"}
# Its gradient is blamed on the formula at one drawn input (seed 20), and nobody knows yet whether rightly.
UNDECIDED = {"pmax"}
WITH_DIGAMMA = {2, 23}  # the seeds whose programs differentiate digamma


@pytest.mark.parametrize("name", [name for name in PRIMITIVES if name not in SLOW | UNDECIDED])
def test_a_primitive_obeys_every_law(name: str) -> None:
    outcome = tried(Task("primitive", name, 20, EXAMPLES))

    assert [text for _, text in outcome.disagreements] == []
    assert outcome.functions == 1


@pytest.mark.parametrize("seed", sorted(set(range(26)) - WITH_DIGAMMA))
def test_a_random_program_obeys_every_law(seed: int) -> None:
    outcome = tried(Task("program", "", seed, EXAMPLES))

    assert [text for _, text in outcome.disagreements] == []
    assert outcome.total > 0
