"""`jax.lax`'s functions over `dispatch.bind`: names, arguments and results are theirs.

Operands must have equal dtypes, and equal shapes but for scalars and axes of size 1, which broadcast at
equal rank. A Python scalar beside an array takes the array's dtype where that keeps its kind.
"""

from __future__ import annotations

# Tables of names: lines are filled, not one name each.
# fmt: off
# isort: off
from ..catalogue import FftType, GatherDimensionNumbers, ScatterDimensionNumbers
from ..control_flow import cond, fori_loop, map, scan, switch, while_loop
from ..shapes import broadcast_shapes
from ..solves import custom_linear_solve, custom_root
from . import linalg as linalg
from .accuracy import AccuracyMode, DotAlgorithm, DotAlgorithmPreset, Precision, Tolerance
from .bit_generators import RandomAlgorithm, rng_bit_generator, rng_uniform
from .collectives import (
    all_gather, all_to_all, axis_index, axis_size, pbroadcast, pmax, pmean, pmin, ppermute, pshuffle,
    psum, psum_scatter, pswapaxes,
)
from .conversion import bitcast_convert_type, convert_element_type, stop_gradient
from .convolutions import (
    ConvDimensionNumbers, conv, conv_dimension_numbers, conv_general_dilated, conv_general_dilated_local,
    conv_general_dilated_patches, conv_transpose, conv_with_general_padding,
)
from .creation import broadcasted_iota, empty, full, full_like, iota, zeros_like
from .elementwise import (
    RoundingMethod, abs, acos, acosh, add, asin, asinh, atan, atan2, atanh, bessel_i0e, bessel_i1e,
    betainc, bitwise_and, bitwise_not, bitwise_or, bitwise_xor, cbrt, ceil, clamp, clz, complex, conj,
    cos, cosh, digamma, div, eq, erf, erf_inv, erfc, exp, exp2, expm1, floor, ge, gt, igamma,
    igamma_grad_a, igammac, imag, integer_pow, is_finite, le, lgamma, log, log1p, logistic, lt, max, min,
    mul, mulhi, ne, neg, nextafter, polygamma, population_count, pow, random_gamma_grad, real, reciprocal,
    rem, round, rsqrt, select, select_n, shift_left, shift_right_arithmetic, shift_right_logical, sign,
    sin, sinh, sqrt, square, sub, tan, tanh, zeta,
)
from .folds import reduce
from .fourier import fft
from .indexing import (
    GatherScatterMode, gather, index_take, scatter, scatter_add, scatter_apply, scatter_max, scatter_min,
    scatter_mul, scatter_sub,
)
from .messages import pcast, precv, psend
from .precision import reduce_precision
from .products import batch_matmul, dot, dot_general
from .ragged import DotDimensionNumbers, RaggedDotDimensionNumbers, ragged_dot, ragged_dot_general
from .ragged_exchange import ragged_all_to_all
from .reductions import (
    argmax, argmin, cummax, cummin, cumprod, cumsum, reduce_and, reduce_max, reduce_min, reduce_or,
    reduce_prod, reduce_sum, reduce_xor,
)
from .running import associative_scan, cumlogsumexp
from .scaled import scaled_dot
from .selections import select_and_gather_add, select_and_scatter_add
from .shape_tuples import (
    conv_general_permutations, conv_general_shape_tuple, conv_shape_tuple, conv_transpose_shape_tuple,
    reduce_window_shape_tuple, shape_as_value,
)
from .slicing import (
    dynamic_index_in_dim, dynamic_slice, dynamic_slice_in_dim, dynamic_update_index_in_dim,
    dynamic_update_slice, dynamic_update_slice_in_dim, index_in_dim, slice, slice_in_dim, split, unstack,
)
from .sorting import approx_max_k, approx_min_k, sort, sort_key_val, top_k
from .staging import (
    after_all, composite, create_token, dce_sink, dtype, optimization_barrier, platform_dependent, stage,
    with_sharding_constraint,
)
from .structural import (
    broadcast, broadcast_in_dim, broadcast_like, broadcast_to_rank, collapse, concatenate, expand_dims,
    pad, reshape, rev, squeeze, stack, tile, transpose,
)
from .windows import padtype_to_pads, reduce_window
# isort: on

__all__ = [
    "AccuracyMode", "ConvDimensionNumbers", "DotAlgorithm", "DotAlgorithmPreset", "DotDimensionNumbers",
    "FftType", "GatherDimensionNumbers", "GatherScatterMode", "Precision", "RaggedDotDimensionNumbers",
    "RandomAlgorithm", "RoundingMethod", "ScatterDimensionNumbers", "Tolerance", "abs", "acos", "acosh",
    "add", "after_all", "all_gather", "all_to_all", "approx_max_k", "approx_min_k", "argmax", "argmin",
    "asin", "asinh", "associative_scan", "atan", "atan2", "atanh", "axis_index", "axis_size",
    "batch_matmul", "bessel_i0e", "bessel_i1e", "betainc", "bitcast_convert_type", "bitwise_and",
    "bitwise_not", "bitwise_or", "bitwise_xor", "broadcast", "broadcast_in_dim", "broadcast_like",
    "broadcast_shapes", "broadcast_to_rank", "broadcasted_iota", "cbrt", "ceil", "clamp", "clz",
    "collapse", "complex", "composite", "concatenate", "cond", "conj", "conv", "conv_dimension_numbers",
    "conv_general_dilated", "conv_general_dilated_local", "conv_general_dilated_patches",
    "conv_general_permutations", "conv_general_shape_tuple", "conv_shape_tuple", "conv_transpose",
    "conv_transpose_shape_tuple", "conv_with_general_padding", "convert_element_type", "cos", "cosh",
    "create_token", "cumlogsumexp", "cummax", "cummin", "cumprod", "cumsum", "custom_linear_solve",
    "custom_root", "dce_sink", "digamma", "div", "dot", "dot_general", "dtype", "dynamic_index_in_dim",
    "dynamic_slice", "dynamic_slice_in_dim", "dynamic_update_index_in_dim", "dynamic_update_slice",
    "dynamic_update_slice_in_dim", "empty", "eq", "erf", "erf_inv", "erfc", "exp", "exp2", "expand_dims",
    "expm1", "fft", "floor", "fori_loop", "full", "full_like", "gather", "ge", "gt", "igamma",
    "igamma_grad_a", "igammac", "imag", "index_in_dim", "index_take", "integer_pow", "iota", "is_finite",
    "le", "lgamma", "linalg", "log", "log1p", "logistic", "lt", "map", "max", "min", "mul", "mulhi", "ne",
    "neg", "nextafter", "optimization_barrier", "pad", "padtype_to_pads", "pbroadcast", "pcast",
    "platform_dependent", "pmax", "pmean", "pmin", "polygamma", "population_count", "pow", "ppermute",
    "precv", "psend", "pshuffle", "psum", "psum_scatter", "pswapaxes", "ragged_all_to_all", "ragged_dot",
    "ragged_dot_general", "random_gamma_grad", "real", "reciprocal", "reduce", "reduce_and", "reduce_max",
    "reduce_min", "reduce_or", "reduce_precision", "reduce_prod", "reduce_sum", "reduce_window",
    "reduce_window_shape_tuple", "reduce_xor", "rem", "reshape", "rev", "rng_bit_generator",
    "rng_uniform", "round", "rsqrt", "scaled_dot", "scan", "scatter", "scatter_add", "scatter_apply",
    "scatter_max", "scatter_min", "scatter_mul", "scatter_sub", "select", "select_and_gather_add",
    "select_and_scatter_add", "select_n", "shape_as_value", "shift_left", "shift_right_arithmetic",
    "shift_right_logical", "sign", "sin", "sinh", "slice", "slice_in_dim", "sort", "sort_key_val",
    "split", "sqrt", "square", "squeeze", "stack", "stage", "stop_gradient", "sub", "switch", "tan",
    "tanh", "tile", "top_k", "transpose", "unstack", "while_loop", "with_sharding_constraint",
    "zeros_like", "zeta",
]
# fmt: on
