"""Forms that unitary matrices bring others to, under SciPy's names."""

from __future__ import annotations

from typing import Any

from ... import lax
from ...arrays import Array
from ...numpy.creation import triu
from ...numpy.linalg.operands import given, matrices
from ...numpy.updates import IndexedUpdate


def hessenberg(
    a: Any, *, calc_q: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> Array | tuple[Array, Array]:
    """The upper Hessenberg form of square matrices, ``a = q h q^H``.

    Args:
        a: shape (..., n, n).
        calc_q: whether q is wanted.
        overwrite_a: ignored.
        check_finite: ignored.

    Returns:
        h, zero below its first subdiagonal; with ``calc_q`` a pair of h and q.

    Raises:
        ValueError: the matrices are not square.
    """
    (x,) = given("hessenberg", matrices("hessenberg", a))
    if not x.shape[-1]:
        return (x, x) if calc_q else x
    packed, factors = lax.linalg.hessenberg(x)
    form = triu(packed, -1)
    if not calc_q:
        return form
    inner = lax.linalg.householder_product(packed[..., 1:, :-1], factors)
    apart = [(0, 0, 0)] * (x.ndim - 2) + [(1, 0, 0)] * 2
    whole = lax.pad(inner, lax.full((), 0, inner.dtype), apart)
    return form, IndexedUpdate(whole)[..., 0, 0].set(1)
