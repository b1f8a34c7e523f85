"""Rows of `verax.lax`; what no row is for, with the reason."""

from __future__ import annotations

from typing import Any

import numpy as np
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
