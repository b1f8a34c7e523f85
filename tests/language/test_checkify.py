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
    "other errors": (lambda: ours.checkify(OURS, {int}), ValueError, "got .*int"),  # type: ignore[arg-type]  # on purpose
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_checked_is_refused(name: str) -> None:
    call, kind, message = REFUSED[name]
    with pytest.raises(kind, match=message):
        call()


def stepped(face: Any, lax: Any, module: Any) -> dict[str, tuple[Any, list[Any]]]:
    """Programs that check inside of what is staged, and arguments for each."""

    def positive_carry(c: Any, x: Any) -> Any:
        module.check(c > 0, "carry {}", c)
        return c + x, c * 2

    def countdown(x: Any) -> Any:
        def test(x: Any) -> Any:
            module.check(x < 9, "asked of {}", x)
            return x > 0

        def body(x: Any) -> Any:
            module.check(x != 3, "passed {}", x)
            return x - 1

        return lax.while_loop(test, body, x)

    def branches(x: Any) -> Any:
        def left(x: Any) -> Any:
            module.check(x < -5, "left {}", x)
            return x

        def right(x: Any) -> Any:
            module.check(x > 5, "right {} {}", x, x * 2)
            return -x

        return lax.cond(x > 0, right, left, x)

    def inner(x: Any) -> Any:
        module.check(x > 0, "inner {}", x)
        return x * x

    jitted = face.jit(inner)
    xs = np.asarray([1, 1, -5, 1, -5], np.float32)
    return {
        "scan": (lambda x: lax.scan(positive_carry, x, xs), [1.0, 9.0]),
        "scan backwards": (lambda x: lax.scan(positive_carry, x, xs, reverse=True), [3.0, 20.0]),
        "scan of no step": (lambda x: lax.scan(positive_carry, x, xs[:0]), [-1.0]),
        "while": (countdown, [0.5, 2.0, 4.0, 10.0]),
        "cond": (branches, [-7.0, -1.0, 1.0, 7.0]),
        "switch": (lambda x: lax.switch(1, [branches, inner, inner], x), [-1.0, 1.0]),
        "fori": (lambda x: lax.fori_loop(0, 3, lambda i, x: inner(x) - i, x), [3.0, 0.5]),
        "jit": (lambda x: jitted(x) + jitted(x - 1), [2.0, 1.0, -1.0]),
        "jit in jit": (face.jit(lambda x: jitted(x) * 2), [2.0, -1.0]),
        "grad of jit": (face.grad(lambda x: jitted(x) * 2), [2.0, -1.0]),
        "vmap of jit": (lambda x: face.vmap(jitted)(x + np.asarray([0.0, 1.0, -3.0], np.float32)), [5.0]),
        "checkpoint": (face.grad(face.checkpoint(inner)), [2.0, -1.0]),
    }


MINE = stepped(verax, verax.lax, ours)
ITS = stepped(jax, jax.lax, theirs)


@pytest.mark.parametrize("name", MINE)
def test_what_is_staged_hands_its_checks_out_as_jaxs_does(name: str) -> None:
    function, points = MINE[name]
    for x in points:
        error, out = ours.checkify(function)(np.float32(x))
        expected, result = theirs.checkify(ITS[name][0])(np.float32(x))
        assert error.get() == expected.get()
        assert [np.asarray(y).tolist() for y in verax.tree.leaves(out)] == [
            np.asarray(y).tolist() for y in jax.tree.leaves(result)
        ]


def test_a_compiled_function_stays_compiled_under_checkify() -> None:
    runs: list[Any] = []

    @verax.jit
    def f(x: Any) -> Any:
        runs.append(x)
        ours.check(x > 0, "negative")
        return x

    checked = ours.checkify(f)
    found = [checked(x)[0].get() for x in (1.0, -1.0, 2.0)]

    assert found == [None, "negative (`check` failed)", None]
    assert len(runs) == 1


def test_the_reference_hands_them_out_too() -> None:
    for name in ("scan", "while", "cond", "jit in jit"):
        function, points = MINE[name]
        for x in points:
            with verax.using("reference"):
                error, _ = ours.checkify(function)(np.float32(x))
            assert error.get() == ours.checkify(function)(np.float32(x))[0].get()


def test_the_gradient_of_a_scan_keeps_its_checks() -> None:
    """JAX 0.10.2 loses them: of this one its error is None."""
    function, _ = MINE["scan"]
    error, _ = ours.checkify(verax.grad(lambda x: function(x)[0]))(1.0)

    assert error.get() == ours.checkify(function)(1.0)[0].get() == "carry -2.0 (`check` failed)"
