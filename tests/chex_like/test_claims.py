"""The assertions beyond Chex's name the fault of wrong code, print a line that replays it, and are silent otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import chex_like as chex
from verax import lax, nn
from verax.ci.replaying import replay_capsule
from verax.fast import operations as ops
from verax.fast.batching import Lane
from verax.fast.rules.batching import BATCHING
from verax.language import catalogue as rows
from verax.property_tests.silence.asserted import tried

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long

F32 = np.float32
X = np.linspace(0.25, 2, 6, dtype=F32).reshape(2, 3)


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Capsules are written in the working directory."""
    monkeypatch.chdir(tmp_path)


def failure(assertion: Callable[..., None], *args: Any, **options: Any) -> str:
    """What a failing assertion says."""
    with pytest.raises(AssertionError) as caught:
        assertion(*args, **options)
    return str(caught.value)


def capsule_in(said: str) -> str:
    """The file of the capsule that the line names."""
    found = re.search(r"replay: +verax replay (\S+)", said)
    assert found, said
    return found[1]


def counting() -> Callable[[Any], Any]:
    """A function that counts its calls, and says so."""
    calls = [0]

    def counted(x: Any) -> Any:
        calls[0] += 1
        return x * calls[0]

    return counted


def test_silence_on_twenty_random_programs() -> None:
    said = [alarm for seed in range(100, 120) for alarm in tried(seed, order=1 + (seed < 103)).alarms]

    assert said == []


# -- every message -------------------------------------------------------------------------------------------
def test_a_failure_says_what_was_asserted_the_worst_offender_the_line_and_how_to_see_it_again() -> None:
    said = failure(chex.assert_linear, lambda x: nn.relu(x) / 3, X)

    assert "f is linear: f(a x + b y) = a f(x) + b f(y)" in said
    assert "worst:   out[1, 2] of f(-x), against -f(x), is 0.0 where -0.66666666666666667 is expected" in said
    assert re.search(r"error: +1.12e\+07 ULP", said)
    assert re.search(r"line: +.*test_claims.py:\d+: said = failure", said)
    assert re.search(r"at: +.*test_claims.py:\d+: assertion\(\*args", said)
    replayed = replay_capsule(capsule_in(said))
    assert replayed.exit_code == 1
    assert "[linear] out[1, 2] of f(-x)" in replayed.text.partition("now:")[2]


def test_what_its_stored_program_does_not_show_is_replayed_by_its_test() -> None:
    said = failure(chex.assert_deterministic, counting(), X)

    assert "replay:  pytest tests/chex_like/test_claims.py::test_what" in said.replace("'", "")
    assert not list(Path.cwd().rglob("*.json"))


# -- transforms ------------------------------------------------------------------------------------------------
def test_a_function_that_jit_changes_is_told() -> None:
    said = failure(chex.assert_jit_is_eager, counting(), X)

    assert re.search(
        r"out\[\d, \d\] is \S+ \(0x1\.\w+p[-+]\d\) where \S+ \(0x1\.\w+p[-+]\d\) is expected", said
    )
    assert "(6 of 6 elements differ), under jit" in said
    assert "VX301" in said


def test_a_function_that_raises_under_jit_alone_is_told() -> None:
    said = failure(chex.assert_jit_is_eager, lambda x: x if x[0, 0] > 0 else -x, X)

    assert "raises under jit, and not without: TracerBoolConversionError" in said


def test_jit_may_not_change_a_dtype() -> None:
    seen: list[Any] = []

    def forgetful(x: Any) -> Any:
        seen.append(x)
        return x if len(seen) == 1 else x.astype(vnp.float16)

    assert "is float16[2, 3] where float32[2, 3] is expected" in failure(
        chex.assert_jit_is_eager, forgetful, X
    )


def test_a_wrong_batching_rule_is_told_and_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    right: Any = BATCHING["tanh"]

    def doubled(*args: Any) -> Any:
        return [Lane(ops.scale(y.value, 2.0), y.mapped) for y in right(*args)]

    monkeypatch.setitem(BATCHING, "tanh", doubled)
    said = failure(chex.assert_vmap_is_loop, lambda x: {"y": vnp.tanh(x)}, X)

    assert re.search(r"out\['y'\]\[\d, \d\] is ", said)
    assert "the first axis counts the rows" in said
    capsule = capsule_in(said)
    assert replay_capsule(capsule).exit_code == 1
    monkeypatch.setitem(BATCHING, "tanh", right)
    assert replay_capsule(capsule).exit_code == 0


def test_a_batch_may_add_up_in_another_order_within_its_bound() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(5, 7, 33)).astype(F32), rng.normal(size=(33, 9)).astype(F32)

    chex.assert_vmap_is_loop(lambda x, w: x @ w, x, w, in_axes=(0, None))


@pytest.mark.parametrize("in_axes", [1, (1, None), [-1, None]])
def test_rows_may_lie_along_any_axis(in_axes: Any) -> None:
    chex.assert_vmap_is_loop(
        lambda x, y=1.0: x / 3 + y, X, *([] if in_axes == 1 else [X[:, 0]]), in_axes=in_axes
    )


@pytest.mark.parametrize("in_axes", [None, 2, (0, 1)])
def test_axes_that_map_nothing_or_do_not_fit_are_refused(in_axes: Any) -> None:
    with pytest.raises(ValueError, match="`in_axes` must"):
        chex.assert_vmap_is_loop(lambda x, y: x + y.sum(), X, X, in_axes=in_axes)


def test_a_lane_that_counts_its_devices_is_told() -> None:
    said = failure(chex.assert_pmap_is_loop, lambda x: x * verax.device_count(), X)

    assert re.search(
        r"out\[\d, \d\] is \S+ \(0x1\.\w+p[-+]\d\) where \S+ \(0x1\.\w+p[-+]\d\) is expected", said
    )
    assert "VX303" in said


# -- repetition -------------------------------------------------------------------------------------------------
def test_a_function_that_remembers_its_calls_is_told() -> None:
    assert "in call 2" in failure(chex.assert_deterministic, counting(), X)
    assert "in run 2 on cpu:0" in failure(chex.assert_same_bits, counting(), X)
    assert "in thread 1 of 4 at once" in failure(chex.assert_same_bits, counting(), X, runs=1)


def test_a_function_that_remembers_its_arguments_is_told() -> None:
    largest = [F32(0)]

    def scaled(x: Any) -> Any:
        largest[0] = max(largest[0], F32(x[0, 0]))
        return x / largest[0]

    assert "in call 2" in failure(chex.assert_deterministic, scaled, X)


@pytest.mark.parametrize(
    ("assertion", "options"),
    [
        ("assert_deterministic", {"calls": 1}),
        ("assert_same_bits", {"runs": 0}),
        ("assert_same_bits", {"threads": 0}),
    ],
)
def test_too_few_calls_are_refused(assertion: str, options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be at least"):
        getattr(chex, assertion)(vnp.sin, X, **options)


# -- linear -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("function", "step"),
    [
        (lambda x: x + 1, "add"),
        (nn.relu, "select_n"),
        (lambda x: vnp.cumsum(x) * x.ravel(), "mul"),
        (lambda x: x + vnp.sin(x * 1e-12), "sin"),
        (vnp.sort, "sort"),
        (lambda x: lax.cond(x[0, 0] > 0, lambda y: y, lambda y: 2 * y, x), "cond"),
    ],
)
def test_what_is_not_linear_is_told_with_the_step(function: Callable[[Any], Any], step: str) -> None:
    said = failure(chex.assert_linear, function, X)

    assert re.search(rf"step: .* = {step}\b", said), said


@pytest.mark.parametrize(
    "function",
    [
        lambda x: vnp.fft.fft(x).real,
        lambda x: (x + 1e8) - 1e8,  # in real numbers: rounding is not curvature
        lambda x: x - x,
        lambda x: vnp.linalg.solve(vnp.array([[2.0, 1.0], [1.0, 3.0]]), x),
        lambda x: vnp.where(vnp.array([True, False, True]), x, -x),
        lambda x: lax.scan(lambda c, r: (c / 2 + r, c), x[0], x)[1],
    ],
)
def test_what_is_linear_is_not(function: Callable[[Any], Any]) -> None:
    chex.assert_linear(function, X)


def test_linear_is_asked_of_floating_arguments_and_results() -> None:
    with pytest.raises(TypeError, match="`args` must hold a floating array"):
        chex.assert_linear(lambda n: n * 2, np.arange(3))
    with pytest.raises(TypeError, match="`f` must have floating results"):
        chex.assert_linear(lambda x: x > 0, X)


# -- inputs that never matter -----------------------------------------------------------------------------------
@verax.custom_jvp
def _silenced(x: Any) -> Any:
    return x * 2


@_silenced.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return primals[0] * 2, vnp.zeros_like(tangents[0])


NEVER: list[tuple[Callable[[Any, Any], Any], str]] = [
    (lambda a, b: a, "no result uses it"),
    (lambda a, b: (a, vnp.sin(b))[0], "no result uses it"),
    (lambda a, b: a + lax.stop_gradient(vnp.sin(b)), "`stop_gradient` stops it"),
    (lambda a, b: a + b.astype(int), "`convert_element_type` makes int32 of it, which has no derivative"),
    (lambda a, b: vnp.where(b > 0, a, -a), "`gt` makes bool of it, which has no derivative"),
    (lambda a, b: a[vnp.argmax(b)], "`argmax` makes int32 of it, which has no derivative"),
    (
        lambda a, b: vnp.where(a > -1, a, b),
        "`select_n` chooses another branch everywhere, so that this one is dead",
    ),
    (lambda a, b: lax.cond(a[0] > -1, lambda x, y: x, lambda x, y: y, a, b), "`cond` chooses another branch"),
    (lambda a, b: a + nn.relu(-b), "`select_n` chooses another branch everywhere"),
    (lambda a, b: a + vnp.round(b), "`round` is constant between its jumps"),
    (lambda a, b: a + 0.0 * b, "`mul` multiplies it by 0"),
    (lambda a, b: a + _silenced(b), "a custom rule says that its derivative is 0"),
    (lambda a, b: a + (b - b), "what comes back along its paths adds up to 0"),
    (lambda a, b: a + verax.jit(lax.stop_gradient)(b), "`stop_gradient` stops it"),
]


@pytest.mark.parametrize(("function", "why"), NEVER, ids=range(len(NEVER)))
def test_an_input_that_never_matters_is_named_with_the_reason(function: Any, why: str) -> None:
    said = failure(chex.assert_nonzero_gradient, function, X[0], X[1])

    assert "the gradient by argument 1 is 0 in all of its 3 elements" in said
    assert why in said


def test_all_parameters_that_never_matter_are_named() -> None:
    params = {"w": X[0], "b": X[1], "unused": X}
    said = failure(chex.assert_nonzero_gradient, lambda p: p["w"] + lax.stop_gradient(p["b"]), params)

    assert "the gradient by argument 0['b'] is 0" in said
    assert "so it is by argument 0['unused'] (no result uses it)" in said
    assert replay_capsule(capsule_in(said)).exit_code == 1


def test_inputs_that_matter_through_loops_and_rules_of_reverse_mode_are_not_named() -> None:
    chex.assert_nonzero_gradient(lambda c, x: lax.scan(lambda c, y: (c * y, c), c, x)[0], X[0, 0], X[1])
    chex.assert_nonzero_gradient(nn.logsumexp, X)


def test_there_must_be_a_floating_input() -> None:
    with pytest.raises(TypeError, match="`args` must hold a floating array"):
        chex.assert_nonzero_gradient(lambda n: n * 1.0, np.arange(3))


# -- the trap of where -------------------------------------------------------------------------------------------
TRAPS: list[tuple[Callable[[Any], Any], str, str]] = [
    (
        lambda x: vnp.where(x > 0, vnp.sqrt(x), 0.0),
        "hides the branch of where(condition, ..., ...) for a true condition",
        "safe = where(ok, x, 1.0); where(ok, sqrt(safe), other)",
    ),
    (
        lambda x: vnp.where(x == 0, 1.0, vnp.sin(x) / x),
        "for a false condition",
        "safe = where(~ok, x, 1.0); where(ok, other, g(safe))",
    ),
    (verax.jit(lambda y: vnp.where(y > 0, vnp.log(y), y)), "for a true condition", "log(safe)"),
    (lambda x: vnp.where(x < 50, vnp.exp(x * 1000), x), "for a true condition", "exp(safe)"),
    (lambda x: vnp.where(x < 1, vnp.arcsin(x), x), "for a true condition", "safe = where(ok, x, 0.0)"),
]


@pytest.mark.parametrize(("function", "branch", "rewrite"), TRAPS, ids=range(len(TRAPS)))
def test_the_where_that_hides_a_trap_is_named_with_the_rewrite(
    function: Any, branch: str, rewrite: str
) -> None:
    said = failure(chex.assert_no_nan_gradient_trap, function, np.array([1, 0, 64], F32))

    assert branch in said
    assert rewrite in said
    assert re.search(r"worst: +the gradient by argument 0\[\d\] is nan", said)
    assert replay_capsule(capsule_in(said)).exit_code == 1


def test_a_trap_without_a_where_is_told_too() -> None:
    said = failure(chex.assert_no_nan_gradient_trap, lambda x: vnp.sqrt(vnp.sum(x * x)), np.zeros(3, F32))

    assert "no `where` hides it: `sqrt` at 0.0" in said


@pytest.mark.parametrize(
    "function",
    [
        lambda x: vnp.where(x > 0, vnp.sqrt(vnp.where(x > 0, x, 1.0)), 0.0),
        vnp.sqrt,  # the derivative itself is infinite at 0
        lambda x: vnp.linalg.norm(x * 0),
        lambda x: vnp.where(x < 1e3, x, vnp.exp(x)),
        lambda x: 1 / x,
    ],
)
def test_no_trap_is_no_trap(function: Callable[[Any], Any]) -> None:
    chex.assert_no_nan_gradient_trap(function, np.array([0, 1, 64], F32))


def test_every_claim_has_a_rule() -> None:
    from verax.chex_like.claims.table import _HOMES, claim_named
    from verax.property_tests.rules import RULES

    claims = [claim_named(name) for name in _HOMES]
    assert all(claim is not None and claim.name in _HOMES and claim.code in RULES for claim in claims)
    assert rows.PRIMITIVES  # and none is named like a primitive
    assert not set(_HOMES) & set(rows.PRIMITIVES)
