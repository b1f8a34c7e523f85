"""`debug_nans` and `debug_infs`: the first NaN or infinity is an error at the primitive that gives it, as in JAX."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax.fake_devices import fake_devices

# A name -> a function of a package (JAX or Verax), and of a number at which log has no finite value.
CASES: dict[str, Callable[[Any, float], Any]] = {
    "eager": lambda j, bad: j.numpy.log(bad),
    "jit": lambda j, bad: j.jit(lambda x: j.numpy.log(x) * 2)(bad),
    "jit hides it": lambda j, bad: j.jit(lambda x: j.numpy.where(x > 0.5, j.numpy.log(x), 0.0))(bad),
    "grad": lambda j, bad: j.grad(j.numpy.log)(bad),
    "grad of jit hides it": lambda j, bad: j.grad(j.jit(lambda x: j.numpy.where(x > 0.5, j.numpy.log(x), x)))(
        bad
    ),
    "vmap": lambda j, bad: j.vmap(j.numpy.log)(j.numpy.array([1.0, bad])),
    "checkpoint": lambda j, bad: j.grad(j.checkpoint(j.numpy.log))(bad),
    "half": lambda j, bad: j.numpy.log(j.numpy.asarray(bad, "bfloat16")),
    "finite": lambda j, bad: j.nn.logsumexp(j.numpy.arange(3.0)),
    "integers": lambda j, bad: j.numpy.arange(3) // 2,
    "relu": lambda j, bad: j.grad(j.nn.relu)(bad),
}
BAD = {"debug_nans": -1.0, "debug_infs": 0.0}


def verdict(package: Any, setting: str, case: Callable[[Any, float], Any]) -> str:
    with getattr(package, setting)(True):
        try:
            case(package, BAD[setting])
        except FloatingPointError as err:
            return str(err)
    return "finite"


@pytest.mark.parametrize("setting", BAD)
@pytest.mark.parametrize("name", CASES)
def test_the_verdict_is_that_of_jax(setting: str, name: str) -> None:
    theirs, ours = (verdict(package, setting, CASES[name]) for package in (jax, verax))

    told = re.match(r"invalid value \((nan|inf)\) encountered in (log|div)", theirs)
    assert ours.startswith(told[0] if told else "finite")


LOOPS: dict[str, Callable[[], Any]] = {
    "scan": lambda: verax.lax.scan(lambda c, x: (verax.lax.log(c - x), c), 2.0, np.ones(4, np.float32)),
    "while": lambda: verax.lax.while_loop(lambda c: c < 9, lambda c: verax.lax.log(c - 1), 2.5),
    "cond": lambda: verax.lax.cond(True, lambda x: verax.lax.log(x - 1), lambda x: x, 0.5),
    "jit of scan": verax.jit(
        lambda: verax.lax.scan(lambda c, x: (verax.lax.log(c - x), c), 2.0, np.ones(4, np.float32))
    ),
    "jvp of scan": lambda: verax.jvp(
        lambda x: verax.lax.scan(lambda c, _: (verax.lax.log(c - x), c), 2.0, None, 4)[0], (1.0,), (1.0,)
    ),
}


@pytest.mark.parametrize("implementation", ["fast", "reference"])
@pytest.mark.parametrize("name", LOOPS)
def test_inside_of_loops_and_branches_the_primitive_is_named(name: str, implementation: str) -> None:
    told = r"^invalid value \(nan\) encountered in log"
    with verax.using(implementation), verax.debug_nans(), pytest.raises(FloatingPointError, match=told):
        LOOPS[name]()


def test_a_message_says_where_and_whether_it_was_there_before() -> None:
    x = np.array([1.0, np.nan], np.float32)
    with verax.debug_nans(), pytest.raises(FloatingPointError) as told:
        verax.lax.add(x, x)
    assert str(told.value) == (
        "invalid value (nan) encountered in add at [1]. Operand 0 holds one already. Mend what leads to it, or leave "
        "debug_nans."
    )


def test_of_what_was_traced_the_line_is_told() -> None:
    step = verax.jit(verax.lax.log)
    with verax.debug_nans(), pytest.raises(FloatingPointError) as told:
        verax.vmap(step)(np.array([-1.0], np.float32))
    assert any("test_nonfinite.py" in note for note in told.value.__notes__)


def test_what_jit_alone_returns_is_told_apart() -> None:
    with (
        verax.debug_nans(),
        pytest.raises(FloatingPointError, match=r"in the jitted '<lambda>'.*without jit"),
    ):
        verax.jit(lambda: np.nan)()


def test_a_block_ends_and_settings_are_by_name() -> None:
    with verax.debug_nans(), verax.debug_nans(False):
        assert np.isnan(verax.lax.log(-1.0))
    assert np.isnan(verax.lax.log(-1.0))
    verax.config.update("jax_debug_infs", True)
    try:
        with pytest.raises(FloatingPointError, match=r"\(inf\)"):
            verax.lax.log(0.0)
        assert np.isnan(verax.lax.log(-1.0))
    finally:
        verax.config.update("jax_debug_infs", False)


def test_in_lanes_the_primitive_is_named() -> None:
    with fake_devices(2), verax.debug_nans(), pytest.raises(FloatingPointError, match="in log"):
        verax.pmap(verax.lax.log)(np.array([1.0, -1.0], np.float32))


def test_what_a_call_is_given_away_is_there_for_the_second_look() -> None:
    log = verax.jit(verax.lax.log, donate_argnums=0)
    with verax.debug_infs(), pytest.raises(FloatingPointError, match="in log"):
        log(verax.numpy.asarray(0.0))


def test_compiled_calls_are_looked_at_too() -> None:
    log = verax.jit(verax.lax.log)
    x = verax.numpy.asarray(-1.0)
    assert np.isnan(log(x))
    assert np.isnan(log(x))  # by the short cut of a call that was compiled
    with verax.debug_nans(), pytest.raises(FloatingPointError, match="in log"):
        log(x)
