"""JAX's functions: each law finds the fault that is planted for it in one of JAX's own, and is silent without it."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from annotated_types import Interval
from jaxtyping import Float32, Float64

from verax.adapters import JAX
from verax.adapters.jax_profile import MEASURED_WITH
from verax.chex_like.judging.judgement import capsule_of, judge, replay
from verax.language.catalogue import add_p, div_p, exp_p
from verax.property_tests.checking import check_subject
from verax.property_tests.outcomes import SubjectReport
from verax.property_tests.subjects import subject_of
from verax.reference.findings import Blame, Status

UNTYPED: Any = jax  # its annotations lack some types
Vector = Annotated[Float32[jax.Array, "3"], Interval(ge=-10, le=10)]


def report(function: Callable[..., Any], *laws: str, examples: int = 5) -> SubjectReport:
    return check_subject(subject_of(function), laws or None, examples=examples, seed=3)


def codes(function: Callable[..., Any], *laws: str) -> set[str]:
    return {f.code for f in report(function, *laws).findings if f.fails}


# -- sound functions ---------------------------------------------------------------------------------------
def sound(x: Annotated[Float32[jax.Array, ""], Interval(ge=-10, le=10)]) -> Float32[jax.Array, ""]:
    return jax.nn.sigmoid(x) * x / 7


def test_a_sound_function_obeys_every_law_and_jax_is_what_ran_it() -> None:
    found = report(sound, examples=3)
    assert found.findings == ()
    assert {law.law for law in found.laws} == {
        "returns", "contract", "purity", "determinism", "jit", "vmap", "value", "gradient", "second derivative"
    }  # fmt: skip
    assert found.platform == "jax-cpu"
    assert found.value is not None
    assert 0 < found.value.error <= found.value.bound


def wide(x: Annotated[Float64[jax.Array, "3"], Interval(ge=-10, le=10)]) -> Float64[jax.Array, "3"]:
    assert x.dtype == np.float64
    return jnp.tanh(x) / 3


def test_sixty_four_bits_are_on_for_who_asks_for_them() -> None:
    assert report(wide, "returns", "contract", "value", "jit").status is Status.HOLD
    assert not UNTYPED.config.jax_enable_x64


# -- planted faults ------------------------------------------------------------------------------------------
@jax.custom_jvp
def steep(x: Vector) -> Float32[jax.Array, "3"]:
    return jnp.sin(x)


steep.defjvp(lambda p, t: (steep(p[0]), jnp.cos(p[0]) * t[0] * 1.0001))


@jax.custom_vjp
def residual(x: Vector) -> Float32[jax.Array, "3"]:
    return jnp.sin(x)


residual.defvjp(lambda x: (jnp.sin(x), x), lambda x, c: (c * jnp.cos(x + 1e-3),))


@jax.custom_batching.custom_vmap
def batched(x: Vector) -> Float32[jax.Array, "3"]:
    return jnp.tanh(x)


@batched.def_vmap
def _batched(size: int, mapped: Any, x: Any) -> Any:
    return jnp.tanh(x) * 1.00001, True


def compiled(x: Vector) -> Float32[jax.Array, "3"]:
    return x * (1.0001 if isinstance(x, UNTYPED.core.Tracer) else 1.0)


def branching(x: Vector) -> Float32[jax.Array, "3"]:
    return x if x.sum() > 0 else -x


def coarse(x: Vector) -> Float32[jax.Array, "3"]:
    return UNTYPED.pure_callback(lambda y: np.exp(y) * np.float32(1.001), x, x, vmap_method="sequential")


kept: list[Any] = []


def leaking(x: Vector) -> Float32[jax.Array, "3"]:
    kept.append(x)
    return 2 * x


calls = iter(range(10**6))


def forgetful(x: Vector) -> Float32[jax.Array, "3"]:
    return x + next(calls)


def promising(x: Vector) -> Float32[jax.Array, "3"]:
    return jnp.concatenate([x, x])


def cancelling(x: Annotated[Float32[jax.Array, ""], Interval(ge=1e-6, le=1e-4)]) -> Float32[jax.Array, ""]:
    return 1 - jnp.cos(x)


@pytest.mark.parametrize(
    ("function", "law", "code"),
    [
        (steep, "gradient", "VX201"),
        (steep, "second derivative", "VX203"),
        (residual, "gradient", "VX201"),
        (batched, "vmap", "VX302"),
        (compiled, "jit", "VX301"),
        (compiled, "value", "VX101"),
        (branching, "jit", "VX301"),
        (leaking, "purity", "VX601"),
        (forgetful, "determinism", "VX602"),
        (promising, "contract", "VX401"),
        (cancelling, "value", "VX701"),
    ],
)
def test_a_planted_fault_is_told_by_its_law(function: Callable[..., Any], law: str, code: str) -> None:
    assert code in codes(function, law)


def test_what_jit_rounds_otherwise_within_the_bound_is_no_finding() -> None:
    def fused(x: Vector) -> Float32[jax.Array, "3"]:
        return x * x + x / 3

    x = np.linspace(-10, 10, 1000, dtype=np.float32)  # many, so that some round otherwise
    assert (
        np.asarray(fused(jnp.asarray(x))) != np.asarray(jax.jit(fused)(x))
    ).any()  # or nothing is tried here
    assert codes(fused, "jit", "vmap") == set()


# -- without a program ---------------------------------------------------------------------------------------
def test_a_primitive_without_words_is_named_and_other_laws_still_run() -> None:
    found = report(coarse)
    [told] = found.findings
    assert told.code == "VX908"
    assert "primitive `pure_callback` cannot be converted" in told.message
    assert f"{Path(__file__).name}:" in told.message
    assert {law.law for law in found.laws} >= {"returns", "contract", "purity", "determinism", "jit", "vmap"}
    assert set(found.skipped) == {"value", "second derivative"}


@jax.custom_vjp
def trap(x: Vector) -> Float32[jax.Array, "3"]:
    return UNTYPED.pure_callback(np.sin, x, x, vmap_method="sequential")


trap.defvjp(lambda x: (trap(x), x), lambda x, c: (c * jnp.log(-1 - jnp.abs(x)),))


def test_a_gradient_that_is_nan_is_told_without_a_program() -> None:
    assert codes(trap, "gradient") == {"VX204", "VX908"}


# -- the verdict by itself -----------------------------------------------------------------------------------
def test_judge_takes_arrays_of_jax_and_a_capsule_of_them_replays_what_jax_said() -> None:
    x = jnp.linspace(0.5, 2.0, 5)
    assert judge(jax.nn.gelu, x, order=1).platform == "jax-cpu"
    red = judge(compiled, x, name="compiled")
    assert red.blame is Blame.IMPLEMENTATION
    again = replay(capsule_of(compiled, [x], red.findings[0]))
    assert [(f.code, f.error) for f in again.findings] == [(f.code, f.error) for f in red.findings]


def test_complex_numbers_are_judged_by_their_parts() -> None:
    z = jnp.array([1.0 + 2.0j, -0.5 + 0.25j])
    for order in (0, 1):
        assert judge(lambda v: v * jnp.exp(v), z, order=order).holds


# -- the profile ----------------------------------------------------------------------------------------------
def test_the_profile_says_of_which_jax_it_is_and_keeps_what_is_correctly_rounded() -> None:
    assert set(MEASURED_WITH) == {"jax", "jaxlib", "machine"}
    f32 = np.dtype(np.float32)
    assert JAX.flushes_subnormals
    assert JAX.most(add_p, f32) == 0.5
    assert JAX.most(div_p, f32) > 1.0  # by a constant: a product with its inverse
    assert JAX.most(exp_p, f32) > 5.5  # at 88.72167
