"""One primitive held against Arb: a ball that is narrow enough must contain the reference's number, to its digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...language.catalogue import PRIMITIVES
from ...language.config import enable_x64
from ...language.dispatch import bind
from ...language.dtypes import DType, float32, float64
from ...reference.evaluation import evaluate
from ...reference.exact import Exact
from ...reference.reals import Real, Scalar, is_special
from .functions import FUNCTIONS, Arf
from .points import drawn

# The reference's digits, all of which are to be right.
DIGITS = 50
# Bits that Arb is asked for: more where its ball stays too wide, and no more than that.
_FIRST, _MOST = 256, 1 << 15
_AT_ONCE = 250


@dataclass(slots=True)
class Held:
    """What came of one primitive.

    Attributes:
        points: how many were inside of Arb's ball.
        disagreements: those that were not, in words.
        poles: points without a finite value, for the reference as for Arb.
        unknown: points at which Arb has no ball that is narrow enough.
        beyond: points whose value the reference says to be infinite or zero, for it is beyond 2^(2^12).
    """

    points: int = 0
    disagreements: list[str] = field(default_factory=list)
    poles: int = 0
    unknown: int = 0
    beyond: int = 0


def held(name: str, points: int, seed: int) -> Held:
    """Hold a primitive against Arb at so many points, half of them float32's."""
    found = Held()
    rng = np.random.default_rng([seed, *name.encode()])
    tried = 0
    while tried < points:
        dtype = (float32, float64)[tried // _AT_ONCE % 2]
        operands = drawn(PRIMITIVES[name], rng, 2 * _AT_ONCE, dtype)
        operands = [x[: min(_AT_ONCE, points - tried)] for x in operands]
        _hold(name, operands, dtype, found)
        tried += len(operands[0])
    return found


def _hold(name: str, operands: Sequence[Any], dtype: DType, found: Held) -> None:
    with enable_x64():
        (result,) = evaluate(lambda *xs: bind(PRIMITIVES[name], *xs), operands, Exact(DIGITS))
    for value, *xs in zip(result.scalars, *(x.tolist() for x in operands), strict=True):
        said = verdict(FUNCTIONS[name], value, xs)
        if said == "":
            found.points += 1
        elif said in ("poles", "unknown", "beyond"):
            setattr(found, said, getattr(found, said) + 1)
        else:
            found.disagreements.append(f"{name}({', '.join(x.hex() for x in xs)}) in {dtype}: {said}")


def verdict(function: Callable[..., Arf], value: Scalar, xs: Sequence[float]) -> str:
    """Empty if a ball holds the value to its digits; "poles", "unknown" or "beyond" if none can; or what is wrong."""
    ball = None
    for ball in _balls(function, xs):
        if not ball.is_finite():
            continue
        if is_special(value) or value == 0.0:
            return _beside_special(ball, value)
        apart = abs(_arb(value) - ball)
        if apart.upper() * 10**DIGITS <= abs(ball).lower():
            return ""
        if apart.lower() * 10**DIGITS > abs(ball).upper():
            return f"{_text(value)} lies outside of {ball.str(60)}"
    if ball is not None and not ball.is_finite() and is_special(value):
        return "poles"
    return "unknown"


def _beside_special(ball: Arf, value: Scalar) -> str:
    """Infinite and 0 are right for what is beyond 2^(2^12), and where the value itself is 0."""
    import flint

    far = flint.arb(2) ** (1 << 12)
    if value == 0.0 and (ball.is_zero() or abs(ball) < 1 / far):
        return "" if ball.is_zero() else "beyond"
    if value != value or value == 0.0 or abs(ball) < far or (ball > 0) != (value > 0):
        return f"{value} is not within {ball.str(60)}"
    return "beyond"


def _balls(function: Callable[..., Arf], xs: Sequence[float]) -> Iterator[Arf]:
    """The function's balls at a point, with more and more bits."""
    import flint

    bits = _FIRST
    while bits <= _MOST:
        with precision(bits):
            try:
                yield function(*map(flint.arb, xs))
            except (ValueError, ZeroDivisionError, OverflowError):  # flint's word for what has no ball
                yield flint.arb("nan")
        bits *= 4


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """flint's precision, which is one for the process, for a block."""
    import flint

    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def _arb(value: Scalar) -> Arf:
    import flint

    sign, man, exp, _ = value._mpf_
    return flint.arb((-int(man) if sign else int(man), int(exp)))


def _text(value: Scalar) -> str:
    return str(value) if type(value) is not Real else str(_arb(value).str(60))
