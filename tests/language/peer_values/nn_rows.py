"""Rows of `verax.nn`, and its textbook formulas at 50 digits."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
from tests.language import test_nn as seeded
from tests.language.peer_values.special_rows import OverAxes
from tests.language.test_numpy_against_jax import AXES, ONE, Row

# A definition's constants are the program's, rounded to float32.
CONSTANTS = {"gelu", "selu", "leaky_relu"}
WITHOUT = {
    "dot_product_attention": "NumPy has no such function: test_attention.py holds it to its formula",
    "scaled_matmul": "NumPy has no such function: test_attention.py holds it to its formula",
    "standardize": "NumPy has no such function: test_nn.py holds it to its formula where digits cancel",
}
ROWS: dict[str, list[Row]] = {
    **{
        n: [Row(lambda m, x, n=n: getattr(m, n)(x), ("float32" if n in CONSTANTS else "single",), ONE)]
        for n in seeded.DEFINITIONS
    },
    "log1mexp": [Row(lambda m, x: m.log1mexp(abs(x)), ("single",), ONE)],
    **{
        n: [Row(lambda m, x, n=n, a=a: getattr(m, n)(x, axis=a), ("float",), AXES) for a in (0, -1)]
        for n in ("softmax", "log_softmax", "logsumexp")
    },
    "logmeanexp": [Row(lambda m, x, a=a: m.logmeanexp(x, axis=a), ("single",), AXES) for a in (0, -1)],
    "glu": [Row(lambda m, x: m.glu(x), ("single",), AXES)],
    "one_hot": [Row(lambda m, x: m.one_hot(x, 5), ("int",), ONE)],
}


def formula(name: str) -> Any:
    """A definition at 50 digits, elementwise; at infinities it is its limit."""
    definition = seeded.DEFINITIONS[name] if name != "log1mexp" else lambda x: mpmath.log(1 - mpmath.exp(-x))

    def one(x: Any) -> float:
        if np.isnan(x):
            return np.nan
        far = abs(float(x)) > 100 or abs(float(x)) < 1e-20
        with mpmath.workdps(4000 if np.isinf(x) else 700 if far else 60):
            # The functions are monotonous far out: 2^5000 stands for infinity, and float64 overflows as it must.
            at = (
                mpmath.mpf(float(np.sign(x))) * mpmath.mpf(2) ** 5000 if np.isinf(x) else mpmath.mpf(float(x))
            )
            return float(definition(at))

    return lambda x: np.asarray(np.frompyfunc(one, 1, 1)(x.astype(np.float64)), object).astype(np.float64)


class Formulas(OverAxes):
    """`verax.nn`'s functions by their formulas."""

    def __getattr__(self, name: str) -> Any:
        return formula(name)

    def logmeanexp(self, x: Any, axis: Any = None) -> Any:
        with mpmath.workdps(50):
            total = np.sum(self._sum(x, axis)[0], axis=axis) / x.shape[axis]
            return np.asarray(np.frompyfunc(mpmath.log, 1, 1)(total), object).astype(np.float64)

    @staticmethod
    def glu(x: Any) -> Any:
        first, second = np.split(x.astype(np.float64), 2, -1)
        gates = formula("sigmoid")(second)
        return first * gates

    @staticmethod
    def one_hot(x: Any, count: int) -> Any:
        return np.equal(x[..., None], np.arange(count)).astype(np.float32)


ORACLE = Formulas()
