"""Every nesting of forward and reverse differentiation is held against the one derivative."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import chex_like as chex
from verax import lax, nn
from verax.chex_like import accuracy
from verax.chex_like.judging.case import case_of
from verax.chex_like.judging.judgement import judge_case, platform_of
from verax.chex_like.judging.nestings import NESTINGS, nestings_of, usual
from verax.chex_like.judging.options import Options
from verax.ci.replaying import replay_capsule
from verax.fast import operations as ops
from verax.fast.rules.jvp import JVP

F32 = np.float32


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Capsules are written in the working directory."""
    monkeypatch.chdir(tmp_path)


def order_of(nesting: str) -> int:
    """1 or 2."""
    return 1 + nesting.count("over")


@pytest.mark.parametrize("nesting", NESTINGS)
def test_all_nestings_give_the_true_derivative(nesting: str) -> None:
    def function(x: Any, w: Any) -> Any:
        return nn.logsumexp(vnp.tanh(w @ x)), vnp.cumsum(x)[1:] * w[0, 0]

    args = np.array([0.5, -2, 20], F32), np.arange(6, dtype=F32).reshape(2, 3) / 4
    case = case_of(function, args, order_of(nesting), 0, None, nesting)
    verdict = judge_case(case, Options(platform_of(None), formula=False))

    assert verdict.holds, str(verdict)
    assert [r.shape for r in case.results] == [(3,), (2, 3)]


@pytest.mark.parametrize("nesting", NESTINGS)
def test_a_rule_that_is_wrong_is_told_in_every_nesting(nesting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right: Any = JVP["sin"]

    def halved(*args: Any) -> Any:
        outs, tangents = right(*args)
        return outs, [None if t is None else ops.scale(t, 0.5) for t in tangents]

    monkeypatch.setattr(
        accuracy, "nestings_of", lambda order: [nesting] if order == order_of(nesting) else []
    )
    chex.assert_gradients(vnp.sin, F32(0.75), order=2)
    monkeypatch.setitem(JVP, "sin", halved)
    with pytest.raises(AssertionError, match=f"by {nesting} differentiation") as caught:
        chex.assert_gradients(vnp.sin, F32(0.75), order=2)
    capsule = str(caught.value).split("verax replay ")[1].split("\n")[0]
    assert replay_capsule(capsule).exit_code == 1  # the derivative's own program is stored


def test_a_rule_whose_derivative_is_stopped_is_wrong_at_order_2_alone() -> None:
    @verax.custom_jvp
    def exponential(x: Any) -> Any:
        return vnp.exp(x)

    @exponential.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        return vnp.exp(primals[0]), lax.stop_gradient(vnp.exp(primals[0])) * tangents[0]

    chex.assert_gradients(exponential, F32(1))
    with pytest.raises(AssertionError, match="the second derivative of f, by forward over reverse"):
        chex.assert_gradients(exponential, F32(1), order=2)


def test_a_rule_for_reverse_alone_is_not_taken_forward() -> None:
    @verax.custom_vjp
    def squared(x: Any) -> Any:
        return x * x

    squared.defvjp(lambda x: (x * x, x), lambda x, c: (2 * x * c,))
    chex.assert_gradients(squared, F32(3), order=2)


def test_a_loop_of_unknown_length_is_taken_forward_alone() -> None:
    def fourth(x: Any) -> Any:
        return lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, c[1] * x), (0, x))[1]

    chex.assert_gradients(fourth, F32(1.5), order=2)


def test_the_nestings_of_an_order() -> None:
    assert nestings_of(1) == ["reverse", "forward"]
    assert nestings_of(2)[0] == usual(2) == "forward over reverse"
    assert len(nestings_of(2)) == 4
    assert usual(3) == "forward over forward over reverse"
