"""The reference knows every word of the language."""

from __future__ import annotations

import numpy as np
import pytest

from verax import using
from verax.language import dispatch
from verax.language.catalogue import PRIMITIVES
from verax.language.errors import MissingRuleError
from verax.language.primitive import Primitive
from verax.reference.primitives import COMPLEX_RULES, CONTROL, RULES


def test_every_primitive_of_the_catalogue_has_a_definition() -> None:
    calls = {name for name, p in PRIMITIVES.items() if p.kind == "call"}
    assert RULES.keys() | COMPLEX_RULES.keys() | CONTROL.keys() == PRIMITIVES.keys() - calls


def test_nothing_is_defined_twice() -> None:
    assert not RULES.keys() & CONTROL.keys()


def test_a_word_without_a_definition_is_named() -> None:
    unknown = Primitive("frobnicate", "elementwise", lambda *avals: list(avals))
    with using("reference"), pytest.raises(MissingRuleError, match="`frobnicate` must have a definition"):
        dispatch.bind(unknown, np.float32(1))
