"""No machine within its budgets exceeds the bound, and one that does is caught."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from verax import numpy as vnp
from verax.adapters.numpy_profile import NUMPY_UFUNCS
from verax.language import dispatch, lax
from verax.language.catalogue import PRIMITIVES
from verax.language.platform import Platform, Promise
from verax.language.primitive import ULPs
from verax.reference import Bounded, Dual, Exact, evaluate
from verax.reference.bounded import BoundedNumber, Undecided
from verax.reference.reals import Real, Scalar

INF = math.inf
IDEAL = Platform(
    "ideal",
    {name: Promise(ULPs(0.5, 0.5, 0.5, 0.5), "a test") for name, p in PRIMITIVES.items() if p.budget.f32},
)
F32 = np.float32

UNARY: dict[str, Callable[..., Any]] = {
    "neg": np.negative,
    "abs": np.abs,
    "square": np.square,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "atan": np.arctan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "cbrt": np.cbrt,
    "exp2": np.exp2,
    "floor": np.floor,
    "sign": np.sign,
}
BINARY: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "max": np.maximum,
    "min": np.minimum,
    "atan2": np.arctan2,
    "rem": np.fmod,
}


def fraction(x: Scalar) -> Fraction:
    """A finite scalar exactly."""
    if type(x) is not Real:
        return Fraction(x)
    sign, man, exp, _ = x._mpf_
    return Fraction(-int(man) if sign else int(man)) * Fraction(2) ** int(exp)


@dataclass(frozen=True)
class RandomProgram:
    """A straight line of elementwise operations on two arrays."""

    steps: tuple[tuple[str, tuple[int, ...]], ...]

    @classmethod
    def drawn(cls, seed: int, length: int) -> RandomProgram:
        random = np.random.default_rng(seed)
        steps = []
        for known in range(2, 2 + length):
            table = UNARY if random.random() < 0.5 else BINARY
            name = str(random.choice(sorted(table)))
            count = 1 if table is UNARY else 2
            # The last result takes part, so that errors meet.
            operands = (known - 1, *(int(i) for i in random.integers(0, known, count - 1)))
            steps.append((name, operands))
        return cls(tuple(steps))

    def __call__(self, *arrays: Any) -> list[Any]:
        values = list(arrays)
        for name, operands in self.steps:
            values += dispatch.bind(PRIMITIVES[name], *(values[i] for i in operands))
        return values[2:]

    def by_numpy(self, *arrays: Any, planted: Callable[[str, Any], Any] = lambda name, x: x) -> list[Any]:
        values = list(arrays)
        with np.errstate(all="ignore"):
            for name, operands in self.steps:
                function = UNARY.get(name) or BINARY[name]
                values.append(planted(name, function(*(values[i] for i in operands))))
        return values[2:]


def violations(got: np.ndarray[Any, Any], found: list[Any]) -> int:
    """How many elements of a machine's result lie beyond their bound."""
    count = 0
    for g, number in zip(got.ravel(), found, strict=True):
        if number.undecided or number.unverified or not math.isfinite(number.bound):
            continue
        value = number.value
        if type(value) is float and not math.isfinite(value):
            count += not (g == value or (np.isnan(g) and math.isnan(value)))
        elif not np.isfinite(g):
            count += abs(float(value)) < 1e38
        else:
            count += abs(Fraction(float(g)) - fraction(value)) > Fraction(number.bound)
    return count


def inputs(seed: int, count: int = 12) -> list[np.ndarray[Any, Any]]:
    random = np.random.default_rng(seed)
    return [
        (random.standard_normal(count) * 2.0 ** random.integers(-8, 4, count)).astype(F32) for _ in range(2)
    ]


@pytest.mark.parametrize("block", range(6))
def test_numpy_within_its_own_budgets_never_exceeds_the_bound(block: int) -> None:
    bounded = judged = 0
    for seed in range(30 * block, 30 * block + 30):
        program, arrays = RandomProgram.drawn(seed, 6), inputs(seed)
        found = evaluate(program, arrays, Bounded(NUMPY_UFUNCS))
        for (name, _), got, array in zip(program.steps, program.by_numpy(*arrays), found, strict=True):
            if name == "rem" and (got == 0).any():
                continue  # a remainder that is zero on a machine may have been a whole divisor
            assert violations(got, array.scalars) == 0, (seed, name, program.steps)
            bounded += sum(math.isfinite(n.bound) and not n.undecided for n in array.scalars)
            judged += len(array.scalars)
    assert bounded > judged / 2  # the claim is not empty


def test_a_planted_error_in_any_operation_is_caught() -> None:
    """Forty of forty planted single-operation errors of 32 ULPs, each seen at its own operation."""
    names = [n for n in sorted(UNARY | BINARY) if PRIMITIVES[n].budget.f32]
    for number, name in enumerate(names):
        count = 1 if name in UNARY else 2
        program = RandomProgram(((name, tuple(range(count))),))
        random = np.random.default_rng(number)
        arrays = [random.uniform(1.05, 2.0, 8).astype(F32) for _ in range(2)]
        if name in ("asin", "acos", "atanh"):
            arrays[0] = (arrays[0] - F32(1)).astype(F32)
        found = evaluate(program, arrays, Bounded(NUMPY_UFUNCS))
        worse = program.by_numpy(*arrays, planted=lambda _, x: x * F32(1 + 32 * 2.0**-23))
        assert violations(worse[0], found[0].scalars) > 0, name


def test_a_planted_error_inside_a_loss_is_caught() -> None:
    random = np.random.default_rng(3)
    x = random.standard_normal((4, 6)).astype(F32)

    def softmax(v: Any) -> list[Any]:
        e = vnp.exp(v - vnp.max(v, axis=-1, keepdims=True))
        return [e / vnp.sum(e, axis=-1, keepdims=True)]

    (found,) = evaluate(softmax, [x], Bounded(NUMPY_UFUNCS))
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    right = e / e.sum(axis=-1, keepdims=True)
    assert violations(right, found.scalars) == 0
    truncated = (e.view(np.uint32) & np.uint32(0xFFFFE000)).view(F32)  # TF32: 10 bits
    assert violations(truncated / truncated.sum(axis=-1, keepdims=True), found.scalars) > 0


def test_sums_and_products_stay_within_any_order_of_summation() -> None:
    random = np.random.default_rng(5)
    x = (random.standard_normal(64) * 2.0 ** random.integers(-10, 10, 64)).astype(F32)
    y = random.standard_normal(64).astype(F32)
    (total, product) = evaluate(lambda u, v: [vnp.sum(u), vnp.dot(u, v)], [x, y], Bounded(IDEAL))
    for seed in range(50):
        order = np.random.default_rng(seed).permutation(64)
        for terms, found in ((x[order], total), ((x * y)[order], product)):
            running = F32(0)
            for term in terms:
                running = F32(running + term)
            assert violations(np.array([running]), found.scalars) == 0
    assert total.scalars[0].bound < 1e-3 * float(np.abs(x).sum())


def test_exact_results_have_no_bound_and_rounded_ones_half_an_ulp() -> None:
    x, y = np.array([1.1, 3.1, 0.0, 1.5], F32), np.array([2.1, 3.1, 7.1, 2.5], F32)
    (difference, product, negative) = evaluate(lambda u, v: [u - v, u * v, -u], [x, y], Bounded(IDEAL))
    assert [n.bound for n in negative.scalars] == [0.0, 0.0, 0.0, 0.0]
    assert difference.scalars[1].bound == 0.0  # x - x
    assert [n.bound for n in product.scalars] == [2.0**-23, 2.0**-21, 0.0, 0.0]  # 0 y, and 1.5 2.5 = 3.75


def test_a_correctly_rounded_result_that_the_format_holds_has_no_error() -> None:
    """Only then: not beside a term that is lost, nor where rounding is not correct, nor one ulp further."""
    x = np.array([3.0, 1.0, 2.0**24 - 1], F32)
    y = np.array([4.0, 2.0**-149, 2.0], F32)
    (total, quotient, root) = evaluate(lambda u, v: [u + v, u / v, vnp.sqrt(v)], [x, y], Bounded(IDEAL))
    assert [n.bound > 0 for n in total.scalars] == [False, True, True]
    assert [n.bound > 0 for n in quotient.scalars] == [False, True, False]  # 2^149 overflows
    assert [n.bound > 0 for n in root.scalars] == [False, True, True]
    sloppy = Platform("sloppy", {"div": Promise(ULPs(1.0, 1.0), "a test")})
    (quotient,) = evaluate(lambda u, v: [u / v], [x, y], Bounded(sloppy))
    assert all(n.bound > 0 for n in quotient.scalars)


def test_the_same_from_the_same_is_zero_and_twice_the_same_errs_twice_as_much() -> None:
    (s, none, twice) = evaluate(
        lambda u: [t := vnp.sin(u), t - t, t + t], [np.array([0.7], F32)], Bounded(IDEAL)
    )
    assert (none.scalars[0].value, none.scalars[0].bound) == (0.0, 0.0)
    assert twice.scalars[0].typical > 2 * s.scalars[0].typical


def test_no_operands_error_reaches_further_than_a_function_is_wide() -> None:
    """Beyond a period the sine is known to nothing, but it is a sine."""
    (found,) = evaluate(lambda u: [vnp.sin(vnp.exp(u))], [np.array([40.0], F32)], Bounded(IDEAL))
    assert found.scalars[0].unverified is None
    assert 2.0 <= found.scalars[0].bound < 2.001
    assert found.scalars[0].typical < 2.001


def test_where_a_slope_vanishes_the_second_order_is_the_typical_error() -> None:
    half_pi = np.array([math.log(math.pi / 2)], F32)
    (inner, found) = evaluate(lambda u: [t := vnp.exp(u), vnp.sin(t)], [half_pi], Bounded(NUMPY_UFUNCS))
    assert found.scalars[0].typical > 0.25 * inner.scalars[0].typical ** 2


def test_subnormal_results_are_rounded_in_subnormal_ulps() -> None:
    x = np.array([1e-30], F32)
    (found,) = evaluate(lambda u: [u * u], [x], Bounded(IDEAL))
    assert found.scalars[0].bound == 2.0**-150
    flushing = Platform("flushing", flushes_subnormals=True)
    (flushed,) = evaluate(lambda u: [u * u], [x], Bounded(flushing))
    assert flushed.scalars[0].bound == 2.0**-126
    (read,) = evaluate(lambda u: [-u], [np.array([2.0**-130], F32)], Bounded(flushing))
    assert read.scalars[0].bound == 2.0**-130


def test_a_sort_may_leave_what_it_reads_as_zeros_as_it_stands_and_nothing_else() -> None:
    """XLA's makes [2^-127, -2^-127] of [2^-127, -2^-127]."""
    half = 2.0**-127
    flushing = Platform("flushing", flushes_subnormals=True)

    def bounds(platform: Platform, *xs: float) -> list[float]:
        (found,) = evaluate(lambda u: [vnp.sort(u)], [np.array(xs, F32)], Bounded(platform))
        return [s.bound if isinstance(s, BoundedNumber) else 0.0 for s in found.scalars]

    assert all(2 * half <= b <= 4 * half for b in bounds(flushing, half, -half))
    assert bounds(IDEAL, half, -half) == bounds(flushing, 1.0, 2.0**-20, 1.0)[:2] == [0.0, 0.0]


def test_products_and_partial_sums_that_are_flushed_are_in_the_bound() -> None:
    """Four products of 2^-128 make 2^-126, which is no subnormal number; a machine that flushes answers 0."""
    x, y = np.full(4, 2.0**-100, F32), np.full(4, 2.0**-28, F32)
    dot = PRIMITIVES["dot_general"]
    numbers = {"dimension_numbers": (((0,), (0,)), ((), ())), "preferred_element_type": None}
    flushing = Platform("flushing", flushes_subnormals=True)
    for platform, least in ((IDEAL, 0.0), (flushing, 2.0**-126)):
        (found,) = evaluate(lambda a, b: dispatch.bind(dot, a, b, **numbers), [x, y], Bounded(platform))
        assert (found.scalars[0].bound >= 2.0**-126) == bool(least)


@pytest.mark.parametrize(("down", "digits"), [(2.0**-45, 2.0**-8), (2.0**-60, 0.25)])
def test_underflow_on_the_way_is_in_the_bound(down: float, digits: float) -> None:
    """2^-145 is a subnormal of 4 bits: what is multiplied up again has no more, and below the least it is nothing."""
    x = np.array([1.1, 1.9, 3.3], F32)

    def there_and_back(u: Any) -> Any:
        return u * F32(2.0**-100) * F32(down) * F32(2.0**120)

    (found,) = evaluate(lambda u: [there_and_back(u)], [x], Bounded(IDEAL))
    assert violations(there_and_back(x), found.scalars) == 0
    assert all(n.bound > digits * abs(float(n.value)) for n in found.scalars)
    (inverse,) = evaluate(lambda u: [1 / (u * F32(2.0**-100) * F32(down))], [x], Bounded(IDEAL))
    assert all(n.unverified for n in inverse.scalars)  # infinite on a machine


def test_a_hull_reaches_the_other_branch_to_the_last_bit() -> None:
    """The distance of two doubles is no double: rounded to nearest it would fall short."""
    from verax import enable_x64

    x = np.array([0.1, 1.7, 3.3e5])
    with enable_x64():
        (found,) = evaluate(
            lambda u: [vnp.where(vnp.sin(u) < vnp.sin(u) * 1.0, -(u * 1e7), u)], [x], Bounded(IDEAL)
        )
    for branch in (-(x * 1e7), x):
        assert violations(branch, found.scalars) == 0
    assert all(math.isfinite(n.bound) and n.bound for n in found.scalars)


def test_overflow_on_the_way_leaves_no_bound() -> None:
    (found,) = evaluate(lambda u: [vnp.log(vnp.exp(u))], [F32(100.0)], Bounded(IDEAL))
    assert found.scalars[0].unverified == "overflows on the way"
    assert found.scalars[0].bound == INF


@pytest.mark.parametrize("norm", [None, "forward"])
def test_a_transform_that_overflows_on_the_way_has_no_bound_even_if_scaled_back(norm: str | None) -> None:
    """A sum of 4 times 2^126 is beyond float32, a fourth of it is not: NumPy's own answer is infinite."""
    x = np.full(4, 2.0**126, F32)
    (found,) = evaluate(lambda u: [vnp.fft.rfft(u, norm=norm)], [x], Bounded(IDEAL))
    assert found.scalars[0].bound == INF
    (found,) = evaluate(lambda u: [vnp.fft.rfft(u, norm=norm)], [x * F32(2.0**-8)], Bounded(IDEAL))
    assert math.isfinite(found.scalars[0].bound)


def test_what_is_known_to_too_few_digits_is_unverified() -> None:
    for function in (vnp.log, vnp.sqrt, lambda v: 1 / v, lambda v: v**-0.5):
        (found,) = evaluate(lambda u, f=function: [f(u * u - u * u + F32(1e-9))], [F32(1.1)], Bounded(IDEAL))
        assert found.scalars[0].unverified


@pytest.mark.parametrize("function", [lax.lgamma, lax.digamma])
def test_a_pole_between_the_ends_of_an_operand_is_unverified(function: Any) -> None:
    """tanh(-20) is a tenth of an ulp above -1 in float64, and every machine says -1."""
    from verax import enable_x64

    with enable_x64():
        (found,) = evaluate(lambda u: [function(vnp.tanh(u))], [np.float64(-20)], Bounded(IDEAL))
        (known,) = evaluate(lambda u: [function(vnp.tanh(u))], [np.float64(-0.5)], Bounded(IDEAL))
    assert "known to too few digits" in found.scalars[0].unverified
    assert known.scalars[0].unverified is None


def test_a_pole_of_the_tangent_within_reach_is_unverified_and_beside_it_the_bound_holds() -> None:
    """exp(9.7) is known to 1e-3: the slopes at the ends of an interval say nothing of a pole between them."""
    x = (np.log(math.pi * (np.arange(3000, 3040) + 0.5)) + np.linspace(-1e-5, 1e-5, 40)).astype(F32)
    (found,) = evaluate(lambda u: [vnp.tan(vnp.exp(u))], [x], Bounded(NUMPY_UFUNCS))
    got = np.tan(np.exp(x))
    assert violations(got, found.scalars) == 0
    assert 0 < sum(n.unverified is not None for n in found.scalars) < 40


def test_a_pole_of_trigamma_within_reach_is_unverified() -> None:
    from verax import enable_x64, grad

    with enable_x64():
        (found,) = evaluate(
            lambda u: [grad(lax.digamma)(v) for v in vnp.tanh(u)[:1]],
            [np.array([-20.0])],
            Dual(Bounded(IDEAL)),
        )
    assert "known to too few digits" in found.scalars[0].unverified


def test_the_sign_of_a_zero_that_machines_do_not_agree_on_is_marked() -> None:
    zeros = np.array([-0.0, 0.0], F32)
    for function in (vnp.max, vnp.min, lambda u: lax.cummax(u)[1]):
        (found,) = evaluate(lambda u, f=function: [1 / f(u)], [zeros], Bounded(IDEAL))
        (same,) = evaluate(lambda u, f=function: [1 / f(u)], [np.abs(zeros)], Bounded(IDEAL))
        assert found.scalars[0].undecided
        assert (same.scalars[0].value, same.scalars[0].undecided) == (INF, False)
    for sign, marked in ((-0.0, True), (0.0, False)):
        (found,) = evaluate(lambda u: [1 / vnp.sum(u)], [np.full(3, sign, F32)], Bounded(IDEAL))
        assert found.scalars[0].undecided is marked
    (empty,) = evaluate(lambda u: [1 / vnp.sum(u)], [np.zeros(0, F32)], Bounded(IDEAL))
    assert not empty.scalars[0].undecided


def test_the_maximum_is_handed_on_so_that_equality_with_it_is_decided() -> None:
    x = np.array([0.1, 0.7, 0.3], F32)

    def function(u: Any) -> list[Any]:
        s = vnp.sin(u)
        return [s == vnp.max(s)]

    (mask,) = evaluate(function, [x], Bounded(IDEAL))
    assert [(n.value, n.undecided) for n in mask.scalars] == [(False, False), (True, False), (False, False)]


def test_close_elements_make_a_maximum_with_the_largest_of_their_bounds() -> None:
    x = np.array([1.0, np.nextafter(F32(1), F32(2))], F32)
    (found,) = evaluate(lambda u: [vnp.max(vnp.exp(u))], [x], Bounded(IDEAL))
    assert found.scalars[0].bound == 2.0**-23
    assert not found.scalars[0].undecided


def test_an_undecided_comparison_is_marked_and_the_mark_follows() -> None:
    def function(u: Any) -> list[Any]:
        close = vnp.sin(u) > vnp.sin(u) * F32(1)
        return [
            close,
            ~close,
            close.astype(vnp.int32) + 1,
            vnp.where(close, u, u + 1),
            vnp.take(u, close * 0 + 1),
        ]

    found = evaluate(function, [np.array([0.5, 0.25], F32)], Bounded(IDEAL))
    assert all(n.undecided for y in found[:3] for n in y.scalars)
    hull = found[3].scalars[0]
    assert not hull.undecided
    assert hull.bound >= 1.0


def test_comparisons_far_apart_are_decided() -> None:
    (found,) = evaluate(lambda u: [vnp.exp(u) > u], [np.array([0.5, 3.0], F32)], Bounded(IDEAL))
    assert [(n.value, n.undecided) for n in found.scalars] == [(True, False), (True, False)]


def test_an_undecided_position_is_marked() -> None:
    x = np.array([0.5, 0.5, 0.1], F32)

    def function(u: Any) -> list[Any]:
        shifted = vnp.sin(u) * vnp.asarray(np.array([1, 1, 1], F32))
        return [vnp.argmax(shifted), vnp.argmin(shifted)]

    greatest, least = evaluate(function, [x], Bounded(IDEAL))
    assert greatest.scalars[0].undecided
    assert not least.scalars[0].undecided
    assert least.scalars[0].value == 2


def test_sorted_keys_in_doubt_have_the_largest_bound_near_them_and_payloads_are_marked() -> None:
    x = np.array([0.5, 0.1, np.nextafter(F32(0.5), F32(1))], F32)
    payload = np.array([1.0, 2.0, 30.0], F32)

    def function(u: Any, v: Any) -> list[Any]:
        return list(lax.sort((vnp.sin(u), v), dimension=0, num_keys=1))

    keys, payloads = evaluate(function, [x, payload], Bounded(NUMPY_UFUNCS))
    assert [n.undecided for n in keys.scalars] == [False, False, False]
    assert [n.undecided for n in payloads.scalars] == [False, True, True]
    assert payloads.scalars[0].value == 2
    assert payloads.scalars[1].bound >= 29


def test_steps_in_doubt_have_the_height_of_the_step() -> None:
    def function(u: Any) -> list[Any]:
        near = vnp.exp(vnp.log(u))
        return [vnp.floor(near), near.astype(vnp.int32), vnp.round(near)]

    down, integer, nearest = evaluate(function, [F32(3.0)], Bounded(IDEAL))
    assert down.scalars[0].undecided
    assert down.scalars[0].bound == 1.0
    assert integer.scalars[0].undecided
    assert not nearest.scalars[0].undecided


def test_a_remainder_in_doubt_may_be_off_by_the_divisor() -> None:
    (found,) = evaluate(lambda u: [lax.rem(vnp.exp(vnp.log(u)), F32(1.5))], [F32(3.0)], Bounded(IDEAL))
    assert found.scalars[0].undecided
    assert found.scalars[0].bound >= 1.5


def test_a_loop_that_ends_by_an_undecided_test_marks_what_it_returns() -> None:
    def function(u: Any) -> list[Any]:
        limit = vnp.exp(vnp.log(u))
        return [lax.while_loop(lambda k: k < limit, lambda k: k + 1, F32(0))]

    (found,) = evaluate(function, [F32(3.0)], Bounded(IDEAL))
    assert found.scalars[0].undecided


def test_duals_over_bounds_bound_the_derivative_by_the_chain_rule() -> None:
    from verax import grad

    def function(u: Any) -> list[Any]:
        return [grad(lambda v: vnp.sum(vnp.tanh(v) * v))(u)]

    x = np.array([0.3, -1.2], F32)
    (bounded,) = evaluate(function, [x], Dual(Bounded(IDEAL)))
    (exact,) = evaluate(function, [x], Exact())
    for b, e in zip(bounded.scalars, exact.scalars, strict=True):
        assert isinstance(b, BoundedNumber)
        assert 0 < b.bound < 1e-5
        assert abs(fraction(b.value) - fraction(e)) < Fraction(1, 10**45)


def test_scalars_in_doubt_describe_themselves() -> None:
    assert repr(Undecided(True, frozenset({True}))) == "Undecided(True, frozenset({True}))"
    assert "undecided, why" in repr(BoundedNumber(0.0, 1.0, 0.5, True, "why"))
    assert repr(Bounded(IDEAL)) == "Bounded(ideal, 50)"
