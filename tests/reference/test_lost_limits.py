"""Where peers lose a derivative that exists, the reference and fast give the limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import verax
from verax import lax as vlax
from verax import numpy as vnp
from verax.reference import true_derivative
from verax.reference.lost_limits import ROWS, Row
from verax.reference.reals import to_machine

F64 = np.float64


def moving(row: Row, of_primitives: Any, of_arrays: Any) -> Callable[[Any], Any]:
    """The row's function of the operand that moves, by the names of a module of primitives or of arrays."""
    function = getattr(of_primitives, row.function, None) or getattr(of_arrays, row.function)
    return lambda v: function(v, *map(F64, row.others))


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r.where)
def test_the_reference_gives_the_limit(row: Row) -> None:
    function = moving(row, vlax, vnp)
    with verax.enable_x64():
        found = true_derivative(lambda v: [function(v)], [F64(row.at)], [F64(1)])
    assert found.certified
    assert not found.kink
    assert found.tangents[0] is not None
    assert to_machine(found.tangents[0].scalars[0], np.dtype(F64)) == row.value
    assert row.why


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r.where)
def test_fast_gives_the_limit_within_its_bound(row: Row) -> None:
    with verax.enable_x64(), verax.using("fast"):
        verdict = verax.judge(moving(row, vlax, vnp), np.asarray(row.at), order=1)
    assert not [f for f in verdict.findings if f.fails]
    (element,) = verdict.elements
    assert element.bound is not None
    assert element.error <= element.bound


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r.where)
def test_jax_does_not(row: Row) -> None:
    import jax
    from jax import numpy as jnp

    with jax.enable_x64(True):
        lost = float(jax.grad(moving(row, jax.lax, jnp))(F64(row.at)))
    assert lost != row.value
