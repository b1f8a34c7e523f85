"""Correlation: sliding products of vectors, and how samples vary together."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import canonical, is_complex, is_integer, to_inexact
from .arithmetic import true_divide
from .complex_numbers import conjugate, imag, real
from .creation import array, diag, full
from .elementwise import absolute, sqrt
from .joining import concatenate
from .limits import clip
from .manipulation import atleast_2d, squeeze, transpose
from .moments import average
from .moving import flip
from .products import dot
from .promotion import array_of, convert, dtypes_only
from .reductions import sum

MODES = ("full", "same", "valid")


def _slid(name: str, a: Any, v: Any, mode: str, wanted: Any, backwards: bool) -> Array:
    x, y = dtypes_only(name, a, v) if wanted is not None else dtypes_only(name, a, v, rule=to_inexact)
    if x.ndim != 1 or y.ndim != 1 or not x.size or not y.size:
        raise ValueError(
            f"`a` and `v` of {name} must be vectors with elements, got shapes {x.shape} and {y.shape}."
        )
    if mode not in MODES:
        raise ValueError(f"`mode` of {name} must be one of {', '.join(MODES)}, got {mode!r}.")
    y = y if backwards else conjugate(y)
    turned = x.size < y.size
    long, short = (y, x) if turned else (x, y)
    short = flip(short) if backwards else short
    n = short.size
    pads = {"valid": (0, 0), "same": (n // 2, n - n // 2 - 1), "full": (n - 1, n - 1)}[mode]
    lanes, kernel = (lax.reshape(z, (1, 1, z.size)) for z in (long, short))
    found = lax.conv_general_dilated(
        lanes, kernel, (1,), (pads,), preferred_element_type=None if wanted is None else canonical(wanted)
    )
    line: Array = lax.reshape(found, (found.size,))
    return flip(line) if turned and not backwards else line


def convolve(
    a: Any, v: Any, mode: str = "full", *, precision: Any = None, preferred_element_type: Any = None
) -> Array:
    """The sums of the products of two vectors, one of them reversed and moved along the other.

    Args:
        a: a vector; integers become floats.
        v: a vector.
        mode: 'full' (wherever they overlap), 'same' (as many as the longer has), or 'valid' (where one lies within).
        precision: accepted for JAX's sake.
        preferred_element_type: the dtype of the sums; then integers stay integers.

    Returns:
        A vector of n + m - 1, max(n, m) or max(n, m) - min(n, m) + 1 elements.

    Raises:
        ValueError: an argument is no vector or has no elements, or the mode is unknown.
    """
    return _slid("convolve", a, v, mode, preferred_element_type, backwards=True)


def correlate(
    a: Any, v: Any, mode: str = "valid", *, precision: Any = None, preferred_element_type: Any = None
) -> Array:
    """The sums of the products of two vectors, one of them conjugated and moved along the other.

    Arguments are `convolve`'s.

    Returns:
        A vector of floats; of ``preferred_element_type`` where that is given.

    Raises:
        ValueError: an argument is no vector or has no elements, or the mode is unknown.
    """
    return _slid("correlate", a, v, mode, preferred_element_type, backwards=False)


# -- how samples vary together --------------------------------------------------------------------------------
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    dtype: Any = None,
) -> Array:
    """The covariances of variables: the mean products of their distances from their means.

    Args:
        m: a variable, or one in each row; integers become floats.
        y: more variables.
        rowvar: whether the rows are the variables, and not the columns.
        bias: whether to divide by n, and not by n - 1.
        ddof: what is taken off n instead.
        fweights: how often each sample counts: integers.
        aweights: how much each sample counts.
        dtype: of the result.

    Returns:
        A square matrix, a row for each variable; a scalar for one.

    Raises:
        ValueError: there are more than 2 axes, weights do not fit, or the dtype is no float.
        TypeError: ``fweights`` are no integers.
    """
    given = dtypes_only("cov", m, *(() if y is None else (y,)), rule=to_inexact)
    if any(x.ndim > 2 for x in given):
        raise ValueError(
            f"`m` and `y` of cov must have at most 2 axes, got shapes {[x.shape for x in given]}."
        )
    if dtype is not None and to_inexact(canonical(dtype)) != canonical(dtype):
        raise ValueError(f"`dtype` of cov must be a floating dtype, got {dtype!r}.")
    x = concatenate([_rows(z, rowvar) for z in given]) if y is not None else _rows(given[0], rowvar)
    if x.shape[0] == 0:
        return array(np.zeros((0, 0)), canonical(float))
    if x.shape[1] == 0:
        return full(() if x.shape[0] == 1 else (x.shape[0],) * 2, np.nan, x.dtype)
    weights = _weights(x.shape[1], fweights, aweights)
    if dtype is not None:
        x, weights = lift(convert(x, canonical(dtype))), weights and lift(convert(weights, canonical(dtype)))
    taken_off = ddof if ddof is not None else 1 - bool(bias)
    means, totals = average(x, 1, weights, True)
    count = _degrees(x.shape[1], totals[0], taken_off, weights, aweights)
    apart = x - means[:, None]
    other = apart if weights is None else apart * weights
    return squeeze(true_divide(dot(apart, conjugate(transpose(other))), count))


def _rows(x: Array, rowvar: bool) -> Array:
    found: Array = atleast_2d(x)
    return transpose(found) if not rowvar and x.ndim == 2 else found


def _weights(size: int, fweights: Any, aweights: Any) -> Any:
    found = None
    for name, given in (("fweights", fweights), ("aweights", aweights)):
        if given is None:
            continue
        weights = array_of("cov", given)
        if weights.shape != (size,):
            raise ValueError(
                f"`{name}` of cov must have shape ({size},), one for each sample, got {weights.shape}."
            )
        if name == "fweights" and not is_integer(weights.dtype):
            raise TypeError(f"`fweights` of cov must hold integers, got {weights.dtype}.")
        found = absolute(weights) if found is None else found * absolute(weights)
    return found


def _degrees(size: int, total: Any, taken_off: int, weights: Any, aweights: Any) -> Any:
    if weights is None:
        return size - taken_off
    if taken_off == 0:
        return total
    if aweights is None:
        return total - taken_off
    return total - taken_off * sum(weights * absolute(array_of("cov", aweights))) / total


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, dtype: Any = None) -> Array:
    """The correlations of variables: their covariances over both deviations, limited to [-1, 1]. Arguments as `cov`'s.

    Raises:
        ValueError: there are more than 2 axes, or the dtype is no float.
    """
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return true_divide(c, c)
    deviations = sqrt(real(diag(c)))
    found = c / deviations[:, None] / deviations[None, :]
    if not is_complex(found.dtype):
        return clip(found, -1, 1)
    return lax.complex(clip(real(found), -1, 1), clip(imag(found), -1, 1))
