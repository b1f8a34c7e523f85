"""`jax.numpy`'s names: functions of arrays, written in the primitives of the language."""

from __future__ import annotations

# Tables of names: lines are filled, not one name each.
# fmt: off
# isort: off
from .bessels import i0
from ..arrays import Array as ndarray
from ..dtypes import finfo, iinfo
from . import fft as fft
from . import linalg as linalg
from .applying import apply_along_axis, apply_over_axes, fromfunction, vectorize
from .arithmetic import (
    add, arctan2, atan2, divide, divmod, float_power, floor_divide, fmax, fmin, fmod, heaviside, hypot,
    logaddexp, logaddexp2, maximum, minimum, mod, modf, multiply, nextafter, pow, power, remainder,
    subtract, true_divide,
)
from .calculus import gradient, interp, trapezoid, unwrap
from .classes import copysign, isfinite, isinf, isnan, isneginf, isposinf, signbit
from .complex_numbers import (
    angle, conj, conjugate, imag, iscomplex, iscomplexobj, isreal, isrealobj, real, sort_complex,
)
from .constants import (
    bfloat16, bool, bool_, cdouble, character, complex64, complex128, complex_, complexfloating, csingle,
    double, dtype, e, euler_gamma, flexible, float16, float32, float64, float_, floating, generic,
    inexact, inf, int8, int16, int32, int64, int_, integer, nan, newaxis, number, object_, pi,
    signedinteger, single, uint, uint8, uint16, uint32, uint64, unsignedinteger,
)
from .correlation import convolve, corrcoef, correlate, cov
from .creation import (
    arange, array, asarray, copy, diag, diagonal, empty, empty_like, eye, from_dlpack, full, full_like,
    geomspace, identity, linspace, logspace, meshgrid, ones, ones_like, tri, tril, triu, zeros,
    zeros_like,
)
from .elementwise import (
    abs, absolute, acos, acosh, arccos, arccosh, arcsin, arcsinh, arctan, arctanh, around, asin, asinh,
    atan, atanh, cbrt, ceil, cos, cosh, deg2rad, degrees, exp, exp2, expm1, fabs, fix, floor, log, log1p,
    log2, log10, negative, positive, rad2deg, radians, reciprocal, rint, round, sign, sin, sinc, sinh,
    sqrt, square, tan, tanh, trunc,
)
from .files import frombuffer, fromfile, fromiter, fromstring, load, save, savez
from .fitting import polyfit, roots
from .floats import frexp, ldexp, spacing
from .grids import c_, index_exp, indices, ix_, mgrid, ogrid, r_, s_
from .histograms import histogram, histogram2d, histogram_bin_edges, histogramdd
from .inspection import __array_api_version__, __array_namespace_info__
from .integers import bitwise_count, gcd, lcm, packbits, unpackbits
from .joining import (
    append, array_split, column_stack, concat, concatenate, dsplit, dstack, hsplit, hstack, split, stack,
    unstack, vsplit, vstack,
)
from .limits import astype, clip, isclose, nan_to_num
from .logic import (
    bitwise_and, bitwise_invert, bitwise_left_shift, bitwise_not, bitwise_or, bitwise_right_shift,
    bitwise_xor, equal, greater, greater_equal, invert, left_shift, less, less_equal, logical_and,
    logical_not, logical_or, logical_xor, not_equal, right_shift,
)
from .manipulation import (
    atleast_1d, atleast_2d, atleast_3d, broadcast_arrays, broadcast_shapes, broadcast_to, expand_dims,
    isscalar, iterable, matrix_transpose, moveaxis, ndim, permute_dims, ravel, reshape, shape, size,
    squeeze, swapaxes, transpose,
)
from .missing import (
    nanargmax, nanargmin, nancumprod, nancumsum, nanmax, nanmean, nanmin, nanprod, nanstd, nansum, nanvar,
)
from .moments import average, mean, std, var
from .moving import flip, fliplr, flipud, pad, repeat, roll, rot90, tile
from .placement import (
    delete, diagflat, ediff1d, fill_diagonal, insert, place, put, put_along_axis, resize, rollaxis,
    trim_zeros,
)
from .places import (
    diag_indices, diag_indices_from, mask_indices, ravel_multi_index, tril_indices, tril_indices_from,
    triu_indices, triu_indices_from, unravel_index,
)
from .polynomials import poly, polyadd, polyder, polydiv, polyint, polymul, polysub, polyval, vander
from .products import dot, einsum, einsum_path, inner, kron, matmul, outer, tensordot, trace, vdot, vecdot
from .promotion import can_cast, isdtype, issubdtype, promote_types, result_type
from .quantiles import median, nanmedian, nanpercentile, nanquantile, percentile, quantile
from .reductions import all, amax, amin, any, count_nonzero, max, min, prod, ptp, sum
from .running import cumprod, cumsum, cumulative_prod, cumulative_sum, diff
from .searching import (
    allclose, argmax, argmin, argsort, argwhere, array_equal, array_equiv, bincount, flatnonzero, nonzero,
    searchsorted, select, sort, take, take_along_axis, where,
)
from .selection import argpartition, block, choose, compress, digitize, extract, lexsort, partition, piecewise
from .sets import (
    intersect1d, isin, setdiff1d, setxor1d, union1d, unique, unique_all, unique_counts, unique_inverse,
    unique_values,
)
from .texts import array_repr, array_str, get_printoptions, printoptions, set_printoptions
from .vectors import cross, matvec, vecmat
from .windows import bartlett, blackman, hamming, hanning, kaiser
# isort: on

__all__ = [
    "__array_api_version__", "__array_namespace_info__", "abs", "absolute", "acos", "acosh", "add", "all",
    "allclose", "amax", "amin", "angle", "any", "append", "apply_along_axis", "apply_over_axes", "arange",
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "argmax", "argmin",
    "argpartition", "argsort", "argwhere", "around", "array", "array_equal", "array_equiv", "array_repr",
    "array_split", "array_str", "asarray", "asin", "asinh", "astype", "atan", "atan2", "atanh",
    "atleast_1d", "atleast_2d", "atleast_3d", "average", "bartlett", "bfloat16", "bincount",
    "bitwise_and", "bitwise_count", "bitwise_invert", "bitwise_left_shift", "bitwise_not", "bitwise_or",
    "bitwise_right_shift", "bitwise_xor", "blackman", "block", "bool", "bool_", "broadcast_arrays",
    "broadcast_shapes", "broadcast_to", "c_", "can_cast", "cbrt", "cdouble", "ceil", "character",
    "choose", "clip", "column_stack", "complex64", "complex128", "complex_", "complexfloating",
    "compress", "concat", "concatenate", "conj", "conjugate", "convolve", "copy", "copysign", "corrcoef",
    "correlate", "cos", "cosh", "count_nonzero", "cov", "cross", "csingle", "cumprod", "cumsum",
    "cumulative_prod", "cumulative_sum", "deg2rad", "degrees", "delete", "diag", "diag_indices",
    "diag_indices_from", "diagflat", "diagonal", "diff", "digitize", "divide", "divmod", "dot", "double",
    "dsplit", "dstack", "dtype", "e", "ediff1d", "einsum", "einsum_path", "empty", "empty_like", "equal",
    "euler_gamma", "exp", "exp2", "expand_dims", "expm1", "extract", "eye", "fabs", "fft",
    "fill_diagonal", "finfo", "fix", "flatnonzero", "flexible", "flip", "fliplr", "flipud", "float16",
    "float32", "float64", "float_", "float_power", "floating", "floor", "floor_divide", "fmax", "fmin",
    "fmod", "frexp", "from_dlpack", "frombuffer", "fromfile", "fromfunction", "fromiter", "fromstring",
    "full", "full_like", "gcd", "generic", "geomspace", "get_printoptions", "gradient", "greater",
    "greater_equal", "hamming", "hanning", "heaviside", "histogram", "histogram2d", "histogram_bin_edges",
    "histogramdd", "hsplit", "hstack", "hypot", "i0", "identity", "iinfo", "imag", "index_exp", "indices",
    "inexact", "inf", "inner", "insert", "int8", "int16", "int32", "int64", "int_", "integer", "interp",
    "intersect1d", "invert", "isclose", "iscomplex", "iscomplexobj", "isdtype", "isfinite", "isin",
    "isinf", "isnan", "isneginf", "isposinf", "isreal", "isrealobj", "isscalar", "issubdtype", "iterable",
    "ix_", "kaiser", "kron", "lcm", "ldexp", "left_shift", "less", "less_equal", "lexsort", "linalg",
    "linspace", "load", "log", "log1p", "log2", "log10", "logaddexp", "logaddexp2", "logical_and",
    "logical_not", "logical_or", "logical_xor", "logspace", "mask_indices", "matmul", "matrix_transpose",
    "matvec", "max", "maximum", "mean", "median", "meshgrid", "mgrid", "min", "minimum", "mod", "modf",
    "moveaxis", "multiply", "nan", "nan_to_num", "nanargmax", "nanargmin", "nancumprod", "nancumsum",
    "nanmax", "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod", "nanquantile", "nanstd",
    "nansum", "nanvar", "ndarray", "ndim", "negative", "newaxis", "nextafter", "nonzero", "not_equal",
    "number", "object_", "ogrid", "ones", "ones_like", "outer", "packbits", "pad", "partition",
    "percentile", "permute_dims", "pi", "piecewise", "place", "poly", "polyadd", "polyder", "polydiv",
    "polyfit", "polyint", "polymul", "polysub", "polyval", "positive", "pow", "power", "printoptions",
    "prod", "promote_types", "ptp", "put", "put_along_axis", "quantile", "r_", "rad2deg", "radians",
    "ravel", "ravel_multi_index", "real", "reciprocal", "remainder", "repeat", "reshape", "resize",
    "result_type", "right_shift", "rint", "roll", "rollaxis", "roots", "rot90", "round", "s_", "save",
    "savez", "searchsorted", "select", "set_printoptions", "setdiff1d", "setxor1d", "shape", "sign",
    "signbit", "signedinteger", "sin", "sinc", "single", "sinh", "size", "sort", "sort_complex",
    "spacing", "split", "sqrt", "square", "squeeze", "stack", "std", "subtract", "sum", "swapaxes",
    "take", "take_along_axis", "tan", "tanh", "tensordot", "tile", "trace", "transpose", "trapezoid",
    "tri", "tril", "tril_indices", "tril_indices_from", "trim_zeros", "triu", "triu_indices",
    "triu_indices_from", "true_divide", "trunc", "uint", "uint8", "uint16", "uint32", "uint64", "union1d",
    "unique", "unique_all", "unique_counts", "unique_inverse", "unique_values", "unpackbits",
    "unravel_index", "unsignedinteger", "unstack", "unwrap", "vander", "var", "vdot", "vecdot", "vecmat",
    "vectorize", "vsplit", "vstack", "where", "zeros", "zeros_like",
]
# fmt: on
