"""NumPy and SciPy by the names of `jax.lax`; and mpmath's functions, where they promise no last digits."""

from __future__ import annotations

import types
from typing import Any

import mpmath
import numpy as np
import scipy.special
from tests.language.peer_values.numpy_oracle import each


class NumPy:
    """NumPy and SciPy by the names of `jax.lax`, called with its arguments."""

    neg, sub, mul, div, rem = np.negative, np.subtract, np.multiply, np.divide, np.fmod
    asin, acos, atan, asinh, acosh, atanh = (
        np.arcsin,
        np.arccos,
        np.arctan,
        np.arcsinh,
        np.arccosh,
        np.arctanh,
    )
    pow, atan2, max, min, is_finite = np.power, np.arctan2, np.maximum, np.minimum, np.isfinite
    eq, ne, lt, le, gt, ge = np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal
    erf, erfc, lgamma, digamma = (
        scipy.special.erf,
        scipy.special.erfc,
        scipy.special.gammaln,
        scipy.special.psi,
    )
    erf_inv, bessel_i0e, bessel_i1e = scipy.special.erfinv, scipy.special.i0e, scipy.special.i1e
    logistic, conj = scipy.special.expit, np.conj
    shift_left = np.left_shift
    reduce_max, reduce_min, reduce_sum = np.max, np.min, np.sum
    reduce_prod, zeros_like, stack, concatenate = np.prod, np.zeros_like, np.stack, np.concatenate
    dot, batch_matmul, transpose, squeeze = np.dot, np.matmul, np.transpose, np.squeeze
    expand_dims, rev, tile, full, full_like = np.expand_dims, np.flip, np.tile, np.full, np.full_like

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    @staticmethod
    def abs(x: Any) -> Any:
        return np.abs(x)

    @staticmethod
    def rsqrt(x: Any) -> Any:
        return x.dtype.type(1) / np.sqrt(x)

    @staticmethod
    def complex(x: Any, y: Any) -> Any:
        found = np.empty(x.shape, np.result_type(x, np.complex64))
        found.real, found.imag = x, y
        return found

    @staticmethod
    def round(x: Any, method: int) -> Any:
        return np.rint(x)

    @staticmethod
    def integer_pow(x: Any, k: int) -> Any:
        return np.power(x, x.dtype.type(k))

    @staticmethod
    def population_count(x: Any) -> Any:
        """Of the bits; NumPy counts those of the absolute value."""
        return np.bitwise_count(x.view(np.dtype(f"uint{8 * x.dtype.itemsize}")))

    @staticmethod
    def clz(x: Any) -> Any:
        bits = 8 * x.dtype.itemsize
        lengths = [bits - (int(v) % 2**bits).bit_length() for v in x.reshape(-1)]
        return np.array(lengths, x.dtype).reshape(x.shape)

    @staticmethod
    def mulhi(x: Any, y: Any) -> Any:
        high = [
            int(a) * int(b) >> 8 * x.dtype.itemsize for a, b in zip(x.reshape(-1), y.reshape(-1), strict=True)
        ]
        return np.array(high, x.dtype).reshape(x.shape)

    @staticmethod
    def shift_right_arithmetic(x: Any, y: Any) -> Any:
        """Of unsigned integers too the highest bit is a sign."""
        signed = np.dtype(f"int{8 * x.dtype.itemsize}")
        within = np.minimum(y.view(np.dtype(f"uint{8 * x.dtype.itemsize}")), 8 * x.dtype.itemsize - 1)
        return np.right_shift(x.view(signed), within.astype(signed)).view(x.dtype)

    @staticmethod
    def shift_right_logical(x: Any, y: Any) -> Any:
        bare = np.dtype(f"uint{8 * x.dtype.itemsize}")
        return np.right_shift(x.view(bare), y.view(bare)).view(x.dtype)

    @staticmethod
    def select(c: Any, x: Any, y: Any) -> Any:
        return np.where(c, x, y)

    @staticmethod
    def select_n(c: Any, x: Any, y: Any) -> Any:
        return np.where(c, y, x)

    @staticmethod
    def clamp(low: Any, x: Any, high: Any) -> Any:
        return np.clip(x, low, high)

    @staticmethod
    def _running(function: Any, x: Any, axis: int, reverse: bool) -> Any:
        return np.flip(function(np.flip(x, axis)), axis) if reverse else function(x)

    def cumsum(self, x: Any, axis: int, reverse: bool = False) -> Any:
        return self._running(lambda v: np.cumsum(v, axis, v.dtype), x, axis, reverse)

    def cumprod(self, x: Any, axis: int, reverse: bool = False) -> Any:
        return self._running(lambda v: np.cumprod(v, axis, v.dtype), x, axis, reverse)

    def cummax(self, x: Any, axis: int, reverse: bool = False) -> Any:
        return self._running(lambda v: np.maximum.accumulate(v, axis), x, axis, reverse)

    def cummin(self, x: Any, axis: int, reverse: bool = False) -> Any:
        return self._running(lambda v: np.minimum.accumulate(v, axis), x, axis, reverse)

    def cumlogsumexp(self, x: Any, axis: int, reverse: bool = False) -> Any:
        return self._running(lambda v: np.logaddexp.accumulate(v, axis), x, axis, reverse)

    @staticmethod
    def reduce_and(x: Any, axes: Any) -> Any:
        return np.bitwise_and.reduce(x, axes)

    @staticmethod
    def reduce_or(x: Any, axes: Any) -> Any:
        return np.bitwise_or.reduce(x, axes)

    @staticmethod
    def reduce_xor(x: Any, axes: Any) -> Any:
        return np.bitwise_xor.reduce(x, axes)

    @staticmethod
    def argmax(x: Any, axis: int, dtype: Any) -> Any:
        return np.argmax(x, axis)

    @staticmethod
    def argmin(x: Any, axis: int, dtype: Any) -> Any:
        return np.argmin(x, axis)

    @staticmethod
    def sort(x: Any, dimension: int) -> Any:
        return np.sort(x, dimension, kind="stable")

    @staticmethod
    def top_k(x: Any, k: int) -> Any:
        if x.shape[-1] < k:
            raise ValueError(k)
        order = x.shape[-1] - 1 - np.flip(np.argsort(np.flip(x, -1), -1, kind="stable"), -1)
        return np.take_along_axis(x, order[..., :k], -1), order[..., :k]

    def approx_max_k(self, x: Any, k: int) -> Any:  # tolerance-name: JAX's name; ours is exact
        return self.top_k(x, k)

    def approx_min_k(self, x: Any, k: int) -> Any:  # tolerance-name: JAX's name; ours is exact
        if x.shape[-1] < k:
            raise ValueError(k)
        # NaN is first in either order, as of the largest.
        order = np.argsort(np.where(np.isnan(x), -np.inf, x), -1, kind="stable")[..., :k]
        return np.take_along_axis(x, order, -1), order

    @staticmethod
    def dot_general(x: Any, y: Any, numbers: Any) -> Any:
        return x @ y

    @staticmethod
    def fft(x: Any, kind: str, lengths: Any) -> Any:
        return np.fft.fft(x) if kind == "FFT" else np.fft.ifft(x)

    @staticmethod
    def broadcast(x: Any, sizes: Any) -> Any:
        return np.broadcast_to(x, (*sizes, *x.shape))

    @staticmethod
    def broadcast_in_dim(x: Any, shape: Any, axes: Any) -> Any:
        return np.broadcast_to(x, shape)

    @staticmethod
    def unstack(x: Any, axis: int) -> Any:
        return np.unstack(x, axis=axis)

    @staticmethod
    def split(x: Any, sizes: Any, axis: int) -> Any:
        if min(sizes) < 0:
            raise ValueError(sizes)
        return np.split(x, np.cumsum(sizes)[:-1], axis)

    @staticmethod
    def pad(x: Any, value: Any, config: Any) -> Any:
        return np.pad(x, [c[:2] for c in config], constant_values=value)

    @staticmethod
    def slice(x: Any, low: Any, high: Any, steps: Any) -> Any:
        if any(h > n for h, n in zip(high, x.shape, strict=True)):
            raise ValueError(high)
        return x[tuple(map(slice, low, high, steps))]

    @staticmethod
    def slice_in_dim(x: Any, low: int, high: Any, axis: int) -> Any:
        if x.shape[axis] < -low:
            raise ValueError(low)
        return x[:, low:high]

    @staticmethod
    def index_in_dim(x: Any, index: int, axis: int) -> Any:
        return np.take(x, [index], axis)

    @staticmethod
    def dynamic_slice(x: Any, at: Any, sizes: Any) -> Any:
        if any(s > n for s, n in zip(sizes, x.shape, strict=True)):
            raise ValueError(sizes)
        low = [min(int(i), n - s) for i, n, s in zip(at, x.shape, sizes, strict=True)]
        return x[tuple(slice(i, i + s) for i, s in zip(low, sizes, strict=True))]

    @staticmethod
    def dynamic_update_slice(x: Any, y: Any, at: Any) -> Any:
        if any(s > n for s, n in zip(y.shape, x.shape, strict=True)):
            raise ValueError(y.shape)
        low = [min(int(i), n - s) for i, n, s in zip(at, x.shape, y.shape, strict=True)]
        found = x.copy()
        found[tuple(slice(i, i + s) for i, s in zip(low, y.shape, strict=True))] = y
        return found

    @staticmethod
    def collapse(x: Any, low: int, high: int) -> Any:
        return x.reshape(*x.shape[:low], int(np.prod(x.shape[low:high])), *x.shape[high:])

    @staticmethod
    def iota(dtype: Any, size: int) -> Any:
        return np.arange(size).astype(dtype)

    @staticmethod
    def broadcasted_iota(dtype: Any, shape: Any, axis: int) -> Any:
        return np.indices(shape)[axis].astype(dtype)

    @staticmethod
    def convert_element_type(x: Any, dtype: Any) -> Any:
        return x.astype(dtype)

    @staticmethod
    def bitcast_convert_type(x: Any, dtype: Any) -> Any:
        return x.view(dtype)

    @staticmethod
    def stop_gradient(x: Any) -> Any:
        return x

    @staticmethod
    def sort_key_val(x: Any, y: Any) -> Any:
        order = np.argsort(x, -1, kind="stable")
        return x[order], y[order]


for _name, _function in list(vars(NumPy).items()):
    if not _name.startswith("_") and not isinstance(_function, (staticmethod, types.FunctionType)):
        setattr(NumPy, _name, staticmethod(_function))

ORACLE = NumPy()


def log_gamma(x: Any) -> Any:
    """Log |gamma(x)|; infinite at its poles, C99 7.12.8.3."""
    pole = x <= 0 and x == mpmath.floor(x)
    return mpmath.inf if pole else mpmath.log(abs(mpmath.gamma(x)))


def erf_inv(x: Any) -> Any:
    """Between -1 and 1, and at both the infinities."""
    return mpmath.erfinv(x) if abs(x) < 1 else x * mpmath.inf if abs(x) == 1 else mpmath.nan


class Exact:
    """mpmath's in the place of SciPy's, which promise no last digits; at infinities the limits."""

    digamma = staticmethod(each(mpmath.digamma))
    erfc = staticmethod(each(mpmath.erfc, lambda x: 0.0 if x > 0 else 2.0))
    erf = staticmethod(each(mpmath.erf, np.sign))
    erf_inv = staticmethod(each(erf_inv, lambda x: np.nan))
    lgamma = staticmethod(each(log_gamma, lambda x: np.inf))  # C99 F.9.5.3
    log1p = staticmethod(each(mpmath.log1p))
    div = staticmethod(each(lambda x, y: x / y if y else mpmath.nan))
    sign = staticmethod(each(lambda z: z / abs(z) if z else z))
    logistic = staticmethod(each(lambda x: 1 / (1 + mpmath.exp(-x)), lambda x: float(x > 0)))
    bessel_i0e = staticmethod(
        each(lambda x: mpmath.besseli(0, x) * mpmath.exp(-abs(x)), lambda x: 0.0),
    )
    bessel_i1e = staticmethod(
        each(lambda x: mpmath.besseli(1, x) * mpmath.exp(-abs(x)), lambda x: 0.0),
    )


EXACT = Exact()
