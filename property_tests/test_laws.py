"""A bounded sample of the laws; `python -m verax.property_tests.laws` tries as many as are asked for."""

from __future__ import annotations

import pytest

from verax.language.catalogue import PRIMITIVES
from verax.property_tests.laws.trying import Task, tried

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long

EXAMPLES = 4


@pytest.mark.parametrize("name", PRIMITIVES)
def test_a_primitive_obeys_every_law(name: str) -> None:
    outcome = tried(Task("primitive", name, 20, EXAMPLES))

    assert [text for _, text in outcome.disagreements] == []
    assert outcome.functions == 1


@pytest.mark.parametrize("seed", range(26))
def test_a_random_program_obeys_every_law(seed: int) -> None:
    outcome = tried(Task("program", "", seed, EXAMPLES))

    assert [text for _, text in outcome.disagreements] == []
    assert outcome.total > 0
