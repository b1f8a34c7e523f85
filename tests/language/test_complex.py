"""Complex dtypes meet others, are accepted and refused, and differentiate as in JAX."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest
from jax import lax as jax_lax
from jax import numpy as jnp

import verax
import verax.numpy as vnp
from verax import lax
from verax.language.config import enable_x64

DTYPES = (
    "bool",
    "int8",
    "uint32",
    "int64",
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "complex64",
    "complex128",
)
WIDE = ("int64", "float64", "complex128")
Z = np.array([1 + 2j, -0.5 + 0.25j, 3 - 1j], np.complex64)
W = np.array([0.5 - 1j, 2 + 0.5j, -1 - 1j], np.complex64)


@pytest.mark.parametrize(
    ("other", "x64"), [(d, x64) for d in DTYPES for x64 in (False, True) if x64 or d not in WIDE]
)
def test_promotion_is_jax(other: str, x64: bool) -> None:
    with enable_x64(x64), jax.enable_x64(x64):
        for own in ("complex64", "complex128") if x64 else ("complex64",):
            assert str(vnp.promote_types(own, other)) == str(jnp.promote_types(own, other))
        for ours, theirs in ((1j * vnp.ones(2, other), 1j * jnp.ones(2, other)),):
            assert (str(ours.dtype), ours.weak_type) == (str(theirs.dtype), theirs.weak_type)
        assert vnp.asarray(1j).weak_type == jnp.asarray(1j).weak_type


UNARY = (
    *("neg", "sign", "abs", "sqrt", "rsqrt", "square", "exp", "exp2", "expm1", "log", "log1p", "logistic"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("reciprocal", "floor", "ceil", "round", "is_finite", "erf", "lgamma", "cbrt", "bitwise_not"),
    *("real", "imag", "conj"),
)
BINARY = (
    *(
        "add",
        "sub",
        "mul",
        "div",
        "rem",
        "max",
        "min",
        "atan2",
        "nextafter",
        "eq",
        "ne",
        "lt",
        "le",
        "pow",
        "complex",
    ),
)


def _kind(function: Callable[..., Any], *operands: Any) -> Any:
    try:
        found = function(*operands)
    except (TypeError, ValueError):
        return "refused"
    return str(found.dtype), found.shape


@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_what_takes_complex_numbers_is_what_takes_them_in_jax(name: str) -> None:
    operands = (Z, W) if name in BINARY else (Z,)
    ours = _kind(lambda *x: verax.eval_shape(getattr(lax, name), *x), *operands)
    theirs = _kind(lambda *x: jax.eval_shape(getattr(jax_lax, name), *x), *operands)
    assert ours == theirs


NAMES: dict[str, Callable[[Any], Any]] = {
    "angle": lambda n: n.angle(Z),
    "angle deg": lambda n: n.angle(Z, deg=True),
    "real": lambda n: n.real(Z),
    "imag": lambda n: n.imag(Z.real),
    "conj": lambda n: n.conj(Z),
    "isfinite": lambda n: n.isfinite(n.asarray([1j, np.inf + 1j, 1 + 1j * np.nan])),
    "isinf": lambda n: n.isinf(n.asarray([1j, np.inf + 1j, 1 + 1j * np.nan])),
    "isnan": lambda n: n.isnan(n.asarray([1j, np.inf + 1j, 1 + 1j * np.nan])),
    "iscomplex": lambda n: n.iscomplex(n.asarray([1j, 2.0])),
    "isreal": lambda n: n.isreal(n.asarray([1j, 2.0])),
    "round": lambda n: n.round(Z * 1.3),
    "less": lambda n: n.asarray(Z) < n.asarray(W),
    "less, equal real parts": lambda n: n.asarray([1 + 1j]) < n.asarray([1 + 2j]),
    "maximum": lambda n: n.maximum(Z, W),
    "minimum": lambda n: n.minimum(Z, W),
    "sort": lambda n: n.sort(n.asarray([3j, 1.0, 1 - 1j, -2.0])),
    "sort_complex": lambda n: n.sort_complex(n.asarray([3, 1, 2])),
    "sum": lambda n: n.sum(Z),
    "prod": lambda n: n.prod(n.asarray([1j, 2.0, 1 + 1j], np.complex64)),
    "cumsum": lambda n: n.cumsum(Z),
    "mean": lambda n: n.mean(n.asarray([1j, 3.0], np.complex64)),
    "matmul": lambda n: n.asarray([[1j, 2], [0, 1]], np.complex64) @ n.asarray([1, 1j], np.complex64),
    "where": lambda n: n.where(np.array([True, False, True]), Z, W),
    "nan_to_num": lambda n: n.nan_to_num(n.asarray([complex(np.nan, 1), complex(2, np.inf)], np.complex64)),
    "astype bool": lambda n: n.asarray([0j, 1j]).astype(bool),
    "zeros": lambda n: n.zeros(2, np.complex64),
    "take": lambda n: n.asarray(Z)[np.array([2, 0])],
    "at set": lambda n: n.asarray(Z).at[1].set(5j),
    "at multiply": lambda n: n.asarray([1 + 1j, 2]).at[0].multiply(1j),
}


@pytest.mark.parametrize("implementation", ["fast", "reference"])
@pytest.mark.parametrize("name", NAMES)
def test_names_give_what_they_give_in_jax(name: str, implementation: str) -> None:
    theirs = NAMES[name](jnp)
    with verax.using(implementation):
        ours = NAMES[name](vnp)
    assert str(ours.dtype) == str(theirs.dtype)
    a, b = np.asarray(ours), np.asarray(theirs)
    if name in ("angle", "angle deg"):  # an inverse tangent, right to an ulp in each
        assert (np.abs(a - b) <= 2 * np.spacing(np.abs(b))).all()
    else:
        assert np.array_equal(a, b, equal_nan=True)


def test_a_real_dtype_drops_the_imaginary_part() -> None:
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            assert vnp.asarray(Z).astype(np.float32).tolist() == Z.real.tolist()


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: verax.grad(lambda z: z * z)(1 + 1j), "results of grad must be real, got c64"),
    (
        lambda: verax.grad(lambda z: z * z, holomorphic=True)(1.0),
        "arguments of grad with holomorphic=True must be complex",
    ),
    (
        lambda: verax.grad(abs, holomorphic=True)(1j),
        "results of grad with holomorphic=True must be complex",
    ),
    (lambda: verax.jacfwd(lambda z: z * z)(1j), "arguments of jacfwd must be real"),
    (lambda: verax.jacrev(lambda z: z * z)(1j), "results of jacrev must be real"),
    (lambda: lax.lt(Z, W), "must have a dtype among"),
    (lambda: vnp.hypot(Z, W), "must be real, got complex64"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_what_has_no_meaning_is_refused_with_the_mend(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


HOLOMORPHIC: list[Callable[[Any], Callable[[Any], Any]]] = [
    lambda m: lambda z: z * z * z,
    lambda m: lambda z: 1 / z,
    lambda m: lambda z: (m.asarray(2.0) + z) * z,
]


@pytest.mark.parametrize("implementation", ["fast", "reference"])
@pytest.mark.parametrize("function", HOLOMORPHIC)
def test_holomorphic_derivatives_are_jax(function: Any, implementation: str) -> None:
    z = np.complex64(1 + 2j)
    for name, order in itertools.product(("grad", "jacfwd", "jacrev"), (1, 2)):
        ours, theirs = function(vnp), function(jnp)
        with verax.using(implementation):
            for _ in range(order):
                ours = getattr(verax, name)(ours, holomorphic=True)
                theirs = getattr(jax, name)(theirs, holomorphic=True)
            a, b = complex(ours(z)), complex(theirs(z))
        assert abs(a - b) <= 4 * np.spacing(np.float32(abs(b)))


@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_a_gradient_by_a_complex_number_is_the_partial_by_x_less_i_times_that_by_y(
    implementation: str,
) -> None:
    with verax.using(implementation):
        assert complex(verax.grad(lambda z: vnp.real(z) + 2 * vnp.imag(z))(1 + 1j)) == 1 - 2j
        assert complex(verax.grad(lambda z: vnp.abs(z) ** 2)(3 + 4j)) == 6 - 8j
        assert complex(verax.grad(vnp.abs)(0j)) == 0  # the subgradient of least size, as in JAX
        _, pullback = verax.vjp(lax.complex, 3.0, 4.0)
        assert [float(c) for c in pullback(vnp.asarray(1 + 2j))] == [1.0, -2.0]


EXTREMES: dict[str, Callable[[Any, Any], Any]] = {
    "reduce_max": lambda m, x: m.reduce_max(x, (0, 1)),
    "reduce_min": lambda m, x: m.reduce_min(x, (1,)),
    "cummax": lambda m, x: m.cummax(x, 1),
    "cummin": lambda m, x: m.cummin(x, 0, reverse=True),
    "max": lambda m, x: m.max(x, x[::-1]),
    "sort": lambda m, x: m.sort(x, 1),
}


@pytest.mark.parametrize("implementation", ["fast", "reference"])
@pytest.mark.parametrize("name", EXTREMES)
def test_extremes_are_lexicographic_as_in_jax(name: str, implementation: str) -> None:
    rng = np.random.default_rng(3)
    x = (rng.integers(-2, 3, (4, 5)) + 1j * rng.integers(-2, 3, (4, 5))).astype(np.complex64)
    with verax.using(implementation):
        ours = np.asarray(EXTREMES[name](lax, vnp.asarray(x)))
    assert np.array_equal(ours, np.asarray(EXTREMES[name](jax_lax, jnp.asarray(x))))


def test_lanes_take_the_extreme_of_complex_numbers_together() -> None:
    x = np.array([1 + 2j, 1 + 3j, 0.5 + 9j], np.complex64)
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            found = verax.vmap(lambda z: lax.pmax(z, "i"), axis_name="i")(x)
        assert found.tolist() == [1 + 3j] * 3


def test_nan_is_left_out_of_complex_sums() -> None:
    x = np.array([1 + 1j, complex(2, np.nan), 3 - 2j], np.complex64)
    assert np.asarray(vnp.nansum(x)).item() == 4 - 1j
    assert np.asarray(vnp.nancumsum(x)).tolist() == [1 + 1j, 1 + 1j, 4 - 1j]


def test_reals_in_order_have_no_negative_zeros_beside_them() -> None:
    assert not np.signbit(np.asarray(vnp.sort_complex(np.array([2, 1], np.uint8))).imag).any()


def test_the_bound_of_a_complex_number_knows_the_ends_of_its_format() -> None:
    from verax.adapters.numpy_profile import NUMPY
    from verax.reference import Bounded, evaluate

    with enable_x64(True):
        for z in (-1e300 + 1j, 1e308 + 1e308j):
            function = vnp.exp if z.real < 0 else vnp.square
            (found,) = evaluate(lambda x, f=function: [f(x)], [np.array(z)], Bounded(NUMPY))
            assert all(s.bound > 0 for s in found.scalars)
