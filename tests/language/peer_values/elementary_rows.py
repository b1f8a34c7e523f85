"""Rows of `verax.lax`, and what NumPy and SciPy have in their place; what no row is for, with the reason."""

from __future__ import annotations

import types
from typing import Any

import mpmath
import numpy as np
import scipy.special
from tests.language.peer_values.numpy_oracle import each
from tests.language.test_numpy_against_jax import AXES, ONE, Row

SAME = (((3, 4), (3, 4)), ((5,), (5,)), ((), ()), ((0, 3), (0, 3)))
MATRICES = (((2, 3), (3, 4)), ((4, 1), (1, 2)), ((0, 3), (3, 2)), ((2, 0), (0, 3)))


def one(name: str, kind: str, **keywords: Any) -> list[Row]:
    return [Row(lambda m, x: getattr(m, name)(x, **keywords), (kind,), ONE)]


def two(name: str, kind: str) -> list[Row]:
    return [Row(lambda m, x, y: getattr(m, name)(x, y), (kind, kind), SAME)]


def along(name: str, kind: str) -> list[Row]:
    return [Row(lambda m, x, a=a: getattr(m, name)(x, a), (kind,), AXES) for a in (0, 1)] + [
        Row(lambda m, x: getattr(m, name)(x, 0, reverse=True), (kind,), AXES)
    ]


def over(name: str, kind: str) -> list[Row]:
    return [Row(lambda m, x, a=a: getattr(m, name)(x, a), (kind,), AXES) for a in ((0,), (1,), (0, 1), ())]


def plain(name: str, *args: Any, kind: str = "all", shapes: Any = AXES) -> list[Row]:
    return [Row(lambda m, x: getattr(m, name)(x, *args), (kind,), shapes)]


ROWS: dict[str, list[Row]] = {
    **{
        n: one(n, "inexact")
        for n in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh")
    },
    **{n: one(n, "inexact") for n in ("asin", "acos", "atan", "asinh", "acosh", "atanh")},
    **{
        n: one(n, "float")
        for n in (
            "cbrt",
            "floor",
            "ceil",
            "is_finite",
            "exp2",
            "erf",
            "erfc",
            "erf_inv",
            "lgamma",
            "logistic",
        )
    },
    **{n: one(n, "float") for n in ("rsqrt", "reciprocal", "bessel_i0e", "bessel_i1e")},
    "digamma": one("digamma", "single"),
    **{n: one(n, "numeric") for n in ("neg", "sign", "square", "abs")},
    **{n: one(n, "bits") for n in ("bitwise_not",)},
    "population_count": one("population_count", "int"),
    "clz": one("clz", "int"),
    **{n: one(n, "complex") for n in ("real", "imag", "conj")},
    "complex": two("complex", "single"),
    "round": [Row(lambda m, x: m.round(x, 1), ("float",), ONE)],
    "integer_pow": [Row(lambda m, x, k=k: m.integer_pow(x, k), ("float",), ONE) for k in (-2, 0, 1, 2, 3, 7)],
    **{n: two(n, "numeric") for n in ("add", "sub", "mul")},
    "div": two("div", "inexact"),
    "rem": two("rem", "float"),
    "pow": two("pow", "float"),
    "atan2": two("atan2", "float"),
    "nextafter": two("nextafter", "single"),
    **{n: two(n, "any") for n in ("max", "min", "lt", "le", "gt", "ge")},
    **{n: two(n, "all") for n in ("eq", "ne")},
    **{n: two(n, "bits") for n in ("bitwise_and", "bitwise_or", "bitwise_xor")},
    **{n: two(n, "int") for n in ("shift_left", "shift_right_arithmetic", "shift_right_logical", "mulhi")},
    "select": [
        Row(lambda m, c, x, y: m.select(c, x, y), ("bool", "all", "all"), (((3, 4),) * 3, ((0,),) * 3))
    ],
    "select_n": [
        Row(lambda m, c, x, y: m.select_n(c, x, y), ("bool", "all", "all"), (((3, 4),) * 3, ((2,),) * 3))
    ],
    "clamp": [Row(lambda m, x: m.clamp(x.dtype.type(0), x, x.dtype.type(2)), ("number",), ONE)],
    **{n: along(n, "number") for n in ("cummax", "cummin", "cumsum", "cumprod")},
    "cumlogsumexp": along("cumlogsumexp", "float"),
    **{n: over(n, "number") for n in ("reduce_max", "reduce_min", "reduce_sum", "reduce_prod")},
    **{n: over(n, "bits") for n in ("reduce_and", "reduce_or", "reduce_xor")},
    **{
        n: [Row(lambda m, x, n=n, a=a: getattr(m, n)(x, a, np.int32), ("number",), AXES) for a in (0, 1)]
        for n in ("argmax", "argmin")
    },
    "sort": [Row(lambda m, x, a=a: m.sort(x, dimension=a), ("any",), AXES) for a in (0, -1)],
    "top_k": [Row(lambda m, x: m.top_k(x, 2), ("number",), AXES)],
    **{
        n: [Row(lambda m, x, n=n: getattr(m, n)(x, 2), ("float",), AXES)]
        for n in ("approx_max_k", "approx_min_k")  # tolerance-name: JAX's names; ours are exact
    },
    "dot": [
        Row(lambda m, x, y: m.dot(x, y), ("numeric", "numeric"), (*MATRICES, ((3,), (3,)), ((2, 3), (3,))))
    ],
    "dot_general": [
        Row(lambda m, x, y: m.dot_general(x, y, (((1,), (0,)), ((), ()))), ("numeric", "numeric"), MATRICES)
    ],
    "batch_matmul": [
        Row(
            lambda m, x, y: m.batch_matmul(x, y),
            ("numeric", "numeric"),
            (((2, 3, 4), (2, 4, 1)), ((0, 2, 2), (0, 2, 2))),
        )
    ],
    "fft": [
        Row(lambda m, x, k=k: m.fft(x, k, x.shape[-1:]), ("complex",), (((3,),), ((2, 4),)))
        for k in ("FFT", "IFFT")
    ],
    "reshape": [*plain("reshape", (-1,)), Row(lambda m, x: m.reshape(x, x.shape[::-1]), ("all",), AXES)],
    "transpose": plain("transpose", (1, 0), shapes=(((3, 4),), ((0, 2),))),
    "rev": plain("rev", (0,)) + plain("rev", (0, 1)),
    "squeeze": plain("squeeze", (0,), shapes=(((1, 3),), ((1, 0),))),
    "expand_dims": plain("expand_dims", (0, -1), shapes=ONE),
    "broadcast": plain("broadcast", (2, 0)) + plain("broadcast", (3,), shapes=ONE),
    "broadcast_in_dim": plain("broadcast_in_dim", (2, 3), (1,), shapes=(((3,),), ((1,),))),
    "concatenate": [
        Row(lambda m, x, y: m.concatenate([x, y], 1), ("all", "all"), (((3, 4), (3, 2)), ((3, 0), (3, 1))))
    ],
    "stack": [Row(lambda m, x, y: m.stack([x, y], -1), ("all", "all"), SAME)],
    "unstack": [Row(lambda m, x: m.unstack(x, 1), ("all",), AXES)],
    "split": [Row(lambda m, x: m.split(x, (1, x.shape[1] - 1), 1), ("all",), AXES)],
    "tile": plain("tile", (2, 1), shapes=(((3, 4),), ((0, 2),))),
    "pad": [
        Row(
            lambda m, x: m.pad(x, x.dtype.type(2), [(1, 0, 0), (2, 1, 0)]),
            ("number",),
            (((3, 4),), ((0, 2),)),
        )
    ],
    "slice": [Row(lambda m, x: m.slice(x, (1, 0), (3, 3), (1, 2)), ("all",), (((3, 4),),))],
    "slice_in_dim": [Row(lambda m, x: m.slice_in_dim(x, -2, None, axis=1), ("all",), (((3, 4),), ((0, 3),)))],
    "index_in_dim": [Row(lambda m, x: m.index_in_dim(x, -1, 1), ("all",), (((3, 4),), ((0, 3),)))],
    "dynamic_slice": [
        Row(lambda m, x, i: m.dynamic_slice(x, (i, i), (2, 1)), ("all", "index"), (((3, 4), ()),))
    ],
    "dynamic_update_slice": [
        Row(
            lambda m, x, y, i: m.dynamic_update_slice(x, y, (i, i)),
            ("all", "all", "index"),
            (((3, 4), (2, 1), ()),),
        )
    ],
    "collapse": plain("collapse", 0, 2, shapes=(((2, 3),), ((0, 3),), ((2, 3, 2),))),
    "full_like": [Row(lambda m, x: m.full_like(x, 2), ("number",), ONE)],
    "zeros_like": plain("zeros_like", shapes=ONE),
    "iota": [Row(lambda m, d=d: m.iota(np.dtype(d), 5), ()) for d in ("int8", "float16", "float32")],
    "broadcasted_iota": [Row(lambda m: m.broadcasted_iota(np.dtype("int32"), (2, 3), 1), ())],
    "full": [Row(lambda m: m.full((2, 0), 1.5), ()), Row(lambda m: m.full((2,), 7, np.int8), ())],
    "convert_element_type": [
        Row(lambda m, x, d=d: m.convert_element_type(x, np.dtype(d)), ("any",), ONE)
        for d in ("float16", "float32", "bool")
    ],
    "bitcast_convert_type": [Row(lambda m, x: m.bitcast_convert_type(x, np.dtype("int32")), ("index",), ONE)],
    "stop_gradient": plain("stop_gradient", shapes=ONE),
    "sort_key_val": [
        Row(lambda m, x, y: m.sort_key_val(x, y), ("number", "index"), (((5,), (5,)), ((0,), (0,))))
    ],
}
COUNTERPART_OF_NO_ARRAY = "a type, an enumeration or a shape: no array comes of it"
WITHOUT: dict[str, str] = {
    **dict.fromkeys(
        (
            *(
                "AccuracyMode",
                "ConvDimensionNumbers",
                "DotAlgorithm",
                "DotAlgorithmPreset",
                "DotDimensionNumbers",
            ),
            *(
                "FftType",
                "GatherDimensionNumbers",
                "GatherScatterMode",
                "Precision",
                "RaggedDotDimensionNumbers",
            ),
            *(
                "RandomAlgorithm",
                "RoundingMethod",
                "ScatterDimensionNumbers",
                "Tolerance",
                "broadcast_shapes",
            ),
            *(
                "conv_dimension_numbers",
                "conv_general_permutations",
                "conv_general_shape_tuple",
                "conv_shape_tuple",
            ),
            *(
                "conv_transpose_shape_tuple",
                "padtype_to_pads",
                "reduce_window_shape_tuple",
                "shape_as_value",
                "dtype",
            ),
            *("linalg", "create_token", "after_all"),
        ),
        COUNTERPART_OF_NO_ARRAY,
    ),
    **dict.fromkeys(
        (
            *(
                "all_gather",
                "all_to_all",
                "axis_index",
                "axis_size",
                "pbroadcast",
                "pmax",
                "pmean",
                "pmin",
                "ppermute",
            ),
            *(
                "pshuffle",
                "psum",
                "psum_scatter",
                "pswapaxes",
                "ragged_all_to_all",
                "psend",
                "precv",
                "pcast",
            ),
        ),
        "of many devices: NumPy has one",
    ),
    **dict.fromkeys(
        (
            *(
                "associative_scan",
                "composite",
                "cond",
                "custom_linear_solve",
                "custom_root",
                "dce_sink",
                "fori_loop",
            ),
            *("map", "optimization_barrier", "platform_dependent", "scan", "stage", "switch", "while_loop"),
            *("with_sharding_constraint", "reduce"),
        ),
        "of functions: NumPy has Python's own statements",
    ),
    **dict.fromkeys(
        (
            *("conv", "conv_general_dilated", "conv_general_dilated_local", "conv_general_dilated_patches"),
            *("conv_transpose", "conv_with_general_padding", "gather", "reduce_precision", "reduce_window"),
            *(
                "ragged_dot",
                "ragged_dot_general",
                "scaled_dot",
                "scatter",
                "scatter_add",
                "scatter_apply",
                "scatter_max",
            ),
            *(
                "scatter_min",
                "scatter_mul",
                "scatter_sub",
                "index_take",
                "select_and_gather_add",
                "select_and_scatter_add",
                "broadcast_like",
                "broadcast_to_rank",
            ),
            *("empty", "dynamic_index_in_dim", "dynamic_slice_in_dim", "dynamic_update_index_in_dim"),
            *("dynamic_update_slice_in_dim", "rng_bit_generator", "rng_uniform"),
        ),
        "NumPy has no such function: drawn calls are held to JAX's values (peer_types/values.py)",
    ),
    **dict.fromkeys(
        ("betainc", "igamma", "igamma_grad_a", "igammac", "polygamma", "random_gamma_grad", "zeta"),
        "held to Arb at 10,000 points (docs/measured)",
    ),
}


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
    logistic = staticmethod(each(lambda x: 1 / (1 + mpmath.exp(-x)), lambda x: float(x > 0)))
    bessel_i0e = staticmethod(
        each(lambda x: mpmath.besseli(0, x) * mpmath.exp(-abs(x)), lambda x: 0.0),
    )
    bessel_i1e = staticmethod(
        each(lambda x: mpmath.besseli(1, x) * mpmath.exp(-abs(x)), lambda x: 0.0),
    )


EXACT = Exact()
