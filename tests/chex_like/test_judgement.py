"""`judge` blames who is at fault, and nobody else. Every fault has a twin without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import Array, lax, nn
from verax.chex_like.judging.judgement import capsule_of, judge, replay
from verax.language import dispatch
from verax.language.platform import Platform
from verax.language.serialization import FormatError
from verax.property_tests.calibration.planted import tf32
from verax.reference.capsules import load, write
from verax.reference.findings import Blame, Status
from verax.reference.verdict import QUIET_ELEMENTS, Condemned, Verdict

F32 = np.float32


def drawn(low: float, high: float, *shape: int, seed: int = 3) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).uniform(low, high, shape).astype(F32)


def codes(verdict: Verdict) -> list[str]:
    return [f.code for f in verdict.findings if f.fails]


# -- formulas: naive ones are blamed, stable ones are not --------------------------------------------------
def _labels(n: int) -> Any:
    return vnp.asarray((np.arange(n) % 2).astype(F32))


Case = tuple[str, Callable[..., Any], tuple[np.ndarray[Any, Any], ...], str]
NAIVE: list[Case] = [
    ("softplus", lambda x: vnp.log(1 + vnp.exp(x)), (drawn(-100, 100, 16),), "nn.softplus"),
    ("logsumexp", lambda x: vnp.log(vnp.sum(vnp.exp(x))), (drawn(-200, 200, 8),), "nn.logsumexp"),
    ("variance", lambda x: vnp.mean(x * x) - vnp.mean(x) ** 2, (drawn(10_000, 10_010, 9),), "two passes"),
    ("versine", lambda x: 1 - vnp.cos(x), (drawn(-1e-3, 1e-3, 8),), "2 sin"),
    ("log sigmoid", lambda x: vnp.log(nn.sigmoid(x)), (drawn(-120, -100, 6),), "-softplus"),
    ("kepler", lambda x: x - vnp.sin(x), (drawn(-0.01, 0.01, 8),), "series"),
    (
        "sigmoid cross entropy",
        lambda x: -(_labels(8) * vnp.log(nn.sigmoid(x)) + (1 - _labels(8)) * vnp.log(1 - nn.sigmoid(x))),
        (drawn(40, 100, 8),),
        "softplus",
    ),
    ("softmax", lambda x: vnp.exp(x) / vnp.sum(vnp.exp(x)), (drawn(80, 200, 6),), "nn.softmax"),
    ("roots", lambda x: vnp.sqrt(x + 1) - vnp.sqrt(x), (drawn(1e6, 1e8, 8),), r"c / \(sqrt"),
    ("log1p", lambda x: vnp.log(1 + x), (drawn(1e-6, 1e-5, 8),), "log1p"),
    ("expm1", lambda x: vnp.exp(x) - 1, (drawn(1e-6, 1e-5, 8),), "expm1"),
    (
        "quadratic root",
        lambda b, c: (-b + vnp.sqrt(b * b - 4 * c)) / 2,
        (drawn(100, 1000, 8), drawn(0.5, 1, 8)),
        "multiply out",
    ),
    ("hypot", lambda x, y: vnp.sqrt(x * x + y * y), (drawn(1e19, 1e25, 6), drawn(1e19, 1e25, 6)), "scale by"),
]


@pytest.mark.parametrize(("name", "f", "args", "advice"), NAIVE, ids=[n[0] for n in NAIVE])
def test_a_naive_formula_is_blamed_with_its_line_and_the_stable_form(
    name: str, f: Callable[..., Any], args: tuple[Any, ...], advice: str
) -> None:
    # Readings of one instrument, which the variance is of, are nearer to each other than a decade.
    scale = [25.0] if name == "variance" else None
    verdict = judge(f, *args, name=name, scale=scale)
    assert codes(verdict) == ["VX701"], str(verdict)
    assert verdict.blame is Blame.FORMULA
    (finding,) = [f for f in verdict.findings if f.fails]
    assert re.search(advice, finding.mend), finding.mend
    assert Path(__file__).name in finding.location
    assert finding.equation
    with pytest.raises(Condemned, match="VX701"):
        verdict.raise_if_red()


def _cross_entropy(x: Any) -> Any:
    shifted = x - lax.stop_gradient(vnp.max(x, axis=-1, keepdims=True))
    return vnp.log(vnp.sum(vnp.exp(shifted), axis=-1)) - shifted[:, 0]


def _layer_norm(x: Any) -> Any:
    off = x - vnp.mean(x, axis=-1, keepdims=True)
    return off * lax.rsqrt(vnp.mean(off * off, axis=-1, keepdims=True) + 1e-5)


def _attention(q: Any, k: Any, v: Any) -> Any:
    return nn.softmax(q @ k.T / 2.0, axis=-1) @ v


def _huber(x: Any) -> Any:
    size = vnp.abs(x)
    near = vnp.minimum(size, 1.0)
    return 0.5 * near * near + (size - near)


STABLE: list[tuple[str, Callable[..., Any], tuple[np.ndarray[Any, Any], ...]]] = [
    ("softplus", lambda x: vnp.maximum(x, 0) + vnp.log1p(vnp.exp(-vnp.abs(x))), (drawn(-100, 100, 16),)),
    ("logsumexp", lambda x: nn.logsumexp(x, axis=-1), (drawn(-200, 200, 3, 8),)),
    ("running logsumexp", lambda x: lax.cumlogsumexp(x, 1, reverse=True), (drawn(-200, 200, 2, 7),)),
    ("max pool", lambda x: lax.reduce_window(x, -np.inf, lax.max, (2, 2), (2, 2)), (drawn(-9, 9, 4, 4),)),
    (
        "convolution",
        lambda x, k: lax.conv(x, k, (2, 1), "SAME"),
        (drawn(-1, 1, 1, 2, 4, 3), drawn(-1, 1, 2, 2, 3, 2)),
    ),
    ("variance", lambda x: vnp.mean((x - vnp.mean(x)) ** 2), (drawn(10_000, 10_010, 9),)),
    ("versine", lambda x: 2 * vnp.sin(0.5 * x) ** 2, (drawn(-1e-3, 1e-3, 8),)),
    ("log sigmoid", lambda x: -vnp.logaddexp(-x, 0), (drawn(-120, 10, 6),)),
    (
        "roots",
        lambda x: 1 / (vnp.sqrt(x + 1) + vnp.sqrt(x)),
        (drawn(1e6, 1e8, 8),),
    ),
    (
        "quadratic root",
        lambda b, c: -2 * c / (b + vnp.sqrt(b * b - 4 * c)),
        (drawn(100, 1000, 8), drawn(0.5, 1, 8)),
    ),
    ("cross entropy", _cross_entropy, (drawn(-100, 100, 3, 4),)),
    ("layer norm", _layer_norm, (drawn(-10, 10, 2, 8),)),
    (
        "rms norm",
        lambda x: x * lax.rsqrt(vnp.mean(x * x, axis=-1, keepdims=True) + 1e-6),
        (drawn(-3, 3, 2, 8),),
    ),
    ("attention", _attention, (drawn(-3, 3, 3, 4), drawn(-3, 3, 3, 4, seed=4), drawn(-3, 3, 3, 4, seed=5))),
    (
        "cosine",
        lambda x, y: vnp.sum(x * y) / vnp.sqrt(vnp.sum(x * x) * vnp.sum(y * y)),
        (drawn(-3, 3, 6), drawn(-3, 3, 6, seed=4)),
    ),
    ("kl", lambda p, q: vnp.sum(p * (vnp.log(p) - vnp.log(q))), (drawn(0.1, 1, 6), drawn(0.1, 1, 6, seed=4))),
    ("log cosh", lambda x: vnp.logaddexp(x, -x) - 0.6931472, (drawn(-90, 90, 12),)),
    ("huber", _huber, (drawn(-3, 3, 12),)),
]


@pytest.mark.parametrize(("name", "f", "args"), STABLE, ids=[n[0] for n in STABLE])
def test_a_stable_formula_holds_with_its_gradient_and_second_derivative(
    name: str, f: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    for order in (0, 1, 2):
        verdict = judge(f, *args, order=order, name=name)
        assert verdict.holds, str(verdict)
        assert verdict.elements
        assert verdict.bound is not None
        assert verdict.error <= verdict.bound


def test_the_scale_decides_between_a_fault_and_a_note() -> None:
    x = drawn(-0.01, 0.01, 8)
    small = judge(lambda x: 1 - vnp.cos(x), x)
    assert small.status is Status.FINDING
    assert small.scale is not None
    large = judge(lambda x: 1 - vnp.cos(x), x, scale=[2.0])
    assert large.status is Status.NOTE
    assert [f.code for f in large.findings] == ["VX703"]
    assert judge(lambda x: 1 - vnp.cos(x), x, formula=False).status is Status.HOLD
    assert judge(lambda x: 1 - vnp.cos(x), x, scale=lambda: [2.0], relative=True).status is Status.FINDING


def test_an_ill_conditioned_problem_is_a_note() -> None:
    x = drawn(1e6, 2e6, 5)
    verdict = judge(lambda x, y: vnp.sum(x) - vnp.sum(y), x, np.nextafter(x, F32(9)), scale=[1.0])
    assert verdict.holds
    assert [f.code for f in verdict.findings] == ["VX702"]
    assert verdict.blame is Blame.PROBLEM


def test_subtracting_neighbours_is_exact_and_no_fault() -> None:
    x = drawn(1.0, 2.0, 8)
    assert judge(lambda x, y: x - y, x, np.nextafter(x, F32(9))).status is Status.HOLD


# -- rules ---------------------------------------------------------------------------------------------------
def _ruled(factor: float) -> Callable[..., Any]:
    @verax.custom_jvp
    def cosine(x: Array) -> Array:
        return vnp.cos(x)

    @cosine.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        return vnp.cos(primals[0]), factor * vnp.sin(primals[0]) * tangents[0]

    function: Callable[..., Any] = cosine
    return function


@pytest.mark.parametrize("factor", [1.0, -2.0, -1.0001, 0.0])
def test_a_wrong_rule_is_blamed(factor: float) -> None:
    verdict = judge(_ruled(factor), drawn(-3, 3, 5), order=1)
    assert codes(verdict)[:1] == ["VX201"], str(verdict)
    assert verdict.blame is Blame.RULE
    assert verdict.findings[0].output.startswith("the gradient by argument 0[")


def test_the_right_rule_is_not() -> None:
    for order in (1, 2):
        assert judge(_ruled(-1.0), drawn(-3, 3, 5), order=order).status is Status.HOLD


def test_a_rule_that_is_declared_to_differ_is_believed() -> None:
    assert judge(_ruled(2.0), drawn(-3, 3, 5), order=1, gradient="declared").holds


def test_one_wrong_entry_among_many_is_found() -> None:
    @verax.custom_jvp
    def identity(x: Array) -> Array:
        return x * 1.5

    @identity.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        weights = np.full(200, 1.5, F32)
        weights[137] = 1.5 + 2.0**-20
        return primals[0] * 1.5, tangents[0] * vnp.asarray(weights)

    assert judge(lambda x: vnp.sum(identity(x)), drawn(-1, 1, 200), order=1).blame is Blame.RULE


def test_a_hidden_infinity_is_told_as_a_gradient_that_is_no_number() -> None:
    x = np.array([-1.0, 0.0, 4.0], F32)
    hidden = judge(lambda x: vnp.sum(vnp.where(x > 0, vnp.sqrt(vnp.abs(x) * 0 + x), 0.0)), x, order=1)
    assert codes(hidden)[:1] == ["VX204"]
    shown = judge(lambda x: vnp.sum(vnp.where(x > 0, vnp.sqrt(vnp.where(x > 0, x, 1.0)), 0.0)), x, order=1)
    assert shown.holds, str(shown)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: vnp.sum(vnp.abs(x)),
        lambda x: vnp.sum(vnp.maximum(x, 0.0)),
        vnp.max,
        lambda x: vnp.sum(nn.relu(x)),
        lambda x: vnp.sum(vnp.clip(x, 0.0, 1.0)),
    ],
)
def test_at_kinks_the_published_table_holds(f: Callable[..., Any]) -> None:
    verdict = judge(f, np.array([0.0, 1.0, 1.0, -2.0], F32), order=1)
    assert verdict.holds, str(verdict)


def test_tails_keep_their_limits() -> None:
    for f in (lambda x: vnp.sum(vnp.tanh(x)), lambda x: vnp.sum(nn.sigmoid(x))):
        assert judge(f, np.array([20.0, -20.0, 0.5], F32), order=1).holds


# -- implementation ----------------------------------------------------------------------------------------------
@pytest.fixture
def sloppy_exp(monkeypatch: pytest.MonkeyPatch) -> None:
    """An implementation whose exp is some ulps off."""
    fast = dispatch.implementation_of("fast")
    bind = fast.bind

    def wrong(primitive: Any, operands: Any, params: Any) -> Any:
        results = bind(primitive, operands, params)
        if primitive.name != "exp":
            return results
        off = results[0].machine_value() * F32(1 + 2.0**-20)
        return [fast.lift(np.asarray(off, F32), results[0].aval)]

    monkeypatch.setattr(fast, "bind", wrong, raising=False)


@pytest.mark.usefixtures("sloppy_exp")
def test_a_primitive_that_is_off_is_blamed_and_named() -> None:
    verdict = judge(lambda x: vnp.log1p(vnp.exp(x)) * 3, drawn(-3, 3, 5))
    assert codes(verdict) == ["VX101"], str(verdict)
    assert verdict.blame is Blame.IMPLEMENTATION
    assert " = exp " in verdict.findings[0].equation
    assert Path(__file__).name in verdict.findings[0].location


def test_the_same_primitive_as_it_is_holds() -> None:
    assert judge(lambda x: vnp.log1p(vnp.exp(x)) * 3, drawn(-3, 3, 5)).status is Status.HOLD


def test_errors_of_every_element_are_told_in_ulps() -> None:
    verdict = judge(vnp.exp, drawn(-3, 3, 7))
    assert len(verdict.elements) == 7
    assert all(0 <= m.error <= 0.52 for m in verdict.elements)
    assert verdict.count in (0, 1)
    assert verdict.platform == "numpy"


def test_a_platform_that_promises_more_than_it_keeps_is_found_out() -> None:
    from verax.language.platform import Promise
    from verax.language.primitive import ULPs

    strict = Platform("strict", {"exp": Promise(ULPs(0.5, 0.5), "wishful thinking")})
    x = np.random.default_rng(2).uniform(-10, 10, 400)
    with verax.enable_x64():
        assert codes(judge(vnp.exp, x, platform=strict)) == ["VX101"]
        assert judge(vnp.exp, x, platform="catalogue").holds


@pytest.mark.parametrize("order", [0, 1])
def test_special_values_are_met(order: int) -> None:
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, 3e38], F32)
    for f in (vnp.tanh, vnp.abs, lambda x: vnp.maximum(x, 1.0), nn.relu, lambda x: x * 2):
        verdict = judge(f, x, order=order, formula=False)
        assert verdict.holds, str(verdict)


def test_values_beyond_every_format_are_judged_by_what_the_format_makes_of_them() -> None:
    x = np.array([88.72285, 0.5], F32)
    verdict = judge(lambda x: vnp.minimum(vnp.round(vnp.exp(vnp.exp(x))), 1e30), x, formula=False)
    assert verdict.holds, str(verdict)


def test_integers_and_booleans_are_judged_exactly() -> None:
    x = drawn(-3, 3, 9)
    assert judge(lambda x: (vnp.argmax(x), x > 0, vnp.sum(x > 0)), x).status is Status.HOLD


def test_an_undecided_comparison_is_no_fault() -> None:
    verdict = judge(lambda x: vnp.where(vnp.sin(x) ** 2 + vnp.cos(x) ** 2 >= 1, 1.0, 0.0), drawn(-3, 3, 40))
    assert verdict.holds
    assert verdict.status is Status.AMBIGUOUS


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_narrow_formats_hold(dtype: str) -> None:
    x = vnp.asarray(drawn(-3, 3, 9)).astype(dtype)
    for order in (0, 1):
        verdict = judge(lambda x: vnp.sum(vnp.tanh(x) * x), x, order=order)
        assert verdict.holds, str(verdict)


def test_double_precision_holds() -> None:
    with verax.enable_x64():
        x = np.random.default_rng(1).uniform(-3, 3, 9)
        for order in (0, 1, 2):
            verdict = judge(lambda x: vnp.sum(nn.softplus(x) * vnp.sin(x)), x, order=order)
            assert verdict.holds, str(verdict)


def _off_by(monkeypatch: pytest.MonkeyPatch, name: str, ulps: float) -> None:
    """Plant: one primitive's results are off by some ulps, all in one direction."""
    fast = dispatch.implementation_of("fast")
    bind = fast.bind

    def wrong(primitive: Any, operands: Any, params: Any) -> Any:
        results = bind(primitive, operands, params)
        if primitive.name != name:
            return results
        value = results[0].machine_value()
        return [fast.lift(np.asarray(value + ulps * np.spacing(value), F32), results[0].aval)]

    monkeypatch.setattr(fast, "bind", wrong, raising=False)


def test_a_product_that_is_quietly_worse_is_found_over_many_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = drawn(0.5, 2, 24, 24), drawn(0.5, 2, 24, 24, seed=4)
    assert judge(vnp.matmul, x, y, drawn=True).status is Status.HOLD
    _off_by(monkeypatch, "dot_general", 8.0)
    verdict = judge(vnp.matmul, x, y, drawn=True)
    assert codes(verdict) == ["VX103"], str(verdict)
    assert judge(vnp.matmul, x, y).status is Status.HOLD  # each element by itself is within its bound
    assert codes(judge(lambda x: vnp.sum(vnp.matmul(x, y)), x, order=1, drawn=True)) == ["VX205"]


def test_a_product_in_tf32_is_a_quiet_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand terms hardly an element is over its bound, and all together are 100 times too far off."""
    rng = np.random.default_rng(8)
    x, y = (rng.standard_normal(shape).astype(F32) for shape in ((23, 1024), (1024, 23)))
    fast = dispatch.implementation_of("fast")
    bind = fast.bind

    def narrowed(primitive: Any, operands: Any, params: Any) -> Any:
        if primitive.name == "dot_general":
            operands = [fast.lift(tf32(np.asarray(z.machine_value())), z.aval) for z in operands]
        return bind(primitive, operands, params)

    monkeypatch.setattr(fast, "bind", narrowed, raising=False)
    verdict = judge(vnp.matmul, x, y, drawn=True, formula=False)
    assert "VX103" in codes(verdict), str(verdict)
    assert sum(m.status is Status.HOLD for m in verdict.elements) >= QUIET_ELEMENTS
    assert verdict.rms is not None
    assert verdict.rms > 100


# -- at scale ----------------------------------------------------------------------------------------------------
def test_a_large_result_is_judged_at_some_elements_and_says_so() -> None:
    x, y = drawn(-1, 1, 100, 30), drawn(-1, 1, 30, 100, seed=4)
    verdict = judge(vnp.matmul, x, y)
    assert verdict.status is Status.HOLD, str(verdict)
    assert verdict.whole == 10_000
    assert "600 of 10000 elements" in str(verdict)
    indices = [m.index for m in verdict.elements]
    assert (indices[0], indices[-1]) == ((0, 0), (99, 99))
    assert len(set(indices)) == 600
    assert judge(vnp.matmul, x[:5], y).whole is None


@pytest.mark.usefixtures("sloppy_exp")
def test_a_primitive_that_is_off_is_named_at_scale_too() -> None:
    verdict = judge(lambda x: vnp.log1p(vnp.exp(x)) * 3, drawn(-3, 3, 50, 100), samples=9)
    assert codes(verdict) == ["VX101"], str(verdict)
    assert verdict.findings[0].output.startswith("out[")
    assert " = exp " in verdict.findings[0].equation
    assert "9 of 5000 elements" in str(verdict)


def test_a_product_in_tf32_is_a_quiet_fault_at_scale_too(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    x, y = (rng.standard_normal(shape).astype(F32) for shape in ((70, 128), (128, 70)))
    assert judge(vnp.matmul, x, y, drawn=True, formula=False).status is Status.HOLD
    fast = dispatch.implementation_of("fast")
    bind = fast.bind

    def narrowed(primitive: Any, operands: Any, params: Any) -> Any:
        if primitive.name == "dot_general":
            operands = [fast.lift(tf32(np.asarray(z.machine_value())), z.aval) for z in operands]
        return bind(primitive, operands, params)

    monkeypatch.setattr(fast, "bind", narrowed, raising=False)
    verdict = judge(vnp.matmul, x, y, drawn=True, formula=False)
    assert "VX103" in codes(verdict) or "VX101" in codes(verdict), str(verdict)


def test_a_naive_formula_is_blamed_at_scale_too() -> None:
    verdict = judge(lambda x: vnp.log(1 + x), drawn(1e-6, 1e-5, 4100), samples=16)
    assert codes(verdict) == ["VX701"], str(verdict)


def test_products_too_small_for_any_format_have_a_bound() -> None:
    with verax.enable_x64():
        tiny, small = np.full(3, -5e-324), np.full(3, -0.41)
        verdict = judge(vnp.dot, tiny, small, formula=False)
        assert verdict.status is Status.HOLD, str(verdict)


# -- usage ---------------------------------------------------------------------------------------------------------
def test_trees_and_numbers_are_arguments() -> None:
    verdict = judge(
        lambda p, s: {"y": p["w"] * s, "n": p["b"]}, {"w": drawn(0, 1, 2), "b": drawn(0, 1, 1)}, 2.5
    )
    assert verdict.holds
    gradient = judge(
        lambda p, s: vnp.sum(p["w"] * s), {"w": drawn(0, 1, 2), "b": drawn(0, 1, 1)}, 2.5, order=1
    )
    assert gradient.holds, str(gradient)


def test_the_verdict_is_the_same_every_time() -> None:
    x = drawn(-100, 100, 12)
    first, second = (judge(lambda x: vnp.log(1 + vnp.exp(x)), x, order=o, name="f") for o in (0, 0))
    assert first == second


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: judge(vnp.exp, 1.0, order=-1), "`order` must be 0"),
        (lambda: judge(vnp.exp, 1.0, gradient="maybe"), "`gradient` must be 'true' or 'declared'"),
        (lambda: judge(vnp.exp, 1.0, platform="abacus"), "`platform` must be one of"),
        (lambda: judge(vnp.exp, 1.0, samples=0), "`samples` must be at least 1"),
    ],
)
def test_wrong_options_are_named(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_arguments_that_are_no_arrays_are_named() -> None:
    with pytest.raises(TypeError, match="argument 1 of 'f' must be an array or a number"):
        judge(lambda x, mode: x, 1.0, "fast", name="f")


def test_a_function_without_floats_has_no_gradient() -> None:
    with pytest.raises(TypeError, match="must have floating arguments and results"):
        judge(lambda x: x + 1, np.arange(3, dtype=np.int32), order=1)


def test_python_branches_on_values_are_judged_by_value() -> None:
    def branching(x: Any) -> Any:
        return x * 2 if x[0] > 0 else -x

    assert judge(branching, drawn(1, 2, 3)).holds


# -- capsules --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("order", [0, 1])
def test_a_capsule_replays_to_the_same_verdict(tmp_path: Path, order: int) -> None:
    def naive(x: Any) -> Any:
        return vnp.log(1 + vnp.exp(x))

    x = drawn(90, 100, 4)
    f, code = (naive, "VX701") if order == 0 else (_ruled(1.0), "VX201")
    verdict = judge(f, x, order=order, name="naive")
    assert codes(verdict)[:1] == [code]
    name = write(tmp_path, capsule_of(f, (x,), verdict.findings[0], order=order))
    assert name is not None
    again = replay(load(tmp_path / name))
    assert codes(again)[:1] == [code]
    assert again.error == verdict.error


def test_a_capsule_without_a_program_says_so() -> None:
    def branching(x: Any) -> Any:
        return vnp.log(1 + vnp.exp(x)) if x[0] > 0 else -x

    verdict = judge(branching, drawn(90, 100, 3))
    assert verdict.findings
    capsule = capsule_of(branching, (drawn(90, 100, 3),), verdict.findings[0])
    with pytest.raises(ValueError, match="must hold the program"):
        replay(capsule)
    with pytest.raises(FormatError, match="cannot be read"):
        load("nowhere.json")
