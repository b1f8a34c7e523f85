"""`assert_jit_is_eager`: compilation changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...language.transforms import jit
from ...reference.findings import Finding
from ..assertion import assertion
from .claim import Claim, Given, hold
from .differing import difference


def _check(given: Given) -> Finding | None:
    eager = given.function(*given.inputs)
    labels = [given.label(o) for o in range(len(eager))]
    compiled = jit(given.function)
    for what in ("under jit", "when the compiled program is run again"):
        try:
            got = compiled(*given.inputs)
        except Exception as err:  # noqa: BLE001  # that it raises is what is wrong
            return given.finding(
                JIT_IS_EAGER, f"The function raises {what}, and not without: {type(err).__name__}: {err}"
            )
        found = difference(eager, got)
        if found is not None:
            return given.finding(
                JIT_IS_EAGER,
                f"{found.message}, {what}",
                mend="Pass what changes as an argument; do not branch on Python state that tracing sees only once.",
                **found.known(labels[found.leaf] if labels else "out"),
            )
    return None


JIT_IS_EAGER = Claim("jit is eager", "VX301", "jit(f) returns what f returns, to the bit", _check)


@assertion
def assert_jit_is_eager(f: Callable[..., Any], *args: Any) -> None:
    """Assert that ``jit(f)`` returns what ``f`` returns: structure, shapes, dtypes, weak types and every bit.

    The compiled program is run twice. NaN equals NaN.

    Args:
        f: a function of arrays in trees.
        args: the very arrays to run it on.

    Raises:
        TypeError: an argument is no array.

    >>> import verax.numpy as vnp
    >>> assert_jit_is_eager(lambda x: vnp.sum(vnp.sin(x) / 3), vnp.linspace(0.0, 1.0, 5))
    """
    hold(JIT_IS_EAGER, f, args)
