"""Rows of `verax.numpy.fft`, `verax.numpy.linalg` and `verax.scipy.linalg`."""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import mpmath
import numpy as np
from hypothesis import strategies as st
from tests.language import test_numpy_linalg as seeded
from tests.language import test_scipy_linalg as scipy_seeded
from tests.language.peer_values.drawing import Drawn, values
from tests.language.test_numpy_against_jax import AXES, Row

from verax import numpy as vnp
from verax.scipy import linalg as scipy_linalg

LINES = (((5,),), ((2, 4),), ((3, 1),))


def _lines(name: str) -> list[Row]:
    kind = "single" if name in ("rfft", "ihfft") else "complex" if name in ("hfft", "irfft") else "wide"
    options: list[dict[str, Any]] = [
        {},
        {"axis": 0},
        {"n": 3},
        {"n": 6, "norm": "ortho"},
        {"axis": -1, "norm": "forward"},
    ]
    return [Row(lambda m, x, o=o: getattr(m, name)(x, **o), (kind,), LINES) for o in options]


def _planes(name: str) -> list[Row]:
    kind = "single" if name.startswith("rfft") else "complex" if name.startswith("irfft") else "wide"
    options: list[dict[str, Any]] = [{}, {"axes": (-2, -1)}, {"norm": "ortho"}, {"s": (2, 3), "axes": (0, 1)}]
    return [Row(lambda m, x, o=o: getattr(m, name)(x, **o), (kind,), AXES) for o in options]


FFT: dict[str, list[Row]] = {
    **{n: _lines(n) for n in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")},
    **{n: _planes(n) for n in ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")},
    **{
        n: [
            Row(lambda m, n=n, k=k, d=d: getattr(m, n)(k, d), ())
            for k in (1, 2, 5, 8)
            for d in (1.0, 0.25, 3.0)
        ]
        for n in ("fftfreq", "rfftfreq")
    },
    **{
        n: [
            Row(lambda m, x, n=n, a=a: getattr(m, n)(x, axes=a), ("all",), AXES)
            for a in (None, 0, -1, (0, -1))
        ]
        for n in ("fftshift", "ifftshift")
    },
}


# -- factorizations ---------------------------------------------------------------------------------------------------
class Matrices(NamedTuple):
    """One way to call a name: our call, the oracle's if it is another, and the operands' shapes."""

    call: Callable[..., Any]
    plain: Callable[..., Any] | None
    shapes: Sequence[tuple[int, ...]]


def _by_name(table: dict[str, Matrices], names: Sequence[str]) -> dict[str, list[Matrices]]:
    """A seeded table's calls, by the public name that is among the words of their text."""
    found: dict[str, list[Matrices]] = {}
    for text, case in table.items():
        for name in set(text.split()) & set(names):
            found.setdefault(name, []).append(case)
    return found


SYMMETRIC = ("eigh", "eigvalsh")  # NumPy reads one triangle of its operand, JAX the mean of both


def prepared(x: Any, form: str) -> Any:
    """A square matrix: as it is, its symmetric part, or that with a diagonal far from its other elements."""
    if x.ndim < 2 or x.shape[-1] != x.shape[-2] or form == "plain":
        return x
    places = np.arange(x.shape[-1])
    ends = np.diag((64.0 + 64 * places) * (-1.0) ** places) * (form == "apart")
    return ((x + np.swapaxes(x, -1, -2)) / 2 + ends).astype(x.dtype)


@st.composite
def matrices(draw: Any, name: str, cases: Sequence[Matrices], oracle: Any) -> Drawn:
    """A call of one of a name's cases."""
    case = cases[draw(st.integers(0, len(cases) - 1))]
    dtype = np.dtype(draw(st.sampled_from(["float32", "float64"])))
    form = draw(st.sampled_from(["symmetric", "apart"] + ["plain"] * (name not in SYMMETRIC)))
    arrays = tuple(prepared(draw(values(s, dtype, "ordinary")), form) for s in case.shapes)

    def call(m: Any, *xs: Any) -> Any:
        found = case.plain(*xs) if case.plain is not None and m is oracle else case.call(m, *xs)
        return tuple(found) if isinstance(found, tuple) else found

    return Drawn(call, ("float",) * len(arrays), arrays, True, name)


class Determinant:
    """`numpy.linalg` with a determinant at 50 digits."""

    linalg = types.SimpleNamespace()

    @staticmethod
    def det(x: Any) -> Any:
        with mpmath.workdps(50):
            found = [float(mpmath.det(mpmath.matrix(m.tolist()))) for m in x.reshape(-1, *x.shape[-2:])]
        return np.array(found).reshape(x.shape[:-2])


Determinant.linalg.det = Determinant.det
DETERMINANT = Determinant()


LINALG = _by_name({n: Matrices(*case) for n, case in seeded.VALUES.items()}, vnp.linalg.__all__)
SCIPY_LINALG = _by_name(
    {n: Matrices(f, None, s) for n, (f, s) in scipy_seeded.ALL.items()}, scipy_linalg.__all__
)
LINALG_WITHOUT = {
    "eig": "its vectors are scaled otherwise: held by its own definition in test_numpy_linalg.py",
    "multi_dot": "matmul again, in another order: test_numpy_linalg.py",
}
