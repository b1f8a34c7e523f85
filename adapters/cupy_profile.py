"""What CUDA documents of its functions, and what Verax promises when `fast` runs on CuPy.

CuPy's elementwise functions are CUDA's; their maxima are NVIDIA's tables 17 and 18 of the CUDA C++
Programming Guide, section 17.1. The guide counts representable values from the correctly rounded result:
a count of c is at most c + 0.5 ULP of the real value. NVIDIA does not guarantee them.
"""

from __future__ import annotations

from ..language.platform import Platform, Promise
from ..language.primitive import ULPs

_GUIDE = "NVIDIA CUDA C++ Programming Guide, 17.1 Standard Functions, tables 17 (single) and 18 (double)"
_ONCE = "computed in float64 and rounded once: half an ulp, and the float64 function's own error / 2^29"
_KERNEL = "fast/kernels/special.py over CUDA's functions"
_UNBOUNDED = f"{_KERNEL}: next to its zeros on the negative axis digits cancel, nothing is promised"

# name: (float32, float64), as documented: how many representable values off the correctly rounded one.
_DOCUMENTED: dict[str, tuple[int, int]] = {
    "exp": (2, 1),
    "exp2": (2, 1),
    "expm1": (1, 1),
    "log": (1, 1),
    "log1p": (1, 1),
    "rsqrt": (2, 1),
    "cbrt": (1, 1),
    "sin": (2, 2),
    "cos": (2, 2),
    "tan": (4, 2),
    "asin": (2, 2),
    "acos": (2, 2),
    "atan": (2, 2),
    "atan2": (3, 2),
    "sinh": (3, 2),
    "cosh": (2, 1),
    "tanh": (2, 1),
    "asinh": (3, 3),
    "acosh": (4, 3),
    "atanh": (3, 2),
    "pow": (4, 2),
    "erf": (2, 2),
    "erfc": (4, 5),
    "lgamma": (6, 4),
}
_NOTHING = 2.0**53

_INCOMPLETE = "fast/kernels/incomplete.py over CUDA's functions"
# name: (float64 at most, source), of what `fast` computes by formulas of its own.
_ADDED: dict[str, tuple[float, str]] = {
    "integer_pow": (2.5, _GUIDE),
    "rsqrt": (0.6, _KERNEL),
    "logistic": (4.0, _KERNEL),
    "erf_inv": (10.0, "fast/kernels/inverses.py over CUDA's functions"),
    "bessel_i0e": (14.0, "fast/kernels/bessel.py over CUDA's functions"),
    "bessel_i1e": (14.0, "fast/kernels/bessel.py over CUDA's functions"),
    "lgamma": (8.0, "fast/kernels/gamma.py over CUDA's functions"),
    "digamma": (_NOTHING, _UNBOUNDED),
    "igamma": (2048.0, _INCOMPLETE),
    "igammac": (4096.0, _INCOMPLETE),
    "igamma_grad_a": (4096.0, _INCOMPLETE),
    "random_gamma_grad": (1024.0, _INCOMPLETE),
    "regularized_incomplete_beta": (2048.0, "fast/kernels/beta.py over CUDA's functions"),
    "zeta": (16.0, "fast/kernels/zeta.py over CUDA's functions"),
    "polygamma": (16.0, "fast/kernels/zeta.py over CUDA's functions"),
}


def _rounded_once(most: float, source: str) -> Promise:
    return Promise(
        ULPs(f32=0.51, f64=most),
        f"{_ONCE}; {source}",
        ULPs(f32=0.3, f64=min(0.58 * most, 3000.0), f16=0.3, bf16=0.3),
    )


# CuPy reduces with many threads, and cuBLAS chooses its own order: no depth is promised.
CUPY = Platform(
    name="cupy",
    promises={
        **{name: _rounded_once(counts[1] + 0.5, _GUIDE) for name, counts in _DOCUMENTED.items()},
        **{name: _rounded_once(*row) for name, row in _ADDED.items()},
    },
    sum_blocks=None,
    product_blocks=None,
)

# CuPy called directly.
CUPY_UFUNCS = Platform(
    name="cupy-ufuncs",
    promises={
        name: Promise(ULPs(f32=single + 0.5, f64=double + 0.5), _GUIDE)
        for name, (single, double) in _DOCUMENTED.items()
    },
    sum_blocks=None,
    product_blocks=None,
)
