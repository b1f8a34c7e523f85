"""Checks raise at once or are collected; the messages and the refusals are JAX's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.experimental.checkify as theirs
import numpy as np
import pytest

import verax
from verax.language import checkify as ours


def positive(module: Any, asarray: Callable[..., Any]) -> Callable[[Any], Any]:
    def f(x: Any) -> Any:
        module.check(x > 0, "must be positive, got {x}, with {}", asarray([2]), x=asarray(x))
        module.check(x < 10, "must be small")
        return x + 1

    return f


OURS = positive(ours, verax.numpy.asarray)
THEIRS = positive(theirs, jax.numpy.asarray)


@pytest.mark.parametrize("x", [-1.0, 3.0, 11.0])
@pytest.mark.parametrize("compiled", [False, True])
def test_the_first_failed_check_is_collected_as_by_jax(x: float, compiled: bool) -> None:
    mine, its = ours.checkify(OURS), theirs.checkify(THEIRS)
    if compiled:
        mine, its = verax.jit(mine), jax.jit(its)
    (error, out), (expected, result) = mine(x), its(jax.numpy.float32(x))

    assert error.get() == expected.get()
    assert float(out) == float(result)


def test_a_check_is_met_under_jit_and_grad_inside() -> None:
    def loss(x: Any) -> Any:
        return verax.jit(OURS)(x) * x

    error, slope = ours.checkify(verax.grad(loss))(-2.0)

    assert error.get() == "must be positive, got -2.0, with [2] (`check` failed)"
    assert float(slope) == -3.0


def test_under_vmap_a_check_holds_where_it_holds_in_every_lane_and_shows_the_first_in_which_it_does_not() -> (
    None
):
    mapped = ours.checkify(verax.vmap(OURS))
    error, out = mapped(verax.numpy.array([1.0, 2.0]))
    assert error.get() is None
    assert out.tolist() == [2.0, 3.0]
    error, _ = mapped(verax.numpy.array([1.0, -2.0, -3.0]))
    assert error.get() == "must be positive, got -2.0, with [2] (`check` failed)"
    error, _ = ours.checkify(verax.vmap(verax.grad(lambda x: OURS(x) * x)))(verax.numpy.array([-1.0, 2.0]))
    assert error.get() == "must be positive, got -1.0, with [2] (`check` failed)"
    error, _ = ours.checkify(verax.vmap(verax.vmap(OURS)))(verax.numpy.array([[1.0, 2.0], [3.0, -4.0]]))
    assert error.get() == "must be positive, got -4.0, with [2] (`check` failed)"


def test_outside_of_checkify_a_check_raises_at_once() -> None:
    with pytest.raises(ours.JaxRuntimeError, match="must be positive"):
        OURS(-1.0)
    ours.debug_check(False, "not asked for")
    error, _ = ours.checkify(lambda: ours.debug_check(False, "asked for"))()
    with pytest.raises(ours.JaxRuntimeError, match="asked for"):
        ours.check_error(error)


def test_an_error_is_handed_on_to_a_checkify_around() -> None:
    inner, _ = ours.checkify(OURS)(-1.0)
    outer, _ = ours.checkify(lambda: ours.check_error(inner))()

    assert outer.get() == inner.get() is not None
    assert ours.init_error.get() is None


REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "traced": (lambda: verax.jit(OURS)(1.0), ValueError, "must be known to the `checkify` around"),
    "a vector": (lambda: ours.check(np.array([True]), "no"), TypeError, "must be a boolean scalar"),
    "a number": (lambda: ours.check(1, "no"), TypeError, "must be a boolean scalar"),
    "a string to show": (lambda: ours.check(True, "{}", "text"), TypeError, "must be arrays in trees"),
    "other errors": (lambda: ours.checkify(OURS, ours.nan_checks), NotImplementedError, "got NaNError"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_checked_is_refused(name: str) -> None:
    call, kind, message = REFUSED[name]
    with pytest.raises(kind, match=message):
        call()
