"""Operands of factorizations: functions of any matrices whose decompositions are far from where they jump.

A factorization of a drawn matrix may not exist (not positive definite), jump (equal eigenvalues, tied pivots) or lose
all its digits (nearly singular). So each is tried behind an elementwise function that keeps every element in [-1, 1],
beside a fixed matrix that keeps pivots, eigenvalues and singular values apart. Complex matrices are given by parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..language import lax
from ..language.catalogue import PRIMITIVES
from ..language.dispatch import bind
from ..language.dtypes import is_complex

Rng = np.random.Generator
Shape = tuple[int, ...]
# A function of matrices of these shapes.
MatrixCase = tuple[Callable[..., Any], list[Shape], dict[str, Any]]


def _batch(rng: Rng) -> Shape:
    return tuple(int(n) for n in rng.integers(1, 3, int(rng.integers(0, 2))))


def _sizes(rng: Rng) -> tuple[int, int]:
    return int(rng.integers(1, 4)), int(rng.integers(1, 4))


def _in_parts(function: Callable[[Any], Any], x: Any) -> Any:
    """A function of reals on each part."""
    return lax.complex(function(lax.real(x)), function(lax.imag(x))) if is_complex(x.dtype) else function(x)


def _small(x: Any) -> Any:
    """Elements whose parts are in [-1/4, 1/4]."""
    return _in_parts(lambda part: lax.mul(lax.sin(part), lax.full_like(part, 0.25)), x)


def _beside(x: Any, fixed: np.ndarray[Any, Any]) -> Any:
    """A small matrix beside a fixed one."""
    return lax.add(_small(x), lax.broadcast_in_dim(fixed.astype(x.dtype), x.shape, (x.ndim - 2, x.ndim - 1)))


def _apart(m: int, n: int) -> np.ndarray[Any, Any]:
    """2, 4, 6, ... on the diagonal, the signs alternating."""
    found: np.ndarray[Any, Any] = np.eye(m, n) * [(2.0 + 2 * k) * (-1) ** k for k in range(n)]
    return found


def _positive(x: Any) -> Any:
    return _beside(lax.add(x, lax.linalg.adjoint(x)), np.eye(x.shape[-1]) * 2)


def _cholesky(rng: Rng) -> MatrixCase:
    n, _ = _sizes(rng)
    return _positive, [(*_batch(rng), n, n)], {}


def _lu(rng: Rng) -> MatrixCase:
    m, n = _sizes(rng)
    order = rng.permutation(m)
    return lambda x: _beside(x, _apart(m, n)[order]), [(*_batch(rng), m, n)], {}


def _qr(rng: Rng) -> MatrixCase:
    m, n = _sizes(rng)
    shape = (*_batch(rng), m, n)
    # Further columns of Q have no derivative rule.
    return lambda x: _beside(x, _apart(m, n)), [shape], {"full_matrices": m <= n and bool(rng.integers(2))}


def _eigh(rng: Rng) -> MatrixCase:
    n = int(rng.integers(1, 3))  # a limit of derivatives of three by three takes a minute
    return lambda x: _beside(x, _apart(n, n)), [(*_batch(rng), n, n)], {"lower": bool(rng.integers(2))}


def _svd(rng: Rng) -> MatrixCase:
    m, n = rng.permutation((int(rng.integers(1, 3)), int(rng.integers(1, 4)))).tolist()
    params = {"full_matrices": m == n and bool(rng.integers(2)), "compute_uv": rng.random() < 0.7}
    return lambda x: _beside(x, _apart(m, n)), [(*_batch(rng), m, n)], params


def _triangular_solve(rng: Rng) -> MatrixCase:
    n, k = _sizes(rng)
    batch, left = _batch(rng), bool(rng.integers(2))
    names = ("lower", "transpose_a", "conjugate_a", "unit_diagonal")
    params = {"left_side": left, **{name: bool(rng.integers(2)) for name in names}}

    def operands(a: Any, b: Any) -> Any:
        return _beside(a, _apart(n, n)), _in_parts(lax.sin, b)

    return operands, [(*batch, n, n), (*batch, n, k) if left else (*batch, k, n)], params


def _eig(rng: Rng) -> MatrixCase:
    n = int(rng.integers(1, 3))
    names = ("compute_left_eigenvectors", "compute_right_eigenvectors")
    params = {name: bool(rng.integers(2)) for name in names}
    return lambda x: _beside(x, _apart(n, n)), [(*_batch(rng), n, n)], params


MATRICES: dict[str, Callable[[Rng], MatrixCase]] = {
    "cholesky": _cholesky,
    "lu": _lu,
    "qr": _qr,
    "eig": _eig,
    "eigh": _eigh,
    "svd": _svd,
    "triangular_solve": _triangular_solve,
}


def matrix_case(name: str, rng: Rng) -> tuple[Callable[..., Any], list[Shape], dict[str, Any]]:
    """A function of drawn matrices that applies a factorization, the shapes that it takes, and the parameters."""
    prepared, shapes, params = MATRICES[name](rng)

    def factored(*xs: Any) -> Any:
        operands = prepared(*xs)
        found = bind(PRIMITIVES[name], *(operands if isinstance(operands, tuple) else (operands,)), **params)
        found = [
            part for y in found for part in ((lax.real(y), lax.imag(y)) if is_complex(y.dtype) else (y,))
        ]
        return found[0] if len(found) == 1 else tuple(found)

    factored.__name__ = name
    return factored, shapes, params


def of_parts(function: Callable[..., Any], shapes: list[Shape]) -> tuple[Callable[..., Any], list[Shape]]:
    """A function of complex matrices as one of their real and imaginary parts."""

    def joined(*parts: Any) -> Any:
        return function(*map(lax.complex, parts[::2], parts[1::2]))

    joined.__name__ = function.__name__
    return joined, [shape for shape in shapes for _ in (0, 1)]
