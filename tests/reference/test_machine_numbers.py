"""Machine numbers that nobody has looked at are summed as those that somebody has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from verax import using
from verax.language.dtypes import bfloat16, float16, float32, float64
from verax.numpy import asarray
from verax.reference.array import ReferenceArray
from verax.reference.exact import Exact, aligned
from verax.reference.machine_numbers import MachineNumbers


def _numbers(dtype: Any, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Numbers of all sizes: subnormals, zeros of both signs, and the largest among them."""
    bits = rng.integers(0, 1 << (8 * dtype.itemsize), 500, dtype=np.uint64)
    drawn = bits.astype(f"u{dtype.itemsize}").view(dtype)
    edges = np.array([0.0, -0.0, 1.0, -1.0]).astype(dtype)
    return np.concatenate([drawn[np.isfinite(drawn.astype(np.float64))], edges])


@pytest.mark.parametrize("dtype", [float16, bfloat16, float32, float64], ids=str)
def test_a_sum_of_machine_numbers_is_that_of_their_scalars(dtype: Any) -> None:
    rng, system = np.random.default_rng(0), Exact()
    values = _numbers(dtype, rng)
    numbers = MachineNumbers(values, dtype, system)
    backwards = numbers.at(range(len(values) - 1, -1, -1))

    integers, exponent = numbers.aligned() or ([], 0)
    lifted = aligned(numbers.lifted)
    assert lifted is not None
    assert [n << (exponent - lifted[1]) if exponent > lifted[1] else n for n in integers] == [
        n << (lifted[1] - exponent) if exponent < lifted[1] else n for n in lifted[0]
    ]
    assert system.dotted(numbers, backwards) == system.dotted(numbers.lifted, backwards.lifted)


@pytest.mark.parametrize("special", [np.inf, -np.inf, np.nan])
def test_infinite_numbers_and_nan_have_no_integers(special: float) -> None:
    values = np.array([1.0, special], np.float32)
    assert MachineNumbers(values, float32, Exact()).aligned() is None


def test_no_numbers_sum_to_zero() -> None:
    assert Exact().summed(MachineNumbers(np.zeros(0, np.float32), float32, Exact())) == 0.0


def test_only_those_that_are_asked_for_are_lifted() -> None:
    numbers = MachineNumbers(np.arange(1000, dtype=np.float32), float32, Exact())
    assert list(numbers.at([3, 5])) == [3, 5]
    assert numbers._lifted is None


def test_an_array_that_nobody_looked_at_gives_its_numbers_back_and_no_view_of_them() -> None:
    numbers = np.array([[1.0, -0.0, np.inf], [np.nan, 1e-40, 2.5]], np.float32)
    with using("reference"):
        untouched, touched = asarray(numbers), asarray(numbers)
    assert isinstance(touched, ReferenceArray)
    assert len(touched.scalars) == 6
    first, second = untouched.machine_value(), touched.machine_value()
    assert first.dtype == second.dtype == numbers.dtype
    assert first.tobytes() == second.tobytes()
    first[0, 0] = 7
    assert untouched.machine_value()[0, 0] == 1
