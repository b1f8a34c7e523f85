"""Assertions with no tolerance to pick: the allowed error is derived, and a failure says who is to blame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .assertion import assertion
from .judging.judgement import judge


@assertion
def assert_accurate(f: Callable[..., Any], *args: Any) -> None:
    """Assert that ``f(*args)`` is as near the truth as its platform promises.

    Args:
        f: a function of arrays, written in Verax's vocabulary.
        args: the very arrays to run it on.

    >>> import verax.numpy as vnp
    >>> assert_accurate(lambda x: vnp.logaddexp(x, 0.0), vnp.linspace(-30.0, 30.0, 5))
    """
    judge(f, *args).raise_if_red()


@assertion
def assert_gradients(f: Callable[..., Any], *args: Any, order: int = 1) -> None:
    """Assert that the derivatives of ``f`` at ``args``, up to ``order``, are the true ones.

    The truth is a limit taken at high precision: there is no step size, and custom rules are not
    believed.

    Args:
        f: a function of arrays with floating results.
        args: the very arrays to differentiate at.
        order: 1 for the gradient, 2 for the second derivative along random directions as well.

    >>> import verax.numpy as vnp
    >>> assert_gradients(lambda x: vnp.sum(vnp.tanh(x)), vnp.array([0.0, 20.0]))

    Raises:
        ValueError: ``order`` is neither 1 nor 2.
    """
    if order not in (1, 2):
        raise ValueError(f"`order` must be 1 or 2, got {order!r}. Higher derivatives are not judged yet.")
    for derivative in range(1, order + 1):
        judge(f, *args, order=derivative).raise_if_red()
