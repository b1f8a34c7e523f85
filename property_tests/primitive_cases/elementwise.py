"""Elementwise primitives: asked of the catalogue, they need no row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...language import lax
from ...language.dispatch import bind
from ...language.dtypes import (
    ALL,
    DType,
    is_complex,
    is_float,
    real_of,
)
from ...language.primitive import Domain, Primitive, reals
from ...language.shapes import ShapedArray
from .case import FLOATS, Case, Rng, Shape, applied, operand, pick, some_shape

# Parameters of the elementwise primitives that have any.
_PARAMS: dict[str, Callable[[Rng, DType], dict[str, Any]]] = {
    "round": lambda rng, _: {"rounding_method": int(rng.integers(2))},
    "integer_pow": lambda rng, d: {"y": int(rng.integers(-3 if is_float(d) else 0, 6))},
}


def params_of(primitive: Primitive, rng: Rng, dtype: DType) -> dict[str, Any]:
    """The parameters of an elementwise primitive: drawn if it has any."""
    return _PARAMS[primitive.name](rng, dtype) if primitive.name in _PARAMS else {}


def accepted(primitive: Primitive, arity: int, dtypes: Sequence[DType] = ALL) -> list[DType]:
    """The dtypes that an elementwise primitive takes, all operands alike."""
    found = []
    for dtype in dtypes:
        params = params_of(primitive, np.random.default_rng(0), dtype)
        try:
            primitive.infer([ShapedArray((2,), dtype)] * arity, params)
        except (TypeError, ValueError):  # that is how a row says no
            continue
        found.append(dtype)
    return found


def elementwise(rng: Rng, primitive: Primitive) -> Case:
    """An elementwise primitive at operands of a drawn dtype and shape."""
    arity = len(primitive.domain)
    known = accepted(primitive, arity)
    floats = [d for d in FLOATS if d in known]
    others = [d for d in known if not is_float(d)]
    dtype = pick(rng, floats if floats and (not others or rng.random() < 0.75) else others)
    shape = some_shape(rng)
    params = params_of(primitive, rng, dtype)
    if primitive.name in HELD:
        return _with_held(rng, primitive, dtype, shape)
    # Half the time inside the primitive's own domain, half the time anywhere.
    inside = rng.random() < 0.5
    if is_complex(dtype):
        return _of_parts(primitive, dtype, shape, params, rng)
    if primitive.name == "complex":
        pair = (operand(dtype, shape),) * 2
        return Case(f"complex_{dtype}", parts_of(applied(primitive, params)), pair, params, alone=False)
    operands = [
        operand(dtype, shape, d if inside and d != reals and is_float(dtype) else None)
        for d in primitive.domain
    ]
    return Case(f"{primitive.name}_{dtype}", applied(primitive, params), tuple(operands), params)


def parts_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose complex result is given as its parts."""

    def parts(*operands: Any) -> Any:
        found = function(*operands)
        return (lax.real(found), lax.imag(found)) if is_complex(found.dtype) else found

    return parts


def _of_parts(primitive: Primitive, dtype: DType, shape: Shape, params: Mapping[str, Any], rng: Rng) -> Case:
    """A function of complex numbers as a function of their parts, where it is not infinite or steep."""
    shape = shape[:1]  # twice as many reals, each a row of formulas
    function, count = parts_of(applied(primitive, params)), len(primitive.domain)

    def of_parts(*reals: Any) -> Any:
        return function(*map(lax.complex, reals[::2], reals[1::2]))

    of_parts.__name__ = primitive.name
    part = operand(real_of(dtype), shape, Domain(-4.0, 4.0))
    return Case(f"{primitive.name}_{dtype}", of_parts, (part,) * (2 * count), params, alone=False)


# Functions with parameters by which they have no derivative of every order: those are drawn here, and held.
HELD: dict[str, Callable[[Rng, Shape], Sequence[Any]]] = {
    "igamma": lambda rng, shape: [_sized(rng, shape, 20.0)],
    "igammac": lambda rng, shape: [_sized(rng, shape, 20.0)],
    "igamma_grad_a": lambda rng, shape: [_sized(rng, shape, 20.0)],
    "random_gamma_grad": lambda rng, shape: [_sized(rng, shape, 20.0)],
    "regularized_incomplete_beta": lambda rng, shape: [_sized(rng, shape, 50.0), _sized(rng, shape, 50.0)],
    "zeta": lambda rng, shape: [1 + _sized(rng, shape, 20.0)],
    "polygamma": lambda rng, shape: [rng.integers(0, 8, shape)],
}


def _sized(rng: Rng, shape: Shape, most: float) -> Any:
    """Numbers of all sizes between 1/10 and a limit."""
    return np.exp(rng.uniform(np.log(0.1), np.log(most), shape))


def _with_held(rng: Rng, primitive: Primitive, dtype: DType, shape: Shape) -> Case:
    held = [np.asarray(x) for x in HELD[primitive.name](rng, shape)]

    def function(x: Any) -> Any:
        return bind(primitive, *(h.astype(x.dtype) for h in held), x)[0]

    function.__name__ = primitive.name
    domain = primitive.domain[len(held)]
    if domain.high == 1000.0:  # a limit far out on a tail takes a thousand digits of a thousand terms
        domain = Domain(0.25, 20.0)
    return Case(f"{primitive.name}_{dtype}", function, (operand(dtype, shape, domain),))
