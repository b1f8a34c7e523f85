"""What Verax promises when its `fast` implementation runs on CuPy.

CuPy's elementwise functions are CUDA's; their maxima are NVIDIA's tables 17 and 18 of the CUDA C++
Programming Guide, section 17.1. The guide counts representable values from the correctly rounded result:
a count of c is at most c + 0.5 ULP of the real value.
"""

from __future__ import annotations

from ..language.platform import Platform, Promise
from ..language.primitive import ULPs

_GUIDE = "NVIDIA CUDA C++ Programming Guide, 17.1 Standard Functions, tables 17 (single) and 18 (double)"

# name: (float32, float64), as documented: how many representable values off the correctly rounded one.
_DOCUMENTED: dict[str, tuple[int, int]] = {
    "exp": (2, 1),
    "exp2": (2, 1),
    "expm1": (1, 1),
    "log": (1, 1),
    "log1p": (1, 1),
    "sqrt": (0, 0),
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


def _promise(single: int, double: int) -> Promise:
    return Promise(ULPs(f32=single + 0.5, f64=double + 0.5), _GUIDE)


# CuPy reduces with many threads, and cuBLAS chooses its own order: no depth is promised.
CUPY = Platform(
    name="cupy",
    promises={name: _promise(*counts) for name, counts in _DOCUMENTED.items()},
    sum_blocks=None,
    product_blocks=None,
)
