"""Tracers that outlive the tracing that made them are found where they are looked for, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import verax
import verax.numpy as jnp
from verax.errors import UnexpectedTracerError

KEPT: list[Any] = []


def leaky(x: Any) -> Any:
    KEPT.append(x * 2)
    return x + 1


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    KEPT.clear()


def test_a_leak_is_an_error_that_says_who_holds_it() -> None:
    with (
        verax.checking_leaks(),
        pytest.raises(UnexpectedTracerError, match=r"Leaked trace: .*'leaky'.*held by list"),
    ):
        verax.jit(leaky)(1.0)


def test_a_leak_is_looked_for_only_where_that_is_asked_for() -> None:
    assert float(verax.jit(leaky)(1.0)) == 2
    assert verax.config.check_tracer_leaks is False
    with verax.checking_leaks(), verax.checking_leaks(False):
        assert float(verax.jit(leaky)(1.0)) == 2


def test_what_has_been_traced_before_is_looked_at_again() -> None:
    step = verax.jit(leaky)
    step(1.0)
    KEPT.clear()
    with verax.checking_leaks(), pytest.raises(UnexpectedTracerError):
        step(1.0)


@pytest.mark.parametrize(
    "transform",
    [
        verax.vmap,
        lambda f: verax.grad(lambda x: jnp.sum(f(x))),
        lambda f: lambda x: verax.lax.scan(lambda c, y: (c + f(y), c), 0.0, x),
        lambda f: lambda x: verax.lax.cond(x[0] > 0, f, f, x),
    ],
)
def test_transforms_inside_leave_nothing_behind(transform: Any) -> None:
    with verax.checking_leaks():
        verax.jit(transform(lambda x: jnp.sin(x) * x))(jnp.ones(3))
