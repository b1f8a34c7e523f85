"""What Verax promises when its `fast` implementation runs on NumPy.

The maxima are those that NumPy 2.4's functions were measured to reach (float32: over every bit pattern;
float64: over two million inputs each, against arb), rounded up, and never less than what the C libraries
publish that NumPy calls where it has no vector code. Typical errors are root mean squares over ordinary
intervals; of several intervals the largest is kept.
"""

from __future__ import annotations

from ..language.platform import Platform, Promise
from ..language.primitive import ULPs

_MEASURED = "NumPy 2.4.6 on x86-64 with AVX-512, float32 exhaustive, float64 sampled against arb; glibc 2.41"

# name: (float32 at most, float64 at most, float32 typical, float64 typical)
_REACHED: dict[str, tuple[float, float, float, float]] = {
    "exp": (2.6, 1.1, 0.60, 0.30),
    "exp2": (2.9, 1.1, 0.45, 0.31),
    "expm1": (2.7, 1.1, 0.40, 0.30),
    "log": (3.9, 1.1, 0.75, 0.30),
    "log1p": (2.0, 1.1, 0.60, 0.30),
    "sqrt": (0.5, 0.5, 0.29, 0.29),
    "cbrt": (2.0, 4.5, 0.58, 0.60),
    "sin": (1.6, 1.1, 0.38, 0.30),
    "cos": (1.6, 1.1, 0.40, 0.30),
    "tan": (4.0, 1.1, 0.50, 0.30),
    "asin": (3.2, 1.1, 0.70, 0.33),
    "acos": (2.2, 1.1, 0.55, 0.33),
    "atan": (2.4, 1.1, 0.48, 0.30),
    "sinh": (1.6, 2.5, 0.36, 0.45),
    "cosh": (2.6, 2.5, 0.60, 0.45),
    "tanh": (1.5, 2.5, 0.50, 0.45),
    "asinh": (1.6, 2.5, 0.32, 0.45),
    "acosh": (1.6, 2.5, 0.32, 0.45),
    "atanh": (1.6, 2.5, 0.35, 0.45),
    "pow": (2.0, 1.1, 0.45, 0.31),
    "atan2": (3.6, 1.1, 0.60, 0.32),
}


def _promise(row: tuple[float, float, float, float], source: str) -> Promise:
    f32, f64, typical32, typical64 = row
    # The narrow formats are computed in float32 and rounded once.
    return Promise(ULPs(f32=f32, f64=f64), source, ULPs(f32=typical32, f64=typical64, f16=0.3, bf16=0.3))


# Sums are taken over any axis, and NumPy adds the rows of a leading axis one after another: only along
# the last axis would its blocks of 128 hold. The order within a BLAS product is not known either.
NUMPY = Platform(
    name="numpy",
    promises={name: _promise(row, _MEASURED) for name, row in _REACHED.items()},
    sum_blocks=None,
    product_blocks=None,
)
