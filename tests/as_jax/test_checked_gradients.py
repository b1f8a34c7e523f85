"""`jax.test_util.check_grads` believes right derivatives, and no wrong one."""

from __future__ import annotations

import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.as_jax.test_util import check_grads


@pytest.mark.parametrize("modes", [("fwd",), ("rev",), ("fwd", "rev")])
def test_right_derivatives_pass(modes: tuple[str, ...]) -> None:
    check_grads(lambda x, y: {"z": vnp.sin(x) * y[0]}, (0.5, [vnp.ones(3)]), order=2, modes=modes)


def test_integers_have_no_direction() -> None:
    check_grads(lambda x, n: (vnp.sin(x) * n, n + 1), (0.5, 3), order=1)


@pytest.mark.parametrize("mode", ["fwd", "rev"])
def test_a_wrong_rule_is_found(mode: str) -> None:
    @verax.custom_jvp
    def wrong(x):  # type: ignore[no-untyped-def]  # a user's function
        return lax.sin(x)

    wrong.defjvp(lambda primals, tangents: (lax.sin(primals[0]), tangents[0]))

    with pytest.raises(AssertionError, match="JVP tangent" if mode == "fwd" else "VJP cotangent"):
        check_grads(wrong, (1.0,), order=1, modes=(mode,))


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="`modes` of check_grads must be of 'fwd' and 'rev'"):
        check_grads(vnp.sin, (1.0,), order=1, modes=("both",))
