"""`verax.nn`: JAX's types, the values of the definitions within the derived bound, derivatives at hard points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from tests.language import test_numpy_against_jax as types
from tests.language import test_numpy_against_numpy as values

import verax
from verax.adapters.numpy_profile import NUMPY
from verax.language import nn
from verax.language import numpy as vnp
from verax.reference import Bounded, evaluate

Row = types.Row

ONE, AXES = types.ONE, types.AXES
MASK = np.array([[True, False, True, True], [True] * 4, [False, True, True, False]])


def unary(name: str, kind: str = "any") -> list[Any]:
    return [Row(types.named(name), (kind,), ONE)]


ROWS: dict[str, list[Any]] = {
    **{
        n: unary(n)
        for n in types.words(
            "tanh "
            "elu gelu hard_sigmoid hard_tanh identity leaky_relu log1mexp log_sigmoid mish relu "
            "relu6 selu soft_sign softplus sparse_plus sparse_sigmoid squareplus celu"
        )
    },
    **{n: unary(n, "float") for n in ("sigmoid", "silu", "swish", "hard_silu", "hard_swish")},
    "glu": [Row(types.named("glu"), ("float",), AXES)],
    **{
        n: [
            Row(types.named(n), ("float",), AXES),
            Row(types.named(n, axis=0), ("float",), AXES),
            Row(types.named(n, axis=(0, 1)), ("float",), AXES),
            Row(lambda m, x, n=n: getattr(m, n)(x, where=MASK), ("float",), (((3, 4),),)),
        ]
        for n in ("softmax", "log_softmax")
    },
    **{
        n: [
            Row(types.named(n), ("any",), AXES),
            Row(types.named(n, axis=-1, keepdims=True), ("any",), AXES),
            Row(lambda m, x, n=n: getattr(m, n)(x, axis=1, where=MASK), ("float",), (((3, 4),),)),
        ]
        for n in ("logsumexp", "logmeanexp")
    },
    "standardize": [Row(types.named("standardize"), ("float",), AXES)],
    "one_hot": [
        Row(types.named("one_hot", 5), ("int",), ONE),
        Row(types.named("one_hot", 5, axis=0, dtype="int8"), ("int",), ONE),
    ],
}
ROWS["gelu"].append(Row(types.named("gelu", approximate=False), ("any",), ONE))
ROWS["logsumexp"].append(
    Row(lambda m, x, b: m.logsumexp(x, b=b, return_sign=True), ("float", "float"), (((3, 4), (3, 4)),))
)


# tests/language/test_attention.py has their calls.
ATTENTION = {"dot_product_attention", "scaled_matmul"}


class OfJax:
    """`jax.nn`, called as our rows call it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(jax.nn, name)


def test_every_name_has_a_row() -> None:
    assert set(nn.__all__) == set(ROWS) | ATTENTION


@pytest.mark.parametrize("name", sorted(ROWS))
def test_types_are_jax_s(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types, "jnp", OfJax())
    assert types.disagreements(name, ROWS[name], 8, nn) == []


# -- values: the definition, at 50 digits --------------------------------------------------------------------
def softplus(x: Any) -> Any:
    return mpmath.log1p(mpmath.exp(x))


def sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def gelu(x: Any) -> Any:
    # The constants are the program's: rounded to float32 where it rounds them.
    scale = mpmath.mpf(float(np.float32(np.sqrt(2 / np.pi))))
    cube = mpmath.mpf(float(np.float32(0.044715)))
    return x / 2 * (1 + mpmath.tanh(scale * (x + cube * x**3)))


ALPHA, SCALE = (mpmath.mpf(float(np.float32(x))) for x in (1.6732632423543772, 1.0507009873554805))
SLOPE = mpmath.mpf(float(np.float32(1e-2)))

DEFINITIONS: dict[str, Callable[[Any], Any]] = {
    "tanh": mpmath.tanh,
    "relu": lambda x: max(x, 0),
    "relu6": lambda x: min(max(x, 0), 6),
    "leaky_relu": lambda x: x if x >= 0 else SLOPE * x,
    "hard_tanh": lambda x: min(max(x, -1), 1),
    "hard_sigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
    "hard_silu": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "celu": lambda x: x if x > 0 else mpmath.expm1(x),
    "selu": lambda x: SCALE * (x if x > 0 else ALPHA * mpmath.expm1(x)),
    "sigmoid": sigmoid,
    "log_sigmoid": lambda x: -softplus(-x),
    "softplus": softplus,
    "squareplus": lambda x: (x + mpmath.sqrt(x * x + 4)) / 2,
    "sparse_plus": lambda x: 0 if x <= -1 else x if x >= 1 else (x + 1) ** 2 / 4,
    "sparse_sigmoid": lambda x: min(max(x + 1, 0), 2) / 2,
    "soft_sign": lambda x: x / (abs(x) + 1),
    "silu": lambda x: x * sigmoid(x),
    "swish": lambda x: x * sigmoid(x),
    "mish": lambda x: x * mpmath.tanh(softplus(x)),
    "gelu": gelu,
    "identity": lambda x: x,
}
# Names over an axis, held to their definition by another test below; log1mexp is for positive numbers only.
ELSEWHERE = {
    *ATTENTION,
    "glu",
    "softmax",
    "log_softmax",
    "logsumexp",
    "logmeanexp",
    "standardize",
    "one_hot",
    "log1mexp",
}

POINTS = [
    0.0,
    1.0,
    -1.0,
    3.0,
    -3.0,
    6.0,
    0.5,
    -0.5,
    2.5,
    -7.25,
    20.0,
    -20.0,
    88.0,
    -87.0,
    1e-6,
    -1e-6,
    0.1,
    -0.7,
]


def off(function: Callable[..., Any], definition: Callable[[Any], Any], points: Sequence[float]) -> list[str]:
    """Where the program's exact value is not the definition's, or fast is not within the program's bound."""
    x = np.array(points, np.float32)
    program = values.program_of(function, [x])
    bounded = evaluate(program, [x], Bounded(NUMPY))[0].scalars
    found: list[str] = values.outside(program, [x], [program(x)[0].machine_value()], NUMPY)
    with mpmath.workdps(50):
        for point, scalar in zip(x, bounded, strict=True):
            true = mpmath.mpf(definition(mpmath.mpf(float(point))))
            apart = abs(true - mpmath.mpf(scalar.value))
            # Constants of the program are rounded; what is left apart must be less than its bound.
            if apart > abs(scalar.bound):
                found.append(f"at {point}: {scalar!r}, by definition {mpmath.nstr(true, 12)}")
    return found


def test_every_name_has_a_definition() -> None:
    assert set(nn.__all__) == set(DEFINITIONS) | ELSEWHERE


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_values_are_the_definition_s(name: str) -> None:
    assert off(getattr(nn, name), DEFINITIONS[name], POINTS) == []


def test_log1mexp_is_its_definition_at_both_ends() -> None:
    points = [1e-6, 0.1, 0.69, 0.7, 1.0, 20.0, 80.0]
    assert off(nn.log1mexp, lambda x: mpmath.log(1 - mpmath.exp(-x)), points) == []


def test_the_exact_gelu_is_x_times_the_normal_probability() -> None:
    half = mpmath.mpf(float(np.float32(np.sqrt(0.5))))
    points = [x for x in POINTS if abs(x) < 8]
    assert (
        off(lambda x: nn.gelu(x, approximate=False), lambda x: x / 2 * mpmath.erfc(-x * half), points) == []
    )


# -- over an axis ---------------------------------------------------------------------------------------------
def rows_of(seed: int) -> Any:
    random = Random(seed)
    return np.array([[random.uniform(-30, 30) for _ in range(4)] for _ in range(3)], np.float32)


def by_rows(function: Callable[[list[Any]], list[Any]], x: Any) -> list[Any]:
    with mpmath.workdps(50):
        return [y for row in x for y in function([mpmath.mpf(float(v)) for v in row])]


def _softmax(row: list[Any]) -> list[Any]:
    terms = [mpmath.exp(v) for v in row]
    return [t / sum(terms) for t in terms]


AXIS_DEFINITIONS: dict[str, tuple[Callable[..., Any], Callable[[list[Any]], list[Any]]]] = {
    "softmax": (nn.softmax, _softmax),
    "log_softmax": (nn.log_softmax, lambda row: [mpmath.log(p) for p in _softmax(row)]),
    "logsumexp": (lambda x: nn.logsumexp(x, axis=-1), lambda row: [mpmath.log(sum(map(mpmath.exp, row)))]),
    "logmeanexp": (
        lambda x: nn.logmeanexp(x, axis=-1),
        lambda row: [mpmath.log(sum(map(mpmath.exp, row)) / len(row))],
    ),
    "glu": (nn.glu, lambda row: [row[0] * sigmoid(row[2]), row[1] * sigmoid(row[3])]),
}


@pytest.mark.parametrize("name", sorted(AXIS_DEFINITIONS))
def test_values_over_an_axis_are_the_definition_s(name: str) -> None:
    function, definition = AXIS_DEFINITIONS[name]
    for seed in range(4):
        x = rows_of(seed)
        program = values.program_of(function, [x])
        assert values.outside(program, [x], [program(x)[0].machine_value()], NUMPY) == []
        found = evaluate(program, [x], Bounded(NUMPY))[0].scalars
        for scalar, true in zip(found, by_rows(definition, x), strict=True):
            assert abs(true - mpmath.mpf(scalar.value)) <= abs(scalar.bound), (name, scalar, true)


def test_softmax_sums_to_one_whatever_the_shift() -> None:
    x = rows_of(7)
    assert np.array_equal(np.asarray(nn.softmax(x)), np.asarray(nn.softmax(x - x.max(-1, keepdims=True))))


def test_one_hot_marks_the_index_and_nothing_out_of_range() -> None:
    found = np.asarray(nn.one_hot(vnp.array([0, 2, -1, 3]), 3))
    assert found.tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]]


def half_an_ulp_apart(exact: float, true: float) -> bool:
    return abs(exact - true) <= float(np.spacing(np.float32(abs(true)))) / 2


def test_standardize_keeps_digits_where_the_mean_is_large() -> None:
    x = np.array([1e4, 1e4 + 1, 1e4 + 2, 1e4 + 3], np.float32)
    program = values.program_of(lambda x: nn.standardize(x, epsilon=0.0), [x])
    found = evaluate(program, [x], Bounded(NUMPY))[0].scalars
    exact = [(v - 1.5) / np.sqrt(1.25) for v in range(4)]
    for scalar, got, true in zip(found, program(x)[0].machine_value(), exact, strict=True):
        assert values.allowed(got, scalar, np.dtype(np.float32))
        assert half_an_ulp_apart(float(scalar.value), true)


# -- derivatives at hard points --------------------------------------------------------------------------------
HARD_POINTS: list[tuple[str, float, float]] = [
    ("relu", 0.0, 0.0),
    ("relu", -0.0, 0.0),
    ("relu6", 0.0, 0.0),
    ("relu6", 6.0, 0.0),
    ("hard_tanh", 1.0, 1.0),
    ("hard_tanh", -1.0, 1.0),
    ("leaky_relu", 0.0, 1.0),
    ("elu", 0.0, 1.0),
    ("celu", 0.0, 1.0),
    ("softplus", 0.0, 0.5),
    ("log_sigmoid", 0.0, 0.5),
    ("sigmoid", 0.0, 0.25),
    ("silu", 0.0, 0.5),
    ("gelu", 0.0, 0.5),
    ("soft_sign", 0.0, 1.0),
    ("elu", 1000.0, 1.0),
    ("celu", 1000.0, 1.0),
    ("selu", 1000.0, float(np.float32(1.0507009873554805))),
]


@pytest.mark.parametrize(("name", "x", "slope"), HARD_POINTS)
def test_the_derivative_at_a_hard_point_in_both_implementations(name: str, x: float, slope: float) -> None:
    gradient = verax.grad(getattr(nn, name))
    assert float(gradient(np.float32(x))) == slope
    with verax.using(verax.reference):
        assert float(gradient(np.float32(x))) == slope


@pytest.mark.parametrize("x", [0.0, 1.5, -3.0])
def test_softplus_curves_as_the_logistic_slopes_even_at_zero(x: float) -> None:
    with verax.using(verax.reference):
        exact = float(verax.grad(verax.grad(nn.softplus))(np.float32(x)))
    s = 1 / (1 + np.exp(-x))
    assert half_an_ulp_apart(exact, s * (1 - s))


def test_the_slope_of_softplus_at_infinity_is_its_limit() -> None:
    assert float(verax.grad(nn.softplus)(np.float32(np.inf))) == 1.0
    assert float(verax.grad(nn.softplus)(np.float32(-np.inf))) == 0.0


def test_logsumexp_passes_by_minus_infinity() -> None:
    x = np.array([0.0, -np.inf, 0.0], np.float32)
    assert np.asarray(verax.grad(nn.logsumexp)(x)).tolist() == [0.5, 0.0, 0.5]
    assert float(nn.logsumexp(np.full(3, -np.inf, np.float32))) == -np.inf
    assert float(nn.logsumexp(np.array([np.inf, 0.0], np.float32))) == np.inf


def test_a_masked_element_has_no_derivative() -> None:
    x = np.array([1.0, np.nan, 2.0], np.float32)
    mask = np.array([True, False, True])
    found = np.asarray(verax.grad(lambda v: nn.log_softmax(v, where=mask)[0])(x))
    assert found[1] == 0
    assert np.isfinite(found).all()


# -- bad arguments -------------------------------------------------------------------------------------------
def test_a_message_names_argument_value_and_mend() -> None:
    with pytest.raises(ValueError, match="`x` of glu must have an even size along axis -1, got 3"):
        nn.glu(np.ones(3, np.float32))
    with pytest.raises(TypeError, match="`x` of one_hot must hold integers, got float32"):
        nn.one_hot(np.ones(3, np.float32), 3)
    with pytest.raises(ValueError, match="`algorithm` must be 'stable' or 'fast', got 'quick'"):
        nn.standardize(np.ones(3, np.float32), algorithm="quick")


# -- planted faults -------------------------------------------------------------------------------------------
FAULTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "sign": ("log_sigmoid", lambda x: -nn.softplus(x)),
    "factor": ("silu", lambda x: 2 * x * nn.sigmoid(x)),
    "branch": ("elu", lambda x: vnp.where(x > 0, vnp.expm1(x), x)),
    "constant": ("gelu", lambda x: nn.gelu(x, approximate=False)),
    "edge": ("relu6", lambda x: vnp.clip(x, 0, 5)),
    "smoothness": ("softplus", lambda x: vnp.maximum(x, 0)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(fault: str) -> None:
    name, function = FAULTS[fault]
    assert off(function, DEFINITIONS[name], [*POINTS, 100.0])


def test_jax_s_own_derivative_of_relu_is_ours() -> None:
    points = np.array([-1.0, 0.0, 1.0], np.float32)
    ours = np.asarray(verax.vmap(verax.grad(nn.relu))(points))
    assert np.array_equal(ours, np.asarray(jax.vmap(jax.grad(jax.nn.relu))(jnp.asarray(points))))
