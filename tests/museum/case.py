"""`Case`: a thread in which somebody's gradient was wrong, or was called wrong, and what a right tool answers to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import verax
import verax.numpy as vnp
from verax import chex_like as chex
from verax.language.config import enable_x64

Function = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    """One exhibit.

    Attributes:
        source: the thread's address.
        right: correct code: the assertion is silent.
        wrong: the code, or the rule, that the thread is about: the assertion tells it.
        args: where.
        says: what the failure says, as a regular expression.
        assertion: a name of `verax.chex_like`.
        options: of the assertion.
        others: other arguments for the wrong code, where it takes other ones.
    """

    source: str
    right: Function
    wrong: Function
    args: tuple[Any, ...]
    says: str
    assertion: str = "assert_gradients"
    options: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[Any, ...] | None = None

    def hold(self, function: Function, args: tuple[Any, ...]) -> None:
        """Assert it; with 64-bit types on if an argument is of one."""
        with enable_x64(any(np.asarray(x).dtype.itemsize == 8 for x in args)):
            getattr(chex, self.assertion)(function, *args, **self.options)


def ruled(function: Function, slope: Function) -> Function:
    """A function of one argument with a rule of its own: its slope, elementwise, added up if its result is a number."""

    @verax.custom_jvp
    def with_rule(x: Any) -> Any:
        return function(x)

    @with_rule.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (t,) = primals, tangents
        value, moved = function(x), slope(x) * t
        return value, moved if moved.shape == value.shape else vnp.sum(moved)

    found: Function = with_rule
    return found
