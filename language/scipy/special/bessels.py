"""Modified Bessel functions."""

from __future__ import annotations

from ... import lax
from ...numpy.bessels import i0, i1
from .arguments import of_primitive

i0e = of_primitive("i0e", lax.bessel_i0e, "exp(-|x|) I0(x), of the modified Bessel function of order 0.")
i1e = of_primitive("i1e", lax.bessel_i1e, "exp(-|x|) I1(x), of the modified Bessel function of order 1.")

__all__ = ["i0", "i0e", "i1", "i1e"]
