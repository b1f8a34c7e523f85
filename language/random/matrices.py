"""Distributions that rest on a factorization: normal vectors of a covariance, and orthogonal matrices."""

from __future__ import annotations

import operator
from typing import Any

from .. import lax
from .. import numpy as vnp
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import to_inexact
from ..lax import linalg
from ..numpy.promotion import dtypes_only
from ..shapes import broadcast_shapes, canonical_shape
from .keys import raw_of
from .normals import normal
from .uniforms import float_dtype, inexact_dtype

_METHODS = ("cholesky", "eigh", "svd")


def multivariate_normal(
    key: Any, mean: Any, cov: Any, shape: Any = None, dtype: Any = None, method: str = "cholesky"
) -> Array:
    """Normal vectors: a factor of the covariance times independent normal numbers, about the mean.

    Args:
        key: the key.
        mean: of shape (..., n).
        cov: the covariance, positive definite (for 'eigh' and 'svd' semidefinite), of shape (..., n, n).
        shape: of the result without its last axis; the one that ``mean`` and ``cov`` broadcast to if none is given.
        dtype: of the result, a float dtype; the parameters' if none is given.
        method: 'cholesky', 'eigh' or 'svd': how the covariance is factored.

    Returns:
        Floats of shape (*shape, n).

    Raises:
        TypeError: ``key`` is no key.
        ValueError: the shapes do not fit, or there is no such method.
    """
    if method not in _METHODS:
        raise ValueError(
            f"`method` of multivariate_normal must be one of {', '.join(_METHODS)}, got {method!r}."
        )
    mean, cov = dtypes_only("multivariate_normal", mean, cov, rule=to_inexact)
    if mean.ndim < 1 or cov.shape[-2:] != (mean.shape[-1],) * 2:
        raise ValueError(
            f"`cov` of multivariate_normal must have shape (..., n, n) where `mean` has (..., n), "
            f"got {cov.shape} for {mean.shape}."
        )
    wanted = float_dtype("multivariate_normal", mean.dtype if dtype is None else dtype)
    own = broadcast_shapes(mean.shape[:-1], cov.shape[:-2])
    sizes = own if shape is None else canonical_shape(shape)
    if broadcast_shapes(own, sizes) != sizes:
        raise ValueError(
            f"`shape` of multivariate_normal must be one that its parameters broadcast to, got {sizes} for {own}."
        )
    drawn = normal(raw_of("multivariate_normal", key), (*sizes, mean.shape[-1]), wanted)
    turned = vnp.squeeze(vnp.matmul(_factor(cov, method), vnp.expand_dims(drawn, -1)), -1)
    return lift(vnp.add(mean, turned))


def _factor(cov: Array, method: str) -> Any:
    """A matrix whose product with its transpose is the covariance."""
    if method == "cholesky":
        return linalg.cholesky(cov)
    if method == "eigh":
        vectors, values = linalg.eigh(cov)
    else:
        vectors, values, _ = linalg.svd(cov)
    return vnp.multiply(vectors, vnp.expand_dims(vnp.sqrt(values), -2))


def orthogonal(key: Any, n: int, shape: Any = (), dtype: Any = None, m: int | None = None) -> Array:
    """Orthogonal or unitary matrices, uniform: the factor of a normal matrix, with signs that make it unique.

    F. Mezzadri, "How to generate random matrices from the classical compact groups" (2007).

    Args:
        key: the key.
        n: how many rows.
        shape: of the result before its last two axes.
        dtype: of the result, a float or complex dtype.
        m: how many columns; ``n`` if none is given.

    Returns:
        Numbers of shape (*shape, n, m), with orthonormal columns, or rows where these are fewer.

    Raises:
        TypeError: ``key`` is no key.
    """
    wanted = inexact_dtype("orthogonal", dtype)
    rows, columns = operator.index(n), operator.index(n if m is None else m)
    sizes = (*canonical_shape(shape), max(rows, columns), min(rows, columns))
    q, r = linalg.qr(normal(raw_of("orthogonal", key), sizes, wanted), full_matrices=False)
    signs = lax.sign(lift(vnp.diagonal(r, axis1=-2, axis2=-1)))
    found = vnp.multiply(q, vnp.expand_dims(signs, -2))
    return lift(vnp.swapaxes(found, -1, -2) if rows < columns else found)
