"""Kernels of factorizations: the array module's where it has them, else column by column over the batch.

float32 and narrower formats are factored in float64, complex64 in complex128, and rounded once. What the array module
leaves open, or raises for, is settled here: signs and phases of vectors, matrices that are not positive definite, NaN,
matrices without elements.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..devices.device import Buffer
from .call import Call, Kernel, wider

# Triangles of at most so many rows are solved column by column; larger ones in two halves.
_HALVED = 32


def _computed(call: Call, compute: Callable[..., Any]) -> Kernel:
    """``compute`` on stacks of matrices in the wide format; its floating results rounded once."""
    cast, shapes = call.device.cast, [(a.dtype, a.shape) for a in call.outputs]
    old, xp = call.dtype, call.xp
    work = wider(old)
    sizes = [a.shape[-2:] for a in call.inputs]
    count = math.prod(call.inputs[0].shape[:-2])

    def kernel(*operands: Buffer) -> Any:
        stacks = [
            xp.reshape(cast(x, old, work) if old != work else x, (count, *size))
            for x, size in zip(operands, sizes, strict=True)
        ]
        found = []
        for y, (dtype, shape) in zip(compute(*stacks), shapes, strict=True):
            rounded = cast(y, work, dtype) if dtype == old != work else y.astype(call.device.storage(dtype))
            found.append(xp.reshape(rounded, shape))
        return tuple(found)

    return kernel


def _only(call: Call, compute: Callable[..., Any]) -> Kernel:
    """The same for a primitive of one result."""
    kernel = _computed(call, lambda *stacks: (compute(*stacks),))
    return lambda *operands: kernel(*operands)[0]


def _swapped(xp: Any, x: Buffer) -> Buffer:
    return xp.swapaxes(x, -1, -2)


def _conj(xp: Any, x: Buffer) -> Buffer:
    return xp.conj(x) if x.dtype.kind == "c" else x


def _adjoint(xp: Any, x: Buffer) -> Buffer:
    return _conj(xp, _swapped(xp, x))


def _with_real_diagonal(xp: Any, a: Buffer) -> Buffer:
    """Hermitian matrices, of whose diagonal the real part is read, as LAPACK does."""
    return xp.where(xp.eye(a.shape[-1], dtype=bool), a.real, a) if a.dtype.kind == "c" else a


def _finite(xp: Any, a: Buffer) -> tuple[Buffer, Buffer]:
    """New matrices, those that hold an infinity or NaN replaced by zeros, and which are kept."""
    kept = xp.all(xp.isfinite(a), axis=(-2, -1))
    return xp.where(kept[:, None, None], a, 0), kept


def _or_nan(xp: Any, kept: Buffer, y: Buffer) -> Buffer:
    nothing = complex("nan+nanj") if y.dtype.kind == "c" else np.nan
    return xp.where(xp.reshape(kept, (-1,) + (1,) * (y.ndim - 1)), y, nothing)


# -- triangles -------------------------------------------------------------------------------------------
def _columnwise(xp: Any, a: Buffer) -> Buffer:
    """Cholesky's factor below the diagonal, column by column: each is taken off what is left."""
    a = a.copy()
    for k in range(a.shape[-1]):
        root = xp.sqrt(a[:, k, k].real)
        a[:, k, k] = root
        a[:, k + 1 :, k] = a[:, k + 1 :, k] / root[:, None]
        column = a[:, k + 1 :, k]
        a[:, k + 1 :, k + 1 :] -= column[:, :, None] * _conj(xp, column)[:, None, :]
    return a


def _root(xp: Any, a: Buffer) -> Buffer:
    """Cholesky's factor below the diagonal, by halves; NaN where a pivot is negative."""
    n = a.shape[-1]
    if n <= _HALVED:
        return _columnwise(xp, a)
    h = n // 2
    found = a.copy()
    found[:, :h, :h] = _root(xp, a[:, :h, :h])
    found[:, h:, :h] = _adjoint(xp, _substituted(xp, found[:, :h, :h], _adjoint(xp, a[:, h:, :h]), False))
    low = found[:, h:, :h]
    found[:, h:, h:] = _root(xp, a[:, h:, h:] - xp.matmul(low, _adjoint(xp, low)))
    return found


def _cholesky(call: Call) -> Kernel:
    xp = call.xp

    def compute(a: Buffer) -> Buffer:
        finite, kept = _finite(xp, xp.tril(_with_real_diagonal(xp, a)))
        found = _root(xp, finite)
        diagonal = xp.diagonal(found, 0, -2, -1).real
        kept = xp.logical_and(kept, xp.all(xp.logical_and(diagonal > 0, xp.isfinite(diagonal)), axis=-1))
        return xp.tril(_or_nan(xp, kept, found))

    return _only(call, compute) if call.inputs[0].shape[-1] else lambda a: a


def _substituted(xp: Any, t: Buffer, b: Buffer, unit: bool) -> Buffer:
    """Lower triangles solved: column by column where small, else by halves."""
    n = t.shape[-1]
    x = b.copy()
    if n > _HALVED:
        h = n // 2
        x[:, :h] = _substituted(xp, t[:, :h, :h], b[:, :h], unit)
        x[:, h:] = _substituted(xp, t[:, h:, h:], b[:, h:] - xp.matmul(t[:, h:, :h], x[:, :h]), unit)
        return x
    for k in range(n):
        if not unit:
            x[:, k] = x[:, k] / t[:, k, k, None]
        x[:, k + 1 :] -= t[:, k + 1 :, k, None] * x[:, k, None, :]
    return x


def _triangular_solve(call: Call) -> Kernel:
    xp, p = call.xp, call.params
    turned = p["transpose_a"] == p["left_side"]
    backward = p["lower"] == turned

    def compute(a: Buffer, b: Buffer) -> Buffer:
        t = _conj(xp, a) if p["conjugate_a"] else a
        t = _swapped(xp, t) if turned else t
        right = b if p["left_side"] else _swapped(xp, b)
        if backward:
            t, right = t[:, ::-1, ::-1], right[:, ::-1]
        x = _substituted(xp, t, right, p["unit_diagonal"])
        x = x[:, ::-1] if backward else x
        return x if p["left_side"] else _swapped(xp, x)

    return _only(call, compute)


def _exchange(rows: Buffer, each: Buffer, i: int, j: Buffer) -> None:
    """Swap row i of each stack with row j of it."""
    kept = rows[:, i].copy()
    rows[:, i] = rows[each, j]
    rows[each, j] = kept


def _extent(xp: Any, x: Buffer) -> Buffer:
    """|Re x| + |Im x|, by which LAPACK chooses pivots."""
    return xp.abs(x.real) + xp.abs(x.imag) if x.dtype.kind == "c" else xp.abs(x)


def _lu(call: Call) -> Kernel:
    xp = call.xp
    m, n = call.inputs[0].shape[-2:]

    def compute(given: Buffer) -> Any:
        a, kept = _finite(xp, given)
        each = xp.arange(a.shape[0])
        order = xp.zeros((a.shape[0], 1), dtype=np.int64) + xp.arange(m)
        pivots = xp.zeros((a.shape[0], min(m, n)), dtype=np.int64)
        for k in range(min(m, n)):
            best = xp.argmax(_extent(xp, a[:, k:, k]), axis=-1) + k
            pivots[:, k] = best
            _exchange(a, each, k, best)
            _exchange(order, each, k, best)
            pivot = a[:, k, k, None]
            column = a[:, k + 1 :, k]
            a[:, k + 1 :, k] = xp.where(pivot == 0, column, column / pivot)
            a[:, k + 1 :, k + 1 :] -= a[:, k + 1 :, k, None] * a[:, k, None, k + 1 :]
        return _or_nan(xp, kept, a), pivots, order

    return _computed(call, compute)


def _permutation(call: Call) -> Kernel:
    xp, size = call.xp, call.params["permutation_size"]
    shape, k = call.outputs[0].shape, call.inputs[0].shape[-1]
    count = math.prod(shape[:-1])

    def kernel(pivots: Buffer) -> Buffer:
        stack = xp.reshape(pivots, (count, k))
        order = xp.zeros((count, 1), dtype=np.int64) + xp.arange(size)
        each = xp.arange(count)
        for i in range(k):
            _exchange(order, each, i, stack[:, i])
        return xp.reshape(order.astype(np.int32), shape)

    return kernel


# -- orthogonal factors ----------------------------------------------------------------------------------
def _eye(xp: Any, count: int, m: int, n: int) -> Buffer:
    return xp.broadcast_to(xp.eye(m, n), (count, m, n))


def _qr(call: Call) -> Kernel:
    xp, mode = call.xp, "complete" if call.params["full_matrices"] else "reduced"
    m, n = call.inputs[0].shape[-2:]
    k = call.outputs[0].shape[-1]

    def compute(a: Buffer) -> Any:
        if not min(a.shape):
            return _eye(xp, a.shape[0], m, k), xp.zeros((a.shape[0], k, n))
        finite, kept = _finite(xp, a)
        q, r = xp.linalg.qr(finite, mode=mode)
        return _or_nan(xp, kept, q), _or_nan(xp, kept, xp.triu(r))

    return _computed(call, compute)


def _turns(xp: Any, v: Buffer) -> Buffer:
    """A number of absolute value 1 for each column, 1 or -1 of reals: what makes the sum of cos(k) v_k positive."""
    cosines = xp.cos(xp.arange(v.shape[-2], dtype=np.float64))
    along = xp.sum(cosines[:, None] * v, axis=-2)
    if v.dtype.kind == "c":
        return xp.conj(along) / xp.abs(along)
    return xp.where(along < 0, -1.0, 1.0)


def _eigh(call: Call) -> Kernel:
    xp, triangle = call.xp, "L" if call.params["lower"] else "U"

    def compute(a: Buffer) -> Any:
        if not min(a.shape):
            return a, a[..., 0].real if a.shape[-1] else xp.zeros(a.shape[:-1])
        a = _with_real_diagonal(xp, a)
        finite, kept = _finite(xp, xp.tril(a) if triangle == "L" else xp.triu(a))
        w, v = xp.linalg.eigh(finite, UPLO=triangle)
        return _or_nan(xp, kept, v * _turns(xp, v)[:, None, :]), _or_nan(xp, kept, w)

    return _computed(call, compute)


def _appended(xp: Any, u: Buffer) -> Buffer:
    """Orthonormal columns, and those that Householder's reflections append."""
    k = u.shape[-1]
    whole, _ = xp.linalg.qr(u, mode="complete")
    return xp.concatenate([u, whole[..., k:]], axis=-1)


def _svd(call: Call) -> Kernel:
    xp, full, vectors = call.xp, call.params["full_matrices"], call.params["compute_uv"]
    m, n = call.inputs[0].shape[-2:]

    def decomposed(a: Buffer) -> Any:
        if not vectors:
            return (xp.linalg.svd(a, compute_uv=False),)
        u, s, vh = xp.linalg.svd(a, full_matrices=False)
        v = _adjoint(xp, vh)
        turns = _turns(xp, v if n > m else u)[:, None, :]
        u, v = u * turns, v * turns
        if full and m > n:
            u = _appended(xp, u)
        elif full and n > m:
            v = _appended(xp, v)
        return s, u, _adjoint(xp, v)

    def compute(a: Buffer) -> Any:
        count = a.shape[0]
        if not min(m, n) or not count:
            sizes = [y.shape[-2:] for y in call.outputs[1:]]
            return xp.zeros((count, min(m, n))), *(_eye(xp, count, *size) for size in sizes)
        finite, kept = _finite(xp, a)
        return [_or_nan(xp, kept, y) for y in decomposed(finite)]

    return _computed(call, compute)


# -- eigenvalues of any matrix -----------------------------------------------------------------------------
def _in_order(w: Any, v: Any) -> tuple[Any, Any]:
    """By Re w + cos(1) Im w; vectors of length 1 with a positive sum of cos(k) v_k."""
    order = np.argsort(w.real + np.cos(1.0) * w.imag, axis=-1, kind="stable")
    w, v = np.take_along_axis(w, order, -1), np.take_along_axis(v, order[:, None, :], -1)
    along = np.sum(np.cos(np.arange(v.shape[-2]))[:, None] * v, axis=-2)
    turned = v * (along.conj() / np.abs(along))[:, None, :]
    return w, turned / np.sqrt(np.sum(np.abs(turned) ** 2, axis=-2))[:, None, :]


def _eig(call: Call) -> Kernel:
    """NumPy's, on the host: not every array module has it."""
    device, old, p = call.device, call.dtype, call.params
    shapes, count = [(a.dtype, a.shape) for a in call.outputs], math.prod(call.inputs[0].shape[:-2])
    n = call.inputs[0].shape[-1]

    def decomposed(a: Any) -> list[Any]:
        w, right = _in_order(*np.linalg.eig(a))
        found = [w]
        if p["compute_left_eigenvectors"]:
            u, left = np.linalg.eig(np.swapaxes(a, -1, -2))
            found.append(_in_order(u, left)[1].conj())  # u^T A = w u^T: conj(u) is the left vector
            found[-1] = _in_order(w, found[-1])[1]
        if p["compute_right_eigenvectors"]:
            found.append(right)
        return found

    def kernel(x: Buffer) -> Any:
        wide = np.complex128 if old.kind == "c" else np.float64
        a = np.reshape(device.get(x, old).astype(wide), (count, n, n))
        finite, kept = _finite(np, a)
        found = decomposed(finite) if count and n else [np.zeros(s) for _, s in shapes]
        spoilt = [np.where(kept.reshape((-1,) + (1,) * (y.ndim - 1)), y, complex("nan+nanj")) for y in found]
        return tuple(device.put(np.reshape(y.astype(d), s)) for y, (d, s) in zip(spoilt, shapes, strict=True))

    return kernel


FACTORIZATIONS: dict[str, Callable[[Call], Kernel]] = {
    "cholesky": _cholesky,
    "triangular_solve": _triangular_solve,
    "lu": _lu,
    "lu_pivots_to_permutation": _permutation,
    "qr": _qr,
    "eig": _eig,
    "eigh": _eigh,
    "svd": _svd,
}
