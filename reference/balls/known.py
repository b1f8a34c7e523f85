"""What is known of scalars beside their sets: which results have no error, and which are never negative."""

from __future__ import annotations

from collections.abc import Sequence

from mpmath.libmp import from_man_exp

from ..reals import NEAREST, SPREAD, Real, Scalar, real
from ..system import Definition, OutOfReach
from .number import BallNumber

# Rows whose function makes no error where it is not told how many bits to keep.
_WITHOUT_ERROR = frozenset({"neg", "abs", "add", "sub", "mul", "square", "rem", "convert_element_type"})
# A scalar is followed back through so many others.
_DEEP = 6


def without_error(definition: Definition, operands: Sequence[Scalar]) -> Scalar | None:
    """The value of a sum or product of reals that are known without error, if it is not too long."""
    raws = [x._mpf_ for x in operands]
    if definition.exponent is not None:
        (sign, man, exp, bits), n = raws[0], definition.exponent
        fits = n >= 0 and n * bits <= SPREAD
        return real(from_man_exp((-man if sign else man) ** n, exp * n)) if fits else None
    if definition.name not in _WITHOUT_ERROR or definition.function is None:
        return None
    width = max(raw[2] + raw[3] for raw in raws) - min(raw[2] for raw in raws)
    if width > SPREAD or sum(raw[3] for raw in raws) > SPREAD:
        return None
    try:
        raw = definition.function(*raws, 0, NEAREST)
    except OutOfReach:
        return None
    return raw if type(raw) is float else real(raw)


def never_negative(x: Scalar, deep: int = _DEEP) -> bool:
    """Whether a scalar is 0 or more by the way it was made: a square, a sum, product or quotient of such."""
    if type(x) is not BallNumber:
        return bool(x >= 0.0) if type(x) is not Real else not x._mpf_[0]
    if x.ends is not None and not x.ends[0][0]:
        return True
    if x.origin is None or not deep:
        return False
    made, operands = x.origin
    if made == "sum":
        alike = len(operands) == 2 and operands[0] is operands[1]
        return alike or all(never_negative(y, deep - 1) for row in operands for y in row)
    if made.exponent is not None:
        return bool(made.exponent % 2 == 0)
    if made.name in ("square", "abs", "sqrt"):
        return True
    if made.name == "mul" and operands[0] is operands[1]:
        return True
    return made.name in ("add", "mul", "div") and all(never_negative(y, deep - 1) for y in operands)
