"""Balls contain the truth, shrink as digits grow, and doubt what they do not decide: by Arb and by intervals."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from mpmath.libmp import from_man_exp

from verax import grad, lax, nn
from verax import numpy as vnp
from verax.language.catalogue import PRIMITIVES
from verax.reference import Ball, Dual, Exact, evaluate, true_value
from verax.reference.balls import Enclosures, arb, enclosures, interval
from verax.reference.balls.missing import NoBall
from verax.reference.balls.number import BallNumber, raw_of
from verax.reference.primitives.elementwise import _BESSEL_GAP, DEFINITIONS, integer_pow, polygamma
from verax.reference.reals import Real, Scalar, from_number, is_special, real
from verax.reference.special_values import UNARY
from verax.reference.system import Definition

F32, F64 = np.float32, np.dtype(np.float64)
INF, NAN = math.inf, math.nan
HUGE = real(from_man_exp(1, 1 << 21))
BACKENDS: dict[str, Callable[[int], Enclosures]] = {"arb": arb.Arb, "intervals": interval.Intervals}
TABLES = {"arb": arb.FUNCTIONS, "interval": interval.FUNCTIONS}
# Definitions that only derivatives are made of.
WITHOUT_A_PRIMITIVE = {"bessel_gap"}
BINARY = {"add", "sub", "mul", "div", "rem", "atan2", "pow"}
# Of parameters: held in test_parametric.py, over the domain that they have.
PARAMETRIC = {
    *("igamma", "igammac", "igamma_grad_a", "random_gamma_grad"),
    *("regularized_incomplete_beta", "zeta", "polygamma"),
}
# name -> the interval to draw from, where it is not [-30, 30]
DOMAINS = {
    **dict.fromkeys(["sqrt", "rsqrt", "log", "pow"], (0.0, 30.0)),
    **dict.fromkeys(["asin", "acos", "atanh", "erf_inv"], (-1.0, 1.0)),
    "acosh": (1.0, 30.0),
    "log1p": (-1.0, 30.0),
}
# Beside a root, a pole, an edge of the domain, and far out.
HARD: dict[str, list[float]] = {
    "lgamma": [1.0, 2.0, 1 + 2**-40, 2 - 2**-40, -2.4570247382208006, -1 + 2**-45, 1e20, -1e6 + 0.25],
    "digamma": [1.4616321449683623, -0.5040830082644554, -3 + 2**-45, 1e20, 2**-500.0],
    "log": [1 + 2**-52, 0.25 + 2**-54, 2**-1074.0, 1.7e308],
    "log1p": [2**-1000.0, -1 + 2**-53, 1e300],
    "expm1": [2**-1000.0, 700.0, -700.0],
    "sin": [3.141592653589793, 1e22, 2**1000.0],
    "cos": [1.5707963267948966, 1e22],
    "tan": [1.5707963267948966, 3.141592653589793],
    "tanh": [200.0, -400.0],
    "erf": [2**-1000.0, 100.0],
    "erfc": [100.0, -100.0],
    "exp": [709.0, -745.0, 2**-1000.0],
    "exp2": [1023.0, -1074.0, 1e-300],
    "acosh": [1 + 2**-52],
    "acos": [1 - 2**-53, -1 + 2**-53, 2**-1000.0],
    "asin": [1 - 2**-53],
    "atanh": [1 - 2**-53],
    "logistic": [800.0, -800.0],
    "erf_inv": [1 - 2**-53, 2**-1000.0],
    "bessel_i0e": [2**-1000.0, 1e4, -3e5],
    "bessel_i1e": [2**-1000.0, 1e4, -3e5],
    "bessel_gap": [1e4, -3e5],
    "cbrt": [-8.0, 2**-1074.0],
}


@pytest.fixture(params=sorted(BACKENDS))
def ball(request: pytest.FixtureRequest) -> Callable[[int], Ball]:
    """A ball system of each backend."""
    backend = BACKENDS[request.param]

    def system(digits: int) -> Ball:
        return Ball(digits, backend)

    return system


def drawn(name: str, operand: int, count: int = 25) -> list[float]:
    random = np.random.default_rng([operand, *name.encode()])
    low, high = DOMAINS.get(name, (-30.0, 30.0)) if operand == 0 else (-30.0, 30.0)
    wide = random.standard_normal(400 * count) * 2.0 ** random.integers(-40, 5, 400 * count)
    return [float(x) for x in wide if low < x < high][:count]


def points(name: str) -> list[tuple[float, ...]]:
    if name in BINARY:
        return list(zip(drawn(name, 0), drawn(name, 1), strict=True))
    return [(x,) for x in drawn(name, 0) + HARD.get(name, [])]


def holds(found: Scalar, true: Scalar) -> bool:
    """Whether what a ball system found contains a real that is known to many more digits."""
    if type(found) is BallNumber:
        return not is_special(true) and found.contains(true)
    return str(found) == str(true) or (type(found) is Real and found == true)


def some(system: Ball, x: float) -> Scalar:
    """A scalar of which a small set is known: x and what is nearly x."""
    third = system.apply(DEFINITIONS["div"], F64, [from_number(x), from_number(3)])
    return system.apply(DEFINITIONS["mul"], F64, [third, from_number(3)])


# -- definitions ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("backend", sorted(TABLES))
def test_every_definition_has_a_ball_function(backend: str) -> None:
    """What is missing is a row of FUNCTIONS in reference/balls/`backend`.py: nothing could be proved without it."""
    formulas = {name for name, row in DEFINITIONS.items() if row.formula is not None}
    missing = DEFINITIONS.keys() - TABLES[backend].keys() - formulas
    assert not missing, f"Add a row to FUNCTIONS of reference/balls/{backend}.py for {sorted(missing)}."
    unknown = TABLES[backend].keys() - DEFINITIONS.keys() - WITHOUT_A_PRIMITIVE
    assert not unknown, (
        f"Remove the rows of reference/balls/{backend}.py that define nothing: {sorted(unknown)}."
    )


def families() -> dict[str, Definition]:
    powers = {f"integer_pow {n}": integer_pow(n) for n in (-7, -1, 0, 1, 2, 3, 10)}
    gap = {"bessel_gap": _BESSEL_GAP}
    plain = {name: row for name, row in DEFINITIONS.items() if name not in PARAMETRIC}
    return {**plain, **gap, **powers, **{f"polygamma {k}": polygamma(k) for k in (1, 2, 3)}}


@pytest.mark.parametrize("name", sorted(families()))
def test_a_ball_contains_what_the_definition_is_at_many_more_digits(
    name: str, ball: Callable[[int], Ball]
) -> None:
    definition, system, exact = families()[name], ball(50), Exact(200)
    for at in points(name.partition(" ")[0]):
        xs = [from_number(x) for x in at]
        found, true = system.apply(definition, F64, xs), exact.apply(definition, F64, xs)
        assert holds(found, true), (at, found, true)
        near = system.apply(definition, F64, [some(system, x) for x in at])
        assert holds(near, true) or is_special(true), (at, near, true)


WIDE = [
    (-3.0, 2.5),
    (-0.5, 0.5),
    (0.0, 2.0),
    (-1.0, 0.0),
    (0.25, 7.5),
    (-2.75, -1.5),
    (-2.5, -2.25),
    (1.0, 1.5),
    (2.0, 9.0),
    (-7.0, -5.0),
    (0.9, 1.1),
    (-1e-9, 1e-9),
]


def inside(low: float, high: float) -> list[float]:
    """Reals of a set: its ends, what is drawn between, and the integers and zeros where functions are special."""
    random = np.random.default_rng([int(abs(1e9 * low)), int(abs(1e9 * high))])
    whole = range(math.ceil(low), math.floor(high) + 1)
    return [low, high, *random.uniform(low, high, 12).tolist(), *(float(n) for n in whole)]


def spread(system: Ball, low: float, high: float) -> BallNumber:
    ends = [raw_of(from_number(x)) for x in (low, high)]
    return BallNumber(system.backend.between(*ends), system.backend)


def is_in(found: Scalar, true: Scalar) -> bool:
    """Whether a set holds a value: what is unknown holds everything, NaN and infinities too; zeros have no sign."""
    if type(found) is BallNumber:
        return found.radius == INF or (not is_special(true) and found.contains(true))
    return holds(found, true) or (type(found) is float and found == true == 0.0)


@pytest.mark.parametrize("name", sorted(families()))
def test_a_wide_ball_contains_every_value_that_its_operands_may_have(
    name: str, ball: Callable[[int], Ball]
) -> None:
    definition, system, exact = families()[name], ball(20), Exact(60)
    others = [*WIDE, (-2.0, -2.0), (3.0, 3.0), (0.5, 0.5), (-3.5, -3.5)] if name in BINARY else [None]
    for first, second in itertools.product(WIDE, others):
        ranges = [first] if second is None else [first, second]
        found = system.apply(definition, F64, [spread(system, *r) for r in ranges])
        for at in itertools.product(*(inside(*r) for r in ranges)):
            true = exact.apply(definition, F64, [from_number(x) for x in at])
            assert is_in(found, true), (ranges, at, found, true)


@pytest.mark.parametrize("name", sorted(families()))
def test_a_radius_shrinks_as_digits_grow(name: str, ball: Callable[[int], Ball]) -> None:
    definition = families()[name]
    for at in points(name.partition(" ")[0])[:5]:
        radii = []
        for digits in (30, 60, 120):
            system = ball(digits)
            found = system.apply(definition, F64, [some(system, x) for x in at])
            assert type(found) is BallNumber or type(found) is Real or found == 0.0
            radii.append(found.radius if type(found) is BallNumber else 0.0)
        assert radii[0] >= radii[1] >= radii[2]
        assert radii[0] > radii[2] or radii[0] == 0.0
        assert radii[2] != INF, (at, found)


def test_the_backends_meet() -> None:
    """Two enclosures of one real have it in common."""
    for name, definition in families().items():
        for at in points(name.partition(" ")[0])[:8]:
            xs = [from_number(x) for x in at]
            a, b = (Ball(60, backend).apply(definition, F64, xs) for backend in BACKENDS.values())
            if type(a) is BallNumber and type(b) is BallNumber and a.ends and b.ends:
                (low, high), (least, most) = a.ends, b.ends
                assert Exact().decide(lambda x, y: not x > y, [real(low), real(most)]), name
                assert Exact().decide(lambda x, y: not x > y, [real(least), real(high)]), name


def test_a_planted_wrong_function_is_caught(
    ball: Callable[[int], Ball], monkeypatch: pytest.MonkeyPatch
) -> None:
    system = ball(50)
    monkeypatch.setitem(arb.FUNCTIONS, "sin", lambda x: x.sin() + type(x)((1, -100)))
    monkeypatch.setitem(interval.FUNCTIONS, "sin", interval.FUNCTIONS["cos"])
    for x in drawn("sin", 0):
        at = [from_number(x)]
        assert not holds(
            system.apply(DEFINITIONS["sin"], F64, at), Exact(200).apply(DEFINITIONS["sin"], F64, at)
        )


def test_a_definition_without_a_ball_function_says_what_to_add(ball: Callable[[int], Ball]) -> None:
    row = replace(DEFINITIONS["exp"], name="novel")
    with pytest.raises(NoBall, match=r"Add a row to FUNCTIONS of reference/balls/(arb|interval)\.py"):
        ball(50).apply(row, F64, [from_number(1)])


def test_a_formula_is_run_over_balls(ball: Callable[[int], Ball]) -> None:
    row = Definition(
        "novel",
        "x - x/3 - x/3",
        lambda s, x: x,
        formula=lambda o, x: o.sub(o.sub(x, o.div(x, 3)), o.div(x, 3)),
    )
    x = from_number(0.7)
    third = Exact(200).apply(DEFINITIONS["div"], F64, [x, from_number(3)])
    assert holds(ball(50).apply(row, F64, [x]), third)


@pytest.mark.parametrize("seed", range(60))
def test_chains_of_definitions_stay_in_their_balls(seed: int, ball: Callable[[int], Ball]) -> None:
    """Numbers known to 5, 12 or 30 digits, specials among them, go through eight definitions in a row."""
    random = np.random.default_rng(seed)
    leaves = [
        *random.uniform(-3, 3, 3).tolist(),
        float(random.choice([0.0, -0.0, INF, -INF, 1.0, -2.0, 1e20])),
    ]
    arithmetic = ["add", "sub", "mul", "div"]
    names = [
        str(random.choice(sorted(DEFINITIONS.keys() - PARAMETRIC) if random.random() < 0.6 else arithmetic))
        for _ in range(8)
    ]
    chosen = [random.integers(0, 4 + k, 2 if name in BINARY else 1) for k, name in enumerate(names)]

    def run(system: Exact) -> list[Scalar]:
        found = [system.lift(x, F64) for x in leaves]
        for name, places in zip(names, chosen, strict=True):
            found.append(system.apply(DEFINITIONS[name], F64, [found[i] for i in places]))
        return found

    for x, true in zip(run(ball(int(random.choice([5, 12, 30])))), run(Exact(200)), strict=True):
        assert is_in(x, true), (leaves, names, x, true)


# -- special values -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(UNARY))
def test_special_values_are_those_of_the_table(name: str, ball: Callable[[int], Ball]) -> None:
    for x in (0.0, -0.0, INF, -INF, NAN):
        if name not in DEFINITIONS:
            continue
        found, true = (s.apply(DEFINITIONS[name], F64, [x]) for s in (ball(50), Exact(200)))
        assert holds(found, true), (x, found, true)


@pytest.mark.parametrize("name", sorted(BINARY))
def test_special_values_beside_balls_are_those_beside_reals(name: str, ball: Callable[[int], Ball]) -> None:
    system, exact = ball(50), Exact(200)
    for special in (0.0, -0.0, INF, -INF, NAN):
        for y in (3.0, -2.5, 0.3):
            for swapped in (False, True):
                pairs = [special, some(system, y)], [special, from_number(y)]
                near, at = ([b, a] if swapped else [a, b] for a, b in pairs)
                found, true = (
                    system.apply(DEFINITIONS[name], F64, near),
                    exact.apply(DEFINITIONS[name], F64, at),
                )
                unknown = type(found) is BallNumber and found.radius == INF
                assert unknown or holds(found, true), (special, y, swapped, found, true)


def test_a_set_around_zero_is_no_zero(ball: Callable[[int], Ball]) -> None:
    system, one = ball(50), from_number(1)
    o = system.operations
    near = o.sub(o.add(o.square(o.sin(one)), o.square(o.cos(one))), 1)
    assert type(near) is BallNumber
    assert near.contains(0.0)
    for unknown in (o.div(one, near), o.log(near), o.pow(near, from_number(-1)), o.rem(one, near)):
        assert unknown.radius == INF
        assert math.isnan(unknown.value)
    assert o.mul(0.0, near).contains(0.0)
    assert o.mul(0.0, near).radius == 0.0
    assert o.mul(INF, near).radius == INF
    assert o.add(near, INF) == INF
    assert o.atan2(INF, near).contains(from_number(math.pi / 2)) is False
    assert o.atan2(INF, near).radius < 2.0**-100
    assert o.atan2(near, -INF).radius == INF
    assert o.sub(near, near) == 0.0


def test_what_is_too_large_or_too_small_for_its_backend_is_neither_infinite_nor_zero(
    ball: Callable[[int], Ball],
) -> None:
    o = ball(50).operations
    for found in (o.exp(HUGE), o.sinh(HUGE), o.pow(HUGE, HUGE), o.exp(o.neg(HUGE)), o.erfc(HUGE)):
        assert type(found) is BallNumber
        assert found.radius == INF or found.contains(0.0)
        assert not is_special(o.div(1, found)) or math.isnan(o.div(1, found))


def test_outside_of_a_domain_is_nan_and_astride_of_its_edge_unknown(ball: Callable[[int], Ball]) -> None:
    o, system = ball(50).operations, ball(50)
    for name, x in [
        ("log", -2.0),
        ("sqrt", -2.0),
        ("acos", 2.0),
        ("acosh", 0.5),
        ("atanh", -3.0),
        ("log1p", -2.0),
    ]:
        assert math.isnan(system.apply(DEFINITIONS[name], F64, [from_number(x)]))
        assert math.isnan(system.apply(DEFINITIONS[name], F64, [some(system, x)]))
    edge = some(system, 1.0)
    if type(edge) is BallNumber and edge.radius != 0.0:
        assert system.apply(DEFINITIONS["atanh"], F64, [edge]).radius == INF
    assert o.lgamma(from_number(-2)) == INF
    assert math.isnan(o.pow(from_number(-2), from_number(0.5)))
    assert holds(o.pow(from_number(-2), from_number(3)), from_number(-8))


ROOTS: dict[str, Callable[[Any], Any]] = {
    "squares": lambda x: vnp.sqrt(vnp.sum((x - vnp.mean(x)) ** 2) / 3),
    "products": lambda x: vnp.sqrt(vnp.dot(x - vnp.mean(x), x - vnp.mean(x))),
    "deviation": vnp.std,
    "sizes": lambda x: vnp.sqrt(vnp.abs(x - vnp.mean(x))),
}


@pytest.mark.parametrize("name", sorted(ROOTS))
def test_the_root_of_what_is_never_negative_is_enclosed_next_to_zero(
    name: str, ball: Callable[[int], Ball]
) -> None:
    """The mean of equal numbers is one of them, which no radius says: their deviation is 0, not unknown."""

    def function(x: Any) -> list[Any]:
        return [ROOTS[name](vnp.exp(x) / 3)]

    (found,) = evaluate(function, [np.full(3, 0.1, F32)], ball(50))
    for s in found.scalars:
        assert s.contains(0.0)
        assert s.radius < 2.0**-60
    assert true_value(function, [np.full(3, 0.1, F32)]).certified


def test_the_root_of_what_may_be_negative_is_not_enclosed_next_to_zero(ball: Callable[[int], Ball]) -> None:
    (found,) = evaluate(lambda x: [vnp.sqrt(vnp.sin(x) ** 2 + vnp.cos(x) ** 2 - 1)], [F32(0.7)], ball(50))
    assert found.scalars[0].radius == INF


# -- sums -------------------------------------------------------------------------------------------------------
def programs() -> dict[str, tuple[Callable[..., list[Any]], list[Any]]]:
    random = np.random.default_rng(7)
    x, w = random.standard_normal((3, 5)).astype(F32), random.standard_normal((5, 4)).astype(F32)

    def walk(v: Any) -> list[Any]:
        return list(lax.scan(lambda c, _: (vnp.sin(c) * 1.5 + v, vnp.max(c)), v, None, length=30))

    return {
        "dot": (lambda a, b: [a @ b, vnp.tanh(a) @ vnp.exp(b)], [x, w]),
        "sums": (lambda a: [vnp.sum(vnp.exp(a), 0), vnp.cumsum(vnp.sin(a), 1), vnp.mean(a)], [x]),
        "products": (lambda a: [vnp.prod(vnp.exp(a), 1), vnp.cumprod(vnp.cos(a), 0)], [x]),
        "extremes": (lambda a: [vnp.max(vnp.sin(a)), vnp.min(vnp.sin(a), 1), vnp.argmax(vnp.cos(a), 1)], [x]),
        "sorting": (lambda a: [vnp.sort(vnp.sin(a), 1), vnp.argsort(vnp.exp(a), 0)], [x]),
        "scan": (walk, [x[0]]),
        "while": (lambda a: [lax.while_loop(lambda c: vnp.sum(c) < 90, lambda c: c + vnp.exp(a), a)], [x]),
        "softmax": (lambda a: [nn.softmax(a), nn.log_softmax(a), nn.logsumexp(a)], [x]),
        "clamp": (lambda a: [vnp.clip(vnp.sin(a), -0.5, 0.5), nn.relu(vnp.sin(a))], [x]),
        "steps": (
            lambda a: [vnp.floor(3 * vnp.exp(a)), vnp.round(9 * vnp.sin(a)), vnp.sign(vnp.sin(a))],
            [x],
        ),
        "gradient": (lambda a: [grad(lambda v: vnp.sum(vnp.tanh(v) * v))(a)], [x[0]]),
    }


@pytest.mark.parametrize("name", sorted(programs()))
def test_a_program_in_balls_contains_the_program_in_reals(name: str, ball: Callable[[int], Ball]) -> None:
    function, args = programs()[name]
    system = ball(50)
    found, true = evaluate(function, args, system), evaluate(function, args, chained(name))
    assert not system.doubt
    for y, z in zip(found, true, strict=True):
        for s, t in zip(y.scalars, z.scalars, strict=True):
            assert holds(s, t), (s, t)
            assert type(s) is not BallNumber or s.radius < 2.0**-100


def chained(name: str) -> Any:
    """More digits; a derivative by the chain rule, as in balls."""
    return Dual(Exact(120)) if name == "gradient" else Exact(120)


def test_sums_of_known_reals_have_no_radius(ball: Callable[[int], Ball]) -> None:
    system, add = ball(50), PRIMITIVES["reduce_sum"]
    huge, one = from_number(1e300), from_number(1)
    assert system.total(add, F64, [huge, one, from_number(-1e300)]) == 1
    assert system.total(add, F64, [huge, one], [one, huge]) == 2 * huge
    assert system.total(add, F64, [INF, some(system, 0.7)]) == INF
    assert math.isnan(system.total(add, F64, [INF, -INF, some(system, 0.7)]))
    assert math.isnan(system.total(add, F64, [INF, some(system, 0.7)], [0.0, one]))
    assert system.total(add, F64, [system.unknown, one]).radius == INF
    assert system.total(add, F64, [INF, system.unknown]).radius == INF
    long = evaluate(lambda x: [power(x)], [np.full((2, 2), 1.1, F32)], system)
    assert type(long[0].scalars[0]) is BallNumber
    assert long[0].scalars[0].radius < long[0].scalars[0].value * 2**-100


def power(x: Any) -> Any:
    """The 1024th power of a matrix, whose exact elements have tens of thousands of bits."""
    for _ in range(10):
        x = x @ x
    return x


# -- decisions --------------------------------------------------------------------------------------------------
TIES: dict[str, Callable[[Any], Any]] = {
    "comparison": lambda x: vnp.sin(x) ** 2 + vnp.cos(x) ** 2 > 1,
    "equality": lambda x: vnp.exp(vnp.log(x)) == x,
    "choice": lambda x: vnp.where(vnp.exp(x) * vnp.exp(x) < vnp.exp(2 * x), x, -x),
    "argmax": lambda x: vnp.argmax(vnp.stack([vnp.exp(x) * vnp.exp(x), vnp.exp(2 * x)])),
    "sort": lambda x: vnp.argsort(vnp.stack([vnp.exp(x) * vnp.exp(x), vnp.exp(2 * x)])),
    "integer": lambda x: (vnp.exp(vnp.log(x * 3)) / x).astype(vnp.int32),
    "while": lambda x: lax.while_loop(lambda c: vnp.exp(vnp.log(c)) < c, lambda c: c + 1, x),
}


@pytest.mark.parametrize("name", sorted(TIES))
def test_a_comparison_within_the_radius_leaves_a_doubt(name: str, ball: Callable[[int], Ball]) -> None:
    system = ball(50)
    evaluate(lambda x: [TIES[name](x)], [F32(0.7)], system)
    assert system.doubt


def test_one_scalar_is_equal_to_itself_and_the_same_function_of_it_the_same_scalar(
    ball: Callable[[int], Ball],
) -> None:
    def function(x: Any) -> list[Any]:
        y = vnp.exp(x)
        return [y == vnp.max(y), vnp.exp(x) == vnp.exp(x), vnp.sum(y) == vnp.sum(vnp.exp(x)), y - vnp.exp(x)]

    system = ball(50)
    found = evaluate(function, [np.array([0.1, 0.7, 0.3], F32)], system)
    assert not system.doubt
    assert found[0].scalars == [False, True, False]
    assert found[1].scalars == [True] * 3
    assert found[2].scalars == [True]
    assert found[3].scalars == [0.0] * 3


STEPS: dict[str, Callable[[Any], Any]] = {
    "floor": vnp.floor,
    "ceil": vnp.ceil,
    "round": lambda x: vnp.round(x - 0.5),
    "sign": lambda x: vnp.sign(x - 8),
}


@pytest.mark.parametrize("name", sorted(STEPS))
def test_a_step_within_the_radius_is_never_guessed(name: str, ball: Callable[[int], Ball]) -> None:
    (found,) = evaluate(lambda x: [STEPS[name](vnp.exp(vnp.log(x)))], [F32(8)], ball(50))
    (exactly,) = evaluate(lambda x: [STEPS[name](x)], [F32(8)], Exact())
    assert found.scalars[0].contains(exactly.scalars[0])
    assert found.scalars[0].radius >= 0.5


def test_an_extreme_that_is_not_decided_is_what_it_may_be(ball: Callable[[int], Ball]) -> None:
    def function(x: Any) -> list[Any]:
        pair = vnp.stack([vnp.exp(x) * vnp.exp(x), vnp.exp(2 * x)])
        return [vnp.max(pair), vnp.min(pair)]

    system = ball(50)
    for found in evaluate(function, [F32(0.7)], system):
        (true,) = evaluate(lambda x: [vnp.exp(2 * x)], [F32(0.7)], Exact(120))
        assert holds(found.scalars[0], true.scalars[0])
    assert not system.doubt


def test_extremes_of_nan_are_nan(ball: Callable[[int], Ball]) -> None:
    system = ball(50)
    for x in (NAN, system.unknown):
        found = system.extreme(F64, [some(system, 0.7), x], 1)
        assert math.isnan(system.value(found))
    assert system.extreme(F64, [INF, some(system, 0.7)], 1) == INF


def test_a_derivative_with_a_case_of_its_own_does_not_guess(ball: Callable[[int], Ball]) -> None:
    system = ball(50)

    def slope(x: Any) -> list[Any]:
        near = vnp.sin(x) ** 2 + vnp.cos(x) ** 2 - 1
        return [grad(lambda u: u ** (near + 0 * u))(x)]

    evaluate(slope, [F32(0.7)], system)
    assert system.doubt


# -- backends -----------------------------------------------------------------------------------------------------
def test_intervals_stand_in_where_flint_is_not_installed() -> None:
    code = """
import sys
sys.modules["flint"] = None
from verax.reference import Ball, true_value
from verax import numpy as vnp
import numpy as np
assert Ball().backend.name == "intervals", Ball().backend.name
found = true_value(lambda x: [vnp.sum(vnp.exp(x) @ vnp.sin(x))], [np.eye(3, dtype=np.float32)])
assert found.proof and found.certified
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_arb_is_used_where_it_is_installed_and_its_precision_is_given_back() -> None:
    import flint

    assert enclosures(100).name == "Arb"
    with flint.ctx.workprec(77):
        found = true_value(lambda x: [vnp.exp(x) + vnp.sum(x * vnp.ones(3, vnp.float32))], [F32(0.7)])
        assert found.proof
        assert flint.ctx.prec == 77


def test_balls_print_and_are_read_by_other_systems(ball: Callable[[int], Ball]) -> None:
    system = ball(20)
    number = some(system, 0.7)
    assert repr(number).startswith("BallNumber(")
    assert repr(system) == "Ball(20)"
    assert repr(system.with_digits(30)) == "Ball(30)"
    assert system.adopt(number) is number
    assert Exact().adopt(number) == number.value
    assert system.unknown.contains(from_number(3))
    assert not system.unknown.ends


@pytest.mark.parametrize("x", [-3.0, -3.4028234663852886e38])
@pytest.mark.parametrize("order", [1, 2])
def test_a_pole_of_a_polygamma_is_unknown_or_special_and_no_error(
    ball: Callable[[int], Ball], order: int, x: float
) -> None:
    found = ball(50).apply(polygamma(order), F64, [from_number(x)])

    assert is_special(found) or found.radius == INF
