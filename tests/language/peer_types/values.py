"""Drawn calls on small whole numbers, whose sums and products are exact: values equal JAX's, but for signs of zeros.

An index out of range, a padding, a dilation or a mode that means something else is seen here, where types are equal.
"""

from __future__ import annotations

import zlib
from typing import Any

import jax
import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jax import lax as jax_lax
from tests.language.peer_types.comparing import REFUSED, Call, jax_types

from verax.language import lax, trees


def operands(call: Call) -> list[Any]:
    """Numbers for a call's operands, the same ones every time."""
    found = []
    for i, spec in enumerate(call.operands):
        dtype = np.dtype(spec.dtype)
        rng = np.random.default_rng(zlib.crc32(f"{i} {spec.shape} {dtype} {call.text}".encode()))
        low = 0 if dtype.kind in "ub" else -4
        found.append(rng.integers(low, 2 if dtype.kind == "b" else 5, spec.shape).astype(dtype))
    return found


def numbers(tree: Any) -> list[Any]:
    """Shapes and elements; -0 is 0, and NaN is equal to itself."""
    arrays = [np.asarray(y) for y in trees.leaves(tree)]
    return [(y.shape, [str(v + 0) for v in y.ravel().tolist()]) for y in arrays]


def _negative_as_unsigned(call: Call) -> bool:
    """Whether products of floats are wanted as unsigned integers: what a negative one becomes, nobody says."""
    return " uint" in call.text and any(np.dtype(s.dtype).kind not in "iub" for s in call.operands)


def compared(calls: st.SearchStrategy[Call], count: int) -> int:
    """How many drawn calls gave JAX's values; wrong calls, and those on weak types, are passed over.

    Raises:
        AssertionError: a value differs.
    """
    agreed = 0

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(calls)
    def agree(call: Call) -> None:
        nonlocal agreed
        if any(spec.weak for spec in call.operands) or _negative_as_unsigned(call):
            return
        if jax_types(call) == REFUSED:  # eager calls take some that traced ones refuse
            return
        given_numbers = operands(call)
        try:
            want = numbers(call.function(jax_lax, *map(jax.numpy.asarray, given_numbers)))
        except Exception:  # noqa: BLE001  # some calls are refused only where they are compiled
            return
        try:
            got = numbers(call.function(lax, *given_numbers))
        except (TypeError, ValueError) as err:
            if call.strict:
                return
            raise AssertionError(f"{call.text} of {given_numbers}: {err}") from err
        assert got == want, f"{call.text} of {given_numbers}"
        agreed += 1

    agree()
    return agreed
