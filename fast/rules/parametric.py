"""The slopes of functions with parameters; a derivative that no primitive gives is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...language import catalogue as rows
from ...language.dispatch import bind
from ...language.dtypes import bfloat16, float16, float32
from ...language.primitive import Primitive
from .. import operations as ops
from ..operations import add, compare, div, mul, neg, shift, sub, unary, where

Slope = Callable[..., Any]


def rule_of(*slopes: Slope) -> Callable[..., Any]:
    """Each tangent times its slope, ``slope(*operands, result)``; narrow floats' are computed in float32."""

    def rule(
        primitive: Primitive, primals: Sequence[Any], tangents: Sequence[Any], params: Mapping[str, Any]
    ) -> tuple[Sequence[Any], Sequence[Any]]:
        (result,) = bind(primitive, *primals, **params)
        dtype = result.dtype
        xs, z = list(primals), result
        if dtype in (float16, bfloat16):
            xs = [ops.convert(x, float32) for x in xs]
            (z,) = bind(primitive, *xs, **params)
        total = None
        for tangent, slope in zip(tangents, slopes, strict=True):
            if tangent is None:
                continue
            factor = slope(*xs, z)
            term = mul(tangent, factor if factor.dtype == dtype else ops.convert(factor, dtype))
            total = term if total is None else add(total, term)
        return [result], [total]

    return rule


def refused(name: str, operand: str, instead: str) -> Slope:
    """The slope by an operand that has none.

    Raises:
        NotImplementedError: it is asked for.
    """

    def slope(*operands: Any) -> Any:
        raise NotImplementedError(  # no primitive is that derivative
            f"The derivative of {name} by `{operand}` must not be asked for: {instead}. "
            f"Hold `{operand}` fixed with verax.lax.stop_gradient, or take a limit with verax.reference."
        )

    return slope


_NO_PRIMITIVE = "there is no primitive for it"


def _times_log(power: Any, x: Any) -> Any:
    """``power`` times log x, 0 where the power is."""
    none = compare("eq", power, ops.full_like(power, 0))
    return where(none, power, mul(power, unary("log", where(none, ops.full_like(x, 1), x))))


def _gamma_density(a: Any, x: Any) -> Any:
    exponent = sub(sub(_times_log(shift(a, -1.0), x), x), unary("lgamma", a))
    return unary("exp", exponent)


def _log_slope(a: Any, x: Any) -> Any:
    """The derivative by a of the density's logarithm."""
    return sub(unary("log", x), unary("digamma", a))


def _grad_a(a: Any, x: Any) -> Any:
    return bind(rows.igamma_grad_a_p, a, x)[0]


def _sample_slope(a: Any, x: Any, z: Any) -> Any:
    steep = shift(div(shift(a, -1.0), x), -1.0)
    return neg(add(_log_slope(a, x), mul(z, steep)))


def _beta_density(a: Any, b: Any, x: Any, z: Any) -> Any:
    one = ops.full_like(x, 1)
    powers = add(_times_log(shift(a, -1.0), x), _times_log(shift(b, -1.0), sub(one, x)))
    gammas = sub(unary("lgamma", add(a, b)), add(unary("lgamma", a), unary("lgamma", b)))
    return unary("exp", add(powers, gammas))


def _zeta_slope(s: Any, q: Any, z: Any) -> Any:
    return neg(mul(s, bind(rows.zeta_p, shift(s, 1.0), q)[0]))


JVP = {
    "igamma": rule_of(lambda a, x, z: _grad_a(a, x), lambda a, x, z: _gamma_density(a, x)),
    "igammac": rule_of(lambda a, x, z: neg(_grad_a(a, x)), lambda a, x, z: neg(_gamma_density(a, x))),
    "igamma_grad_a": rule_of(
        refused("igamma_grad_a", "a", _NO_PRIMITIVE),
        lambda a, x, z: mul(_gamma_density(a, x), _log_slope(a, x)),
    ),
    "random_gamma_grad": rule_of(refused("random_gamma_grad", "a", _NO_PRIMITIVE), _sample_slope),
    "regularized_incomplete_beta": rule_of(
        refused("betainc", "a", _NO_PRIMITIVE), refused("betainc", "b", _NO_PRIMITIVE), _beta_density
    ),
    "zeta": rule_of(refused("zeta", "x", _NO_PRIMITIVE), _zeta_slope),
    "polygamma": rule_of(
        refused("polygamma", "m", "it is defined for whole numbers only"),
        lambda m, x, z: bind(rows.polygamma_p, shift(m, 1.0), x)[0],
    ),
}
