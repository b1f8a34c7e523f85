"""JAX's derivatives where there is none: any subgradient is right, and what is none is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from verax.chex_like.judging.judgement import judge
from verax.reference.findings import Blame


def at(*xs: float) -> jax.Array:
    return jnp.asarray(xs, jnp.float32)


# JAX's slope of |x| at 0 is 1, where Verax's is 0.
RIGHT: dict[str, tuple[Callable[..., Any], tuple[jax.Array, ...]]] = {
    "abs": (jnp.abs, (at(0, -0.0, 1),)),
    "the sum of absolute values": (lambda x: jnp.sum(jnp.abs(x)), (at(0, 1, 0),)),
    "their difference": (lambda x: jnp.abs(x[0]) - jnp.abs(x[1]), (at(0, 0),)),
    "hypot": (jnp.hypot, (at(0, 1), at(0, 0))),
    "a pinball": (lambda x: jnp.maximum(0.9 * x, -0.1 * x), (at(0, 1),)),
}


@pytest.mark.parametrize(("f", "args"), RIGHT.values(), ids=RIGHT)
def test_any_subgradient_of_jaxs_own_is_right(f: Callable[..., Any], args: tuple[jax.Array, ...]) -> None:
    verdict = judge(f, *args, order=1)
    assert verdict.holds, str(verdict)


def _with_slope(f: Callable[..., Any], slope: Callable[..., Any]) -> Callable[..., Any]:
    ruled = jax.custom_jvp(f)
    ruled.defjvp(lambda p, t: (f(*p), slope(*p) * t[0]))
    return ruled


# smooth at 0, though made of functions that are not: their conventions do not add up
WRONG: dict[str, Callable[..., Any]] = {
    "softplus by hand": lambda x: jnp.maximum(x, 0) + jnp.log1p(jnp.exp(-jnp.abs(x))),
    "a bessel function": jax.scipy.special.i0,
    "a slope beyond both sides": _with_slope(jnp.abs, lambda x: jnp.full_like(x, 1.5)),
    "a slope at a jump": _with_slope(lambda x: jnp.where(x > 0, 1.0, 0.0), lambda x: jnp.full_like(x, 3)),
    "a norm": lambda x: jnp.sqrt(x * x),
}


@pytest.mark.parametrize("f", WRONG.values(), ids=WRONG)
def test_what_is_no_subgradient_is_told(f: Callable[..., Any]) -> None:
    verdict = judge(f, at(0, 0), order=1)
    assert verdict.blame is Blame.RULE, str(verdict)
    mend = verdict.findings[0].mend
    assert mend.startswith("Mend the custom rule") is isinstance(f, jax.custom_jvp), mend
    assert "hides" not in mend, mend


def test_what_where_hides_is_named_where_there_is_one() -> None:
    verdict = judge(lambda x: jnp.where(x > 0, jnp.sqrt(x), 0), at(-1, 4), order=1)
    assert "hides" in verdict.findings[0].mend
