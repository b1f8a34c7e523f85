"""What JAX's functions reach on its CPU: XLA's, which are written for speed. As measured, with a margin.

`adapters/reached.py` has the table that the promises are made of, and `MEASURED_WITH` says of which versions it is;
`python benchmarks/budgets.py --platform jax-cpu --write` measures it again. What is promised holds for JAX's functions
by themselves and within `jit`, where XLA fuses operations, contracts a product and a sum, and divides by constants by
multiplying with their inverses.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..language.catalogue import PRIMITIVES
from ..language.dtypes import DType, bfloat16, float16, float32, float64
from ..language.platform import Platform, Promise
from ..language.primitive import ULPs
from .reached import REACHED

NAME = "jax-cpu"
MEASURED_WITH: Mapping[str, str] = {"jax": "0.10.2", "jaxlib": "0.10.2", "machine": "x86-64 with AVX-512"}
_SOURCE = (
    f"measured with JAX {MEASURED_WITH['jax']} on {MEASURED_WITH['machine']}, as adapters/reached.py has it, and half "
    f"as much again"
)
# What is found is found on some millions of points, and is not the worst there is.
_MARGIN, _TYPICAL_MARGIN = 1.5, 1.1
_CORRECT, _USUAL = 0.5, 0.29
# Sixteen bits are computed in 32 and rounded; where nothing was measured, the parameters are too many to try.
_FORMATS: Mapping[str, DType] = {"f16": float16, "bf16": bfloat16, "f32": float32, "f64": float64}


def _promise(name: str, row: Mapping[str, tuple[float, float]]) -> Promise:
    most, typical = {}, {}
    for short, dtype in _FORMATS.items():
        largest, usual = row.get(dtype.name, row["float32"])
        most[short] = _CORRECT if largest <= _CORRECT else _MARGIN * largest
        typical[short] = max(_USUAL, _TYPICAL_MARGIN * usual)
    budget = PRIMITIVES[name].budget  # complex numbers were not measured
    return Promise(ULPs(**most, c64=budget.c64, c128=budget.c128), _SOURCE, ULPs(**typical))


# XLA sums in an order of its own, and so do Eigen's and oneDNN's products.
JAX = Platform(
    name=NAME,
    promises={name: _promise(name, row) for name, row in REACHED[NAME].items()},
    sum_blocks=None,
    product_blocks=None,
    flushes_subnormals=True,
)
