"""`verax.scipy.stats.norm`: types are JAX's, and values are those of the definition and of SciPy, to float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import mpmath
import numpy as np
import pytest
import scipy.stats

from verax.language import dispatch
from verax.language.config import enable_x64
from verax.language.scipy.stats import norm
from verax.language.shapes import ShapedArray
from verax.language.tracing import trace
from verax.reference import Exact, evaluate

POINTS = [-37.5, -3.0, -0.5, 0.0, 0.25, 2.0, 9.0]
SHARES = [1e-6, 0.1, 0.5, 0.75, 0.999]


def tail(x: Any) -> Any:
    return mpmath.erfc(x / mpmath.sqrt(2)) / 2


# Of the standard number (x - 1) / 2: the truth, in mpmath.
TRUTH: dict[str, Callable[[Any], Any]] = {
    "logpdf": lambda z: -z * z / 2 - mpmath.log(2) - mpmath.log(2 * mpmath.pi) / 2,
    "pdf": lambda z: mpmath.exp(-z * z / 2) / (2 * mpmath.sqrt(2 * mpmath.pi)),
    "cdf": lambda z: tail(-z),
    "logcdf": lambda z: mpmath.log(tail(-z)),
    "sf": tail,
    "logsf": lambda z: mpmath.log(tail(z)),
}


def test_every_name_is_scipys_and_has_a_truth() -> None:
    assert set(norm.__all__) == {*TRUTH, "ppf", "isf"}
    assert all(hasattr(scipy.stats.norm, name) for name in norm.__all__)


@pytest.mark.parametrize("name", norm.__all__)
def test_types_are_jaxs(name: str) -> None:
    x = np.ones((2, 3), np.float32)
    for arguments in ((x,), (x, 0.5), (x, np.ones(3, np.float32), 2), (0.25,)):
        ours = getattr(norm, name)(*arguments)
        theirs = jax.eval_shape(getattr(jax.scipy.stats.norm, name), *arguments)
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype), arguments


def exact(name: str, x: float) -> np.float32:
    """What the program of float64 means, to float32's digits."""
    with enable_x64():
        program = trace(
            lambda v: [dispatch.lift(getattr(norm, name)(v, 1.0, 2.0))],
            [ShapedArray((), np.dtype(np.float64))],
        )
        return np.float32(float(evaluate(program, [np.float64(x)], Exact(50))[0].scalars[0]))


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_values_are_those_of_the_definition(name: str) -> None:
    for x in POINTS:
        with mpmath.workdps(60):
            truth = float(TRUTH[name]((mpmath.mpf(x) - 1) / 2))
        assert exact(name, x) == np.float32(truth), x
        assert np.float32(truth) == np.float32(getattr(scipy.stats.norm, name)(x, 1.0, 2.0)), x


@pytest.mark.parametrize("share", SHARES)
def test_quantiles_are_scipys(share: float) -> None:
    for name in ("ppf", "isf"):
        assert exact(name, share) == np.float32(getattr(scipy.stats.norm, name)(share, 1.0, 2.0)), name
