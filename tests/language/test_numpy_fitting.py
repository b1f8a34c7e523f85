"""Roots of polynomials and polynomials through points are JAX's, to leading digits."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import verax
from verax import numpy as vnp
from verax.errors import ConcretizationTypeError
from verax.language.config import enable_x64

POLYNOMIALS = [
    [1.0, -6.0, 11.0, -6.0],
    [0.0, 0.0, 1.0, 2.0],
    [1.0, 2.0, 0.0, 0.0],
    [0.0, 0.0],
    [1 + 1j, 2.0, 3.0],
]


def leading(x: Any) -> bytes:
    return np.asarray(x).astype(np.complex64 if np.iscomplexobj(x) else np.float32).tobytes()


def in_order(roots: Any) -> Any:
    """By their leading digits: JAX's come as LAPACK's iteration finds them."""
    found = np.asarray(roots)
    return found[np.lexsort((found.imag.astype(np.float32), found.real.astype(np.float32)))]


@pytest.mark.parametrize("p", POLYNOMIALS, ids=str)
@pytest.mark.parametrize("strip", [True, False])
def test_roots_are_jaxs(p: Any, strip: bool) -> None:
    with enable_x64(), jax.enable_x64(True):
        given = np.array(p)
        found, wanted = vnp.roots(given, strip_zeros=strip), jnp.roots(given, strip_zeros=strip)
        assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype)
        ours, theirs = in_order(found), in_order(wanted)
        assert leading(ours.real) == leading(theirs.real)
        # Beside a real root rounding may leave an imaginary part.
        assert leading(ours.imag + 1) == leading(theirs.imag + 1)


def test_roots_of_traced_coefficients_keep_their_zeros() -> None:
    p = np.array([0.0, 1.0, -3.0, 2.0], np.float32)
    traced = np.asarray(verax.jit(lambda p: vnp.roots(p, strip_zeros=False))(p))
    assert np.isnan(traced[-1])
    assert in_order(traced[:2]).tolist() == in_order(vnp.roots(p)).tolist()
    with pytest.raises(ConcretizationTypeError):
        verax.jit(vnp.roots)(p)


X, Y = (np.random.default_rng(k).normal(size=8) for k in (1, 2))
W = np.linspace(1, 2, 8)
WAYS: list[dict[str, Any]] = [
    {"full": True},
    {"cov": True},
    {"cov": "unscaled"},
    {"w": W, "cov": True},
    {"rcond": 1e-3, "full": True},
]


@pytest.mark.parametrize("options", WAYS, ids="-".join)
@pytest.mark.parametrize("y", [Y, np.stack([Y, Y**2], 1)], ids=["one", "two"])
def test_fits_are_jaxs(options: dict[str, Any], y: Any) -> None:
    if options.get("cov") == "unscaled" and y.ndim == 2:
        # NumPy has one matrix for all, and an axis of 1; so have we.
        _, found = vnp.polyfit(X, y, 2, **options)
        assert found.shape == (3, 3, 1) == np.polyfit(X, y, 2, **options)[1].shape
        return
    with enable_x64(), jax.enable_x64(True):
        found = jax.tree.leaves(vnp.polyfit(X, y, 2, **options))
        wanted = jax.tree.leaves(jnp.polyfit(X, y, 2, **options))
        assert len(found) == len(wanted)
        for ours, theirs in zip(found, wanted, strict=True):
            assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
            assert leading(ours) == leading(theirs)


def test_a_line_through_its_own_points_is_found() -> None:
    with verax.using("reference"):
        found = np.asarray(vnp.polyfit(np.arange(4), np.array([5, 8, 11, 14]), 1))
    assert found.tolist() == [3.0, 5.0]


WRONG = [
    (lambda: vnp.roots(np.eye(2)), ValueError, "`p` of roots must be a vector"),
    (lambda: vnp.polyfit(X, Y, -1), ValueError, "`deg` of polyfit must not be negative"),
    (lambda: vnp.polyfit(X[:0], Y[:0], 1), TypeError, "`x` of polyfit must be a vector of at least one"),
    (lambda: vnp.polyfit(X, Y[:3], 1), TypeError, "`y` of polyfit must have shape"),
    (lambda: vnp.polyfit(X, Y, 1, w=W[:3]), TypeError, "`w` of polyfit must have the shape of `x`"),
    (
        lambda: vnp.polyfit(X[:3], Y[:3], 2, cov=True),
        ValueError,
        "must have more than 3 elements for a scaled",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG)
def test_errors_name_the_argument(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()
