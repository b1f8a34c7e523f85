"""What NumPy's functions reach, and what Verax promises when its `fast` implementation runs on NumPy.

`NUMPY` is the machine that judgements are of. `fast` computes elementary functions and sums of float32 (and
narrower) in float64 and rounds once, so float32 is held to little more than correct rounding; float64 is
what NumPy and the C library make of it. `NUMPY_UFUNCS` is NumPy called directly.
"""

from __future__ import annotations

from ..language.platform import Platform, Promise
from ..language.primitive import ULPs

_MEASURED = (
    "NumPy 2.4.6 on x86-64 with AVX-512: float32 over all 2^32 bit patterns (pow, atan2: 1e8 pairs), float64 over "
    "0.4 to 2 million inputs against arb; never less than what glibc 2.41 publishes, which NumPy calls elsewhere, "
    "nor than what adapters/reached.py says of NumPy without AVX-512 and AVX2 over glibc 2.36"
)
_ONCE = "computed in float64 and rounded once: half an ulp, and the float64 function's own error / 2^29"
_LIBM = "math.erf and math.erfc, the C library's: glibc 2.41's largest known errors, Zimmermann et al. 2026"
_KERNEL = "fast/kernels/special.py, 3,000 to 15,000 inputs against arb"
_UNBOUNDED = (
    "fast/kernels/special.py: next to its zeros on the negative axis digits cancel, nothing is promised"
)

# name: float32 at most, float64 at most, float32 typical, float64 typical, of NumPy's own functions.
_REACHED: dict[str, tuple[float, float, float, float]] = {
    "exp": (2.6, 1.1, 0.60, 0.30),
    "exp2": (2.9, 1.1, 0.45, 0.31),
    "expm1": (2.7, 1.1, 0.40, 0.30),
    "log": (3.9, 1.1, 0.75, 0.30),
    "log1p": (2.0, 1.1, 0.60, 0.30),
    "sqrt": (0.5, 0.5, 0.29, 0.29),
    "cbrt": (2.0, 4.5, 0.58, 0.70),
    "sin": (1.6, 1.1, 0.38, 0.30),
    "cos": (1.6, 1.1, 0.40, 0.30),
    "tan": (4.0, 1.1, 0.50, 0.30),
    "asin": (3.2, 1.1, 0.70, 0.33),
    "acos": (2.2, 1.1, 0.55, 0.33),
    "atan": (2.4, 1.1, 0.48, 0.30),
    "sinh": (1.9, 2.5, 0.41, 0.45),
    "cosh": (2.6, 2.5, 0.60, 0.45),
    "tanh": (2.3, 2.5, 0.50, 0.45),
    "asinh": (1.9, 2.5, 0.38, 0.45),
    "acosh": (2.2, 2.5, 0.40, 0.45),
    "atanh": (1.8, 2.5, 0.36, 0.45),
    "pow": (2.0, 1.5, 0.45, 0.31),
    "atan2": (3.6, 1.1, 0.60, 0.32),
}
# What NumPy has no function for, as it is written with its functions: power(x, n), and 1 / sqrt(x), twice rounded.
_RECIPROCAL = Promise(
    ULPs(f32=1.5, f64=1.5, f16=1.5, bf16=1.5),
    "half an ulp of the root is at most one of its inverse, and half an ulp more",
    ULPs(f32=0.44, f64=0.44, f16=0.44, bf16=0.44),
)
_NOTHING = 2.0**55

# name: float64 at most, float64 typical, source, of what `fast` adds to NumPy's functions.
_ADDED: dict[str, tuple[float, float, str]] = {
    "integer_pow": (1.5, 0.31, _MEASURED),
    "rsqrt": (0.6, 0.30, _KERNEL),
    "logistic": (2.5, 0.50, _KERNEL),
    "erf": (1.5, 0.35, _LIBM),
    "erfc": (5.5, 0.60, _LIBM),
    "erf_inv": (8.0, 1.3, "fast/kernels/inverses.py, 11,000 inputs against arb"),
    "bessel_i0e": (12.0, 1.3, "fast/kernels/bessel.py, 13,000 inputs against arb"),
    "bessel_i1e": (12.0, 1.3, "fast/kernels/bessel.py, 13,000 inputs against arb"),
    "lgamma": (
        6.0,
        0.8,
        "fast/kernels/gamma.py, 33,000 inputs against arb, its zeros' neighbours among them",
    ),
    "digamma": (_NOTHING, 16.0, _UNBOUNDED),
}

# name: float64 at most, float64 typical, narrower floats typical, source: parameters up to 1,000. The continued
# fractions lose the most: of the beta function beside x = 1, of the slope by a where two terms of it cancel.
_PARAMETRIC: dict[str, tuple[float, float, float, str]] = {
    "igamma": (64.0, 3.0, 0.1, "fast/kernels/incomplete.py against the reference"),
    "igammac": (160.0, 3.0, 0.21, "fast/kernels/incomplete.py against the reference"),
    "igamma_grad_a": (1500.0, 40.0, 0.12, "fast/kernels/incomplete.py against the reference"),
    "random_gamma_grad": (260.0, 13.3, 0.3, "fast/kernels/incomplete.py against the reference"),
    "regularized_incomplete_beta": (2900.0, 60.0, 0.3, "fast/kernels/beta.py against the reference"),
    "zeta": (6.0, 0.9, 0.3, "fast/kernels/zeta.py against the reference"),
    "polygamma": (5.4, 0.7, 0.3, "fast/kernels/zeta.py against the reference"),
}


def _ufunc(row: tuple[float, float, float, float]) -> Promise:
    f32, f64, typical32, typical64 = row
    # NumPy computes its float16 in float32.
    return Promise(ULPs(f32=f32, f64=f64), _MEASURED, ULPs(f32=typical32, f64=typical64, f16=0.3, bf16=0.3))


def _rounded_once(most: float, typical: float, source: str) -> Promise:
    return Promise(
        ULPs(f32=0.51, f64=most), f"{_ONCE}; {source}", ULPs(f32=0.3, f64=typical, f16=0.3, bf16=0.3)
    )


def _parametric(most: float, typical: float, narrow: float, source: str) -> Promise:
    return Promise(
        ULPs(f32=0.51, f64=most), f"{_ONCE}; {source}", ULPs(f32=narrow, f64=typical, f16=narrow, bf16=narrow)
    )


# NumPy adds in blocks of 128 along a contiguous last axis, and `fast` puts float64 sums there. The order
# within a BLAS product is not known.
NUMPY = Platform(
    name="numpy",
    promises={
        **{
            name: _rounded_once(row[1], row[3], _MEASURED) for name, row in _REACHED.items() if name != "sqrt"
        },
        **{name: _rounded_once(*row) for name, row in _ADDED.items()},
        **{name: _parametric(*row) for name, row in _PARAMETRIC.items()},
    },
    sum_blocks=128,
    product_blocks=None,
)

# Called directly, a sum over a leading axis adds its rows one after another: no blocks are promised.
NUMPY_UFUNCS = Platform(
    name="numpy-ufuncs",
    promises={
        **{name: _ufunc(row) for name, row in _REACHED.items()},
        "integer_pow": _ufunc(_REACHED["pow"]),
        "rsqrt": _RECIPROCAL,
    },
    sum_blocks=None,
    product_blocks=None,
)
