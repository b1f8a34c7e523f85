"""Every name of `verax.numpy` gives the shape, dtype and weak type that `jax.eval_shape` gives, or both refuse.

`ROWS` is the table of names: a name without a row fails a test, so that a new function brings its calls.
"""

from __future__ import annotations

import importlib.util
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest

from verax.language import dispatch, trees
from verax.language import numpy as vnp
from verax.language.arrays import Array
from verax.language.config import enable_x64
from verax.language.dtypes import default_float, default_int
from verax.language.shapes import ShapedArray
from verax.language.tracing import trace

# Types need no implementation: nothing is computed. Only mapped functions are mapped by somebody.
NOBODY: Any = types.SimpleNamespace(
    name="nobody",
    array_type=Array,
    precedence=0,
    vmap=lambda *given: dispatch.implementation_of("fast").vmap(*given),
)
REFUSED = "refused"

BOOL = [np.dtype(np.bool_)]
INTS = [np.dtype(t) for t in ("int8", "int16", "int32", "uint8", "uint16", "uint32")]
FLOATS = [np.dtype("float16"), np.dtype(ml_dtypes.bfloat16), np.dtype("float32")]
WIDE_INTS = [np.dtype("int64"), np.dtype("uint64")]
WIDE_FLOATS = [np.dtype("float64")]
KINDS: dict[str, list[Any]] = {
    "any": BOOL + INTS + FLOATS,
    "number": INTS + FLOATS,
    "float": FLOATS,
    "int": INTS,
    "bits": BOOL + INTS,
    "bool": BOOL,
    "index": [np.dtype("int32")],
    "complex": [np.dtype("complex64")],
}
WIDE: dict[str, list[Any]] = {
    "any": WIDE_INTS + WIDE_FLOATS,
    "number": WIDE_INTS + WIDE_FLOATS,
    "float": WIDE_FLOATS,
    "int": WIDE_INTS,
}


class Row(NamedTuple):
    """One way to call a function: ``call(module, *operands)`` with operands of these kinds and shapes."""

    call: Callable[..., Any]
    kinds: tuple[str, ...] = ("any",)
    shapes: Sequence[tuple[tuple[int, ...], ...]] = (((3, 4),),)
    scalars: bool = True  # whether weak and Python scalars are drawn too


Shapes = Sequence[tuple[tuple[int, ...], ...]]
ONE: Shapes = (((3, 4),), ((),), ((5,),))
AXES: Shapes = (((3, 4),), ((2, 3, 4),))
PAIR: Shapes = (((3, 4), (3, 4)), ((3, 4), (4,)), ((3, 1), (1, 4)), ((), (3,)), ((3, 4), ()), ((), ()))
VECTOR: Shapes = (((5,),), ((1,),))


def words(text: str) -> list[str]:
    return text.split()


def named(name: str, *args: Any, **kwargs: Any) -> Callable[..., Any]:
    return lambda m, *xs: getattr(m, name)(*xs, *args, **kwargs)


def unary(name: str, kind: str = "any") -> list[Row]:
    return [Row(named(name), (kind,), ONE)]


def binary(name: str, kind: str = "any") -> list[Row]:
    return [Row(named(name), (kind, kind), PAIR)]


def along(name: str, kind: str = "any", **kwargs: Any) -> list[Row]:
    """A reduction: over everything, one axis, several, with and without the axes kept."""
    axes: list[Any] = [{}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 1)}, {"keepdims": True}]
    return [Row(named(name, **{**a, **kwargs}), (kind,), AXES) for a in axes]


def flat(name: str, kind: str = "any") -> list[Row]:
    return [Row(named(name, axis=a), (kind,), AXES) for a in (None, 0, -1)]


MASK = np.array([[True, False, True, True], [False] * 4, [True] * 4])
PICK = np.array([2, 0, 1, 2], np.int32)

ROWS: dict[str, list[Row]] = {
    # elementwise, one operand
    **{
        n: unary(n)
        for n in (
            *words("abs absolute acos acosh arccos arccosh arcsin arcsinh arctan arctanh asin asinh"),
            *words("atan atanh cbrt ceil cos cosh deg2rad degrees exp exp2 expm1 fabs floor isfinite"),
            *words("isinf isnan log log10 log1p log2 logical_not modf negative positive rad2deg"),
            *words("radians reciprocal rint sign signbit sin sinc sinh sqrt square tan tanh trunc"),
            *words("isposinf isneginf nan_to_num copy"),
        )
    },
    "bitwise_invert": unary("bitwise_invert", "bits"),
    "bitwise_not": unary("bitwise_not", "bits"),
    "invert": unary("invert", "bits"),
    "round": [Row(named("round"), ("number",), ONE), Row(named("round", 2), ("number",), ONE)],
    "around": [Row(named("around", 1), ("number",), ONE)],
    "fix": [Row(lambda m, x: getattr(m, "trunc" if m is jnp else "fix")(x), ("any",), ONE)],
    # elementwise, two operands
    **{
        n: binary(n)
        for n in (
            *words("add arctan2 atan2 divide divmod equal float_power floor_divide fmod greater"),
            *words("greater_equal heaviside hypot less less_equal logaddexp logaddexp2 logical_and"),
            *words("logical_or logical_xor maximum minimum mod multiply not_equal pow power"),
            *words("remainder true_divide copysign fmax fmin nextafter isclose allclose array_equal"),
            *words("kron"),
        )
    },
    "subtract": binary("subtract", "number"),
    **{n: binary(n, "bits") for n in ("bitwise_and", "bitwise_or", "bitwise_xor")},
    **{
        n: binary(n, "int")
        for n in ("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift")
    },
    "clip": [
        Row(lambda m, x, y: m.clip(x, y, 3), ("number", "number"), PAIR),
        Row(lambda m, x: m.clip(x, 0.0, 1.0), ("any",), ONE),
        Row(lambda m, x: m.clip(x), ("any",), ONE),
    ],
    "where": [
        Row(named("where"), ("any", "any", "any"), (((3, 4), (4,), ()), ((), (3,), (3,)), ((3,), (), ())))
    ],
    "select": [
        Row(
            lambda m, c, x, y: m.select([c, m.logical_not(c)], [x, y], 1),
            ("bool", "any", "any"),
            (((3,),) * 3,),
        )
    ],
    "astype": [
        Row(lambda m, x, d=d: m.astype(x, d), ("any",), ONE)
        for d in ("bool", "int8", "float16", "int32", float)
    ],
    # creation
    "array": [Row(named("array"), ("any",), ONE), Row(lambda m, x: m.array([x, x], ndmin=3), ("any",), ONE)],
    "asarray": [
        Row(named("asarray"), ("any",), ONE),
        Row(named("asarray", dtype="float16"), ("any",), ONE),
        Row(lambda m: m.asarray([[1, 2], [3, 4]]), ()),
        Row(lambda m: m.asarray([1, 2.5]), ()),
        Row(lambda m: m.asarray(2.5), ()),
        Row(lambda m: m.asarray([]), ()),
        Row(lambda m: m.asarray(True), ()),
    ],
    "arange": [
        Row(lambda m: m.arange(5), ()),
        Row(lambda m: m.arange(2, 7.5), ()),
        Row(lambda m: m.arange(7, 1, -2, "int8"), ()),
        Row(lambda m: m.arange(2.5), ()),
        Row(lambda m: m.arange(-3), ()),
        Row(lambda m: m.arange(5, dtype="float16"), ()),
    ],
    **{
        n: [
            Row(lambda m, n=n: getattr(m, n)((2, 3)), ()),
            Row(lambda m, n=n: getattr(m, n)(4, "int16"), ()),
            Row(lambda m, n=n: getattr(m, n)((), bool), ()),
        ]
        for n in ("zeros", "ones", "empty")
    },
    **{
        n: [
            Row(named(n), ("any",), ONE),
            Row(named(n, dtype="int8"), ("any",), ONE),
            Row(named(n, shape=(2,)), ("any",), ONE),
        ]
        for n in ("zeros_like", "ones_like", "empty_like")
    },
    "full": [
        Row(lambda m, x: m.full((3, 4), x), ("any",), (((),), ((4,),))),
        Row(lambda m: m.full((2,), 1.5), ()),
        Row(lambda m: m.full((2,), 1, "float16"), ()),
    ],
    "full_like": [
        Row(lambda m, x: m.full_like(x, 2), ("any",), ONE),
        Row(lambda m, x: m.full_like(x, 2.5, dtype="float32", shape=(3,)), ("any",), ONE),
    ],
    "linspace": [
        Row(named("linspace", num=5), ("any", "any"), PAIR),
        Row(named("linspace", num=3, endpoint=False, axis=-1), ("any", "any"), PAIR),
        Row(named("linspace", num=4, retstep=True), ("number", "number"), PAIR),
        Row(named("linspace", num=1), ("number", "number"), PAIR),
        Row(lambda m: m.linspace(0, 1, 0), ()),
        Row(lambda m: m.linspace(0, 10, 5, dtype=int), ()),
    ],
    "logspace": [Row(named("logspace", num=5), ("number", "number"), PAIR)],
    "geomspace": [Row(named("geomspace", num=5), ("number", "number"), PAIR)],
    "eye": [
        Row(lambda m: m.eye(3), ()),
        Row(lambda m: m.eye(3, 4, k=1, dtype=int), ()),
        Row(lambda m: m.eye(2, k=-1), ()),
    ],
    "identity": [Row(lambda m: m.identity(3), ()), Row(lambda m: m.identity(3, "int8"), ())],
    "tri": [Row(lambda m: m.tri(3), ()), Row(lambda m: m.tri(3, 5, -1, "bool"), ())],
    "tril": [Row(named("tril"), ("any",), AXES), Row(named("tril", k=-1), ("any",), AXES)],
    "triu": [Row(named("triu"), ("any",), AXES), Row(named("triu", k=2), ("any",), AXES)],
    "diag": [
        Row(named("diag"), ("any",), (((3,),), ((3, 4),))),
        Row(named("diag", k=1), ("any",), (((3,),), ((3, 4),))),
    ],
    "diagonal": [Row(named("diagonal"), ("any",), AXES), Row(named("diagonal", offset=-1), ("any",), AXES)],
    "trace": [Row(named("trace"), ("any",), AXES), Row(named("trace", offset=1), ("any",), AXES)],
    "meshgrid": [
        Row(lambda m, x, y: m.meshgrid(x, y), ("any", "any"), (((3,), (4,)),)),
        Row(lambda m, x, y: m.meshgrid(x, y, indexing="ij", sparse=True), ("any", "any"), (((3,), (4,)),)),
    ],
    # manipulation
    "reshape": [
        Row(lambda m, x: m.reshape(x, (-1, 2)), ("any",), AXES),
        Row(lambda m, x: m.reshape(x, (4, -1), order="F"), ("any",), AXES),
        Row(lambda m, x: m.reshape(x, 7), ("any",), AXES),
    ],
    "ravel": [Row(named("ravel"), ("any",), ONE)],
    "squeeze": [
        Row(named("squeeze"), ("any",), (((1, 3, 1),), ((3,),))),
        Row(named("squeeze", axis=0), ("any",), (((1, 3),),)),
    ],
    "expand_dims": [
        Row(named("expand_dims", 0), ("any",), ONE),
        Row(named("expand_dims", (0, -1)), ("any",), ONE),
    ],
    "atleast_1d": [Row(named("atleast_1d"), ("any",), ONE)],
    "atleast_2d": [Row(named("atleast_2d"), ("any",), ONE)],
    "atleast_3d": [Row(named("atleast_3d"), ("any",), ONE)],
    "transpose": [Row(named("transpose"), ("any",), AXES), Row(named("transpose", (1, 0)), ("any",), AXES)],
    "permute_dims": [Row(named("permute_dims", (1, 0)), ("any",), AXES)],
    "matrix_transpose": [Row(named("matrix_transpose"), ("any",), (*AXES, ((3,),)))],
    "moveaxis": [
        Row(named("moveaxis", 0, -1), ("any",), AXES),
        Row(named("moveaxis", (0, 1), (1, 0)), ("any",), AXES),
    ],
    "swapaxes": [Row(named("swapaxes", 0, -1), ("any",), AXES)],
    "broadcast_to": [Row(named("broadcast_to", (2, 3, 4)), ("any",), (((3, 4),), ((),), ((1, 4),), ((2,),)))],
    "broadcast_arrays": [Row(named("broadcast_arrays"), ("any", "any"), PAIR)],
    "concatenate": [
        Row(
            lambda m, x, y: m.concatenate([x, y]),
            ("any", "any"),
            (((3, 4), (2, 4)), ((3,), (3,)), ((3,), (3, 4))),
        ),
        Row(lambda m, x, y: m.concatenate([x, y], axis=None), ("any", "any"), PAIR),
        Row(lambda m, x: m.concatenate([x]), ("any",), AXES),
    ],
    "concat": [Row(lambda m, x, y: m.concat([x, y], axis=-1), ("any", "any"), (((3, 4), (3, 2)),))],
    **{
        n: [
            Row(
                lambda m, x, y, n=n: getattr(m, n)([x, y]),
                ("any", "any"),
                (((3, 4), (3, 4)), ((3,), (3,)), ((), ())),
            )
        ]
        for n in ("stack", "vstack", "hstack", "dstack", "column_stack")
    },
    "append": [
        Row(named("append"), ("any", "any"), PAIR),
        Row(named("append", axis=0), ("any", "any"), (((3, 4), (1, 4)),)),
    ],
    "unstack": [Row(named("unstack"), ("any",), AXES), Row(named("unstack", axis=1), ("any",), AXES)],
    "split": [
        Row(lambda m, x: m.split(x, 2, axis=-1), ("any",), AXES),
        Row(lambda m, x: m.split(x, [1, 3], axis=-1), ("any",), AXES),
        Row(lambda m, x: m.split(x, 3, axis=-1), ("any",), AXES),
    ],
    "array_split": [Row(lambda m, x: m.array_split(x, 3, axis=-1), ("any",), AXES)],
    "vsplit": [Row(named("vsplit", [1]), ("any",), AXES)],
    "hsplit": [Row(named("hsplit", [1]), ("any",), AXES)],
    "dsplit": [Row(named("dsplit", 2), ("any",), (((2, 3, 4),),))],
    "flip": [Row(named("flip"), ("any",), AXES), Row(named("flip", axis=0), ("any",), AXES)],
    "fliplr": [Row(named("fliplr"), ("any",), AXES)],
    "flipud": [Row(named("flipud"), ("any",), AXES)],
    "rot90": [Row(named("rot90", k), ("any",), AXES) for k in (0, 1, 2, 3)],
    "roll": [Row(named("roll", 2), ("any",), AXES), Row(named("roll", (1, -1), axis=(0, 1)), ("any",), AXES)],
    "tile": [Row(named("tile", (2, 1)), ("any",), ONE), Row(named("tile", 3), ("any",), ONE)],
    "repeat": [
        Row(named("repeat", 2), ("any",), ONE),
        Row(named("repeat", 2, axis=0), ("any",), AXES),
        Row(named("repeat", np.array([1, 0, 2]), axis=0), ("any",), (((3, 4),),)),
    ],
    "pad": [
        Row(named("pad", 1), ("any",), AXES),
        Row(lambda m, x: m.pad(x, ((1, 0), (2, 3)), constant_values=2), ("any",), (((3, 4),),)),
        Row(lambda m, x: m.pad(x, ((1, 0), (2, 3)), "edge"), ("any",), (((3, 4),),)),
        Row(lambda m, x: m.pad(x, ((1, 0), (2, 3)), "reflect"), ("any",), (((3, 4),),)),
        Row(lambda m, x: m.pad(x, ((1, 0), (2, 3)), "wrap"), ("any",), (((3, 4),),)),
        Row(lambda m, x: m.pad(x, ((1, 0), (2, 3)), "symmetric"), ("any",), (((3, 4),),)),
    ],
    # statistics
    **{
        n: [
            *along(n),
            Row(named(n, dtype="float32"), ("any",), AXES),
            Row(named(n, initial=1), ("any",), AXES),
        ]
        for n in ("sum", "prod")
    },
    "max": [*along("max"), Row(named("max", initial=1), ("number",), AXES)],
    "min": [*along("min"), Row(named("min", initial=1), ("number",), AXES)],
    "mean": [*along("mean"), Row(named("mean", dtype="float32"), ("any",), AXES)],
    "var": [
        *along("var"),
        Row(named("var", ddof=1), ("any",), AXES),
        Row(named("var", correction=1), ("any",), AXES),
    ],
    "std": [*along("std"), Row(named("std", ddof=1), ("any",), AXES)],
    **{
        n: along(n)
        for n in (
            "all",
            "any",
            "amax",
            "amin",
            "count_nonzero",
            "nansum",
            "nanmean",
            "nanmax",
            "nanmin",
            "nanprod",
        )
    },
    "ptp": along("ptp", "number"),
    "average": [
        *along("average", "number"),
        Row(lambda m, x, w: m.average(x, weights=w), ("number", "number"), (((3, 4), (3, 4)),)),
        Row(lambda m, x, w: m.average(x, 0, w, returned=True), ("number", "number"), (((3, 4), (3,)),)),
    ],
    "median": [
        Row(named("median"), ("number",), AXES),
        Row(named("median", axis=0, keepdims=True), ("number",), AXES),
    ],
    "cumsum": [*flat("cumsum"), Row(named("cumsum", dtype="float32"), ("any",), AXES)],
    "cumprod": flat("cumprod"),
    "cumulative_sum": [
        Row(named("cumulative_sum", axis=0), ("any",), AXES),
        Row(named("cumulative_sum", include_initial=True), ("any",), VECTOR),
    ],
    "cumulative_prod": [Row(named("cumulative_prod", axis=-1, include_initial=True), ("any",), AXES)],
    "diff": [
        Row(named("diff"), ("any",), AXES),
        Row(named("diff", n=2, axis=0), ("any",), AXES),
        Row(lambda m, x: m.diff(x, prepend=0, append=1), ("number",), AXES),
    ],
    # searching and sorting
    "argmax": [*flat("argmax"), Row(named("argmax", axis=0, keepdims=True), ("any",), AXES)],
    "argmin": [*flat("argmin"), Row(named("argmin", keepdims=True), ("any",), AXES)],
    "sort": [*flat("sort"), Row(named("sort", descending=True), ("number",), AXES)],
    "argsort": [*flat("argsort"), Row(named("argsort", descending=True), ("number",), AXES)],
    "searchsorted": [
        Row(named("searchsorted", side=s), ("any", "any"), (((5,), (3, 2)), ((5,), ()), ((0,), (3,))))
        for s in ("left", "right")
    ],
    "nonzero": [Row(named("nonzero", size=4), ("any",), AXES)],
    "flatnonzero": [Row(named("flatnonzero", size=4, fill_value=-1), ("any",), AXES)],
    "argwhere": [Row(named("argwhere", size=4), ("any",), AXES)],
    "take": [
        Row(lambda m, x, i: m.take(x, i, axis=0), ("any", "index"), (((3, 4), (2, 2)), ((3,), ()))),
        Row(lambda m, x, i: m.take(x, i, mode="clip"), ("any", "index"), (((3, 4), (2,)),)),
    ],
    "take_along_axis": [
        Row(
            lambda m, x, i: m.take_along_axis(x, i, axis=1),
            ("any", "index"),
            (((3, 4), (3, 2)), ((3, 4), (1, 2))),
        ),
        Row(lambda m, x, i: m.take_along_axis(x, i, axis=None), ("any", "index"), (((3, 4), (5,)),)),
    ],
    "bincount": [Row(lambda m, i: m.bincount(i, length=6), ("index",), (((5,),),))],
    # products
    "matmul": [
        Row(
            named("matmul"),
            ("any", "any"),
            (
                *(((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4))),
                *(
                    ((2, 3), (5, 3, 4)),
                    ((5, 1, 2, 3), (6, 3, 4)),
                    ((3,), (5, 3, 2)),
                    ((5, 2, 3), (3,)),
                    ((2, 3), (2, 3)),
                ),
                ((), (3,)),
            ),
        )
    ],
    "dot": [
        Row(
            named("dot"),
            ("any", "any"),
            (((3,), (3,)), ((2, 3), (3, 4)), ((5, 2, 3), (6, 3, 4)), ((), (3,)), ((2, 3), (2,))),
        )
    ],
    "vdot": [Row(named("vdot"), ("any", "any"), (((3,), (3,)), ((2, 3), (3, 2))))],
    "inner": [Row(named("inner"), ("any", "any"), (((3,), (3,)), ((2, 3), (4, 3)), ((), (3,))))],
    "outer": [Row(named("outer"), ("any", "any"), (((3,), (4,)), ((2, 2), (3,))))],
    "vecdot": [
        Row(named("vecdot"), ("any", "any"), (((3, 4), (3, 4)), ((4,), (3, 4)), ((2, 1, 4), (3, 4)))),
        Row(named("vecdot", axis=0), ("any", "any"), (((3, 4), (3, 4)),)),
    ],
    "tensordot": [
        Row(named("tensordot"), ("any", "any"), (((2, 3, 4), (3, 4, 5)), ((3, 4), (3, 4)))),
        Row(named("tensordot", axes=1), ("any", "any"), (((2, 3), (3, 4)),)),
        Row(named("tensordot", axes=((0, 1), (1, 0))), ("any", "any"), (((2, 3, 4), (3, 2, 5)),)),
    ],
    "einsum": [
        Row(lambda m, x, y: m.einsum("ij,jk->ik", x, y), ("any", "any"), (((2, 3), (3, 4)),)),
        Row(lambda m, x, y: m.einsum("bij,bjk", x, y), ("any", "any"), (((5, 2, 3), (5, 3, 4)),)),
        Row(
            lambda m, x, y: m.einsum("...i,...i->...", x, y),
            ("any", "any"),
            (((2, 3), (3,)), ((5, 2, 3), (2, 3))),
        ),
        Row(lambda m, x: m.einsum("ii->i", x), ("any",), (((3, 3),),)),
        Row(lambda m, x: m.einsum("ij->", x), ("any",), (((3, 4),),)),
        Row(lambda m, x: m.einsum("ij->ji", x), ("any",), (((3, 4),),)),
        Row(lambda m, x, y, z: m.einsum("i,ij,j->", x, y, z), ("any", "any", "any"), (((3,), (3, 4), (4,)),)),
        Row(lambda m, x, y: m.einsum("ij,kj->ik", x, y), ("any", "any"), (((3, 4), (5, 1)),)),
    ],
}

# Indexing has no name of its own: x[...] and x.at[...].
INDEXING: dict[str, list[Row]] = {
    "getitem": [
        Row(lambda m, x, i=i: x[i], ("any",), (((3, 4, 5),),), False)
        for i in (
            *(
                0,
                -1,
                (1, 2),
                (slice(None), 1),
                slice(1, None),
                (slice(None, None, -2), ..., slice(0, 0)),
                ...,
                None,
            ),
            *(
                (None, 1, ..., None),
                PICK,
                [0, 2],
                (PICK, PICK),
                (slice(None), PICK),
                (PICK, slice(None), PICK[:, None]),
            ),
            *(
                (0, slice(None), PICK),
                (PICK, None, PICK),
                (..., PICK, slice(1, 3)),
                MASK,
                (MASK, 1),
                (MASK, slice(1, 3)),
            ),
            *((slice(None), np.array([True, False, True, False])), True, (None, PICK, 0), np.int64(1)),
            *(4, (0, 0, 0, 0), 1.5, "a", ([0, 1], [0, 1, 2]), np.ones((2, 2), bool)),
        )
    ],
    "dynamic": [
        Row(lambda m, x, i: x[i], ("any", "int"), (((3, 4), ()), ((3, 4), (2,)), ((3, 4), (2, 2))), False),
        Row(lambda m, x, i: x[i, 1:, None], ("any", "int"), (((3, 4), ()), ((3, 4), (2,))), False),
        Row(lambda m, x, i: x[:, i], ("any", "int"), (((3, 4), ()), ((3, 4), (2,))), False),
    ],
    "at": [
        Row(lambda m, x, y, i=i, n=n: getattr(x.at[i], n)(y), ("any", "any"), (((3, 4), ()),), False)
        for i in (
            0,
            (1, 2),
            slice(1, None),
            (slice(None, None, 2), 1),
            PICK,
            (PICK, slice(1, 3)),
            MASK,
            ...,
            (None, 1),
        )
        for n in ("set", "add", "multiply", "min", "max", "divide", "power")
    ],
    "get": [Row(lambda m, x: x.at[PICK].get(mode="clip"), ("any",), (((3, 4),),), False)],
}

# Names that are no functions of arrays, and what another test holds them to.
ELSEWHERE = {
    *words("bfloat16 bool bool_ float16 float32 float64 int8 int16 int32 int64 uint8 uint16"),
    *words("floating generic inexact integer number signedinteger unsignedinteger shape ndim size"),
    *words("uint32 uint64 from_dlpack pi e inf nan euler_gamma newaxis ndarray finfo iinfo"),
    *words("can_cast"),
    *words("isdtype issubdtype promote_types result_type broadcast_shapes einsum_path unique"),
}


def _more() -> Any:
    """The rows of the rarer names, in a file of their own beside this one."""
    spec = importlib.util.spec_from_file_location("numpy_rows", Path(__file__).with_name("numpy_rows.py"))
    assert spec is not None
    assert spec.loader is not None
    sys.modules["numpy_rows"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["numpy_rows"])
    return sys.modules["numpy_rows"]


more = _more()
ROWS |= more.rows(types.SimpleNamespace(**globals()))
ELSEWHERE = (ELSEWHERE | more.ELSEWHERE) - set(ROWS)


def test_every_name_has_a_row() -> None:
    assert set(vnp.__all__) == set(ROWS) | ELSEWHERE
    assert not set(ROWS) & ELSEWHERE


def test_every_name_is_jax_s() -> None:
    ours = {"fix"}  # gone from JAX, kept for NumPy's sake
    assert [n for n in vnp.__all__ if not hasattr(jnp, n) and n not in ours] == []


# -- the comparator --------------------------------------------------------------------------------------------
class Operand(NamedTuple):
    """An abstract operand, or a Python scalar."""

    shape: tuple[int, ...]
    dtype: Any
    weak: bool = False
    scalar: Any = None


def with_scalars(row: Row, operands: Sequence[Operand]) -> Callable[[Any, Any], Any]:
    def call(m: Any, arrays: Sequence[Any]) -> Any:
        given = iter(arrays)
        return row.call(m, *(next(given) if o.scalar is None else o.scalar for o in operands))

    return call


def abstract(operands: Sequence[Operand]) -> list[Operand]:
    return [o for o in operands if o.scalar is None]


def typed(aval: Any) -> tuple[Any, ...]:
    # A weak bool is a bool: nothing depends on it, and JAX gives it at some places and not at others.
    return aval.shape, str(aval.dtype), aval.weak_type and aval.dtype != np.bool_


def verax_types(row: Row, operands: Sequence[Operand], module: Any = vnp) -> Any:
    call = with_scalars(row, operands)

    def flat(*arrays: Any) -> list[Any]:
        return [dispatch.lift(x) for x in trees.leaves(call(module, arrays))]

    avals = [ShapedArray(o.shape, o.dtype, o.weak) for o in abstract(operands)]
    try:
        with dispatch.using(NOBODY):
            program = trace(flat, avals)
    except (TypeError, ValueError, IndexError, OverflowError) as err:
        return f"{REFUSED}: {err}"
    return [typed(a) for a in program.out_avals]


def jax_types(row: Row, operands: Sequence[Operand]) -> Any:
    call = with_scalars(row, operands)
    struct: Any = jax.ShapeDtypeStruct  # untyped in some releases
    given = [struct(o.shape, o.dtype, weak_type=o.weak) for o in abstract(operands)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of updates that JAX will refuse one day
            warnings.simplefilter("ignore", np.exceptions.ComplexWarning)  # of imaginary parts left out
            warnings.simplefilter("ignore", DeprecationWarning)  # likewise
            found = jax.eval_shape(lambda *xs: call(jnp, xs), *given)
    except (TypeError, ValueError, IndexError, OverflowError, NotImplementedError) as err:
        return f"{REFUSED}: {err}"
    return [typed(a) for a in jax.tree.leaves(found)]


def agree(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, str) or isinstance(theirs, str):
        return isinstance(ours, str) and isinstance(theirs, str)
    return bool(ours == theirs)


def drawn(row: Row, seed: str, count: int, wide: bool = False) -> Iterator[list[Operand]]:
    """Operands of a row: every shape, dtypes at random, weak and Python scalars among them."""
    random = Random(seed)
    for i in range(count):
        shapes = row.shapes[i % len(row.shapes)] if row.kinds else ()
        operands = []
        for kind, shape in zip(row.kinds, shapes, strict=True):
            choices = KINDS[kind] + (WIDE.get(kind) or [] if wide else [])
            operands.append(operand(random, choices, shape, row.scalars))
        if operands and not abstract(operands):
            operands[0] = Operand((), choices[0])
        yield operands


def operand(random: Random, choices: Sequence[Any], shape: tuple[int, ...], scalars: bool) -> Operand:
    dtype = random.choice(list(choices))
    default = dtype in (default_int(), default_float())
    if scalars and shape == () and random.random() < 0.4:
        return Operand((), dtype, scalar=2.5 if dtype in FLOATS + WIDE_FLOATS else dtype == np.bool_ or 2)
    return Operand(shape, dtype, weak=scalars and default and random.random() < 0.3)


# What we take though JAX refuses it: a part of its message, and why.
TAKEN = {
    "preferred_element_type": "JAX asks a weak operand's product for a narrower dtype than it allows itself",
    "non-tuple sequence": "NumPy indexes by lists",
    "Attempted boolean conversion of traced array": "JAX takes the elements of a known mask for abstract ones",
    "lax.mul requires arguments to have the same dtypes": "JAX's inverted_cdf takes no q of another dtype",
    "does not accept dtype bool": "sums and products of booleans are or and and, in updates too",
}


def on_purpose(ours: Any, theirs: Any) -> bool:
    """Whether we differ by design: what is listed is taken, and a number known to be out of bounds refused."""
    if isinstance(ours, str) and not isinstance(theirs, str):
        return "is out of bounds for axis" in ours
    return not isinstance(ours, str) and isinstance(theirs, str) and any(part in theirs for part in TAKEN)


def disagreements(
    name: str, rows: Sequence[Row], count: int, module: Any = vnp, wide: bool = False
) -> list[str]:
    found = []
    for number, row in enumerate(rows):
        for operands in drawn(row, f"{name}{number}", count if row.kinds else 1, wide):
            ours, theirs = verax_types(row, operands, module), jax_types(row, operands)
            if not agree(ours, theirs) and not on_purpose(ours, theirs):
                found.append(f"{name}[{number}] on {operands}: got {ours}, JAX gives {theirs}")
    return found


@pytest.mark.parametrize("name", sorted(ROWS))
def test_types_are_jax_s(name: str) -> None:
    assert disagreements(name, ROWS[name], 8) == []


@pytest.mark.parametrize("name", sorted(ROWS))
def test_types_are_jax_s_with_64_bits(name: str) -> None:
    with ExitStack() as stack:
        stack.enter_context(enable_x64())
        stack.enter_context(jax.enable_x64(True))
        assert disagreements(name, ROWS[name], 3, wide=True) == []


# Complex numbers have no order here, and what needs one refuses them; JAX orders them by their parts.
ORDERED = {
    *words("max min amax amin nanmax nanmin ptp argmax argmin nanargmax nanargmin fmax fmin searchsorted"),
    *words("digitize histogram histogram2d histogramdd histogram_bin_edges logaddexp logaddexp2 sinc"),
    *words("apply_along_axis apply_over_axes"),  # whose rows take a maximum
}
REALS = {"any", "number", "float"}


def of_complex_numbers(name: str) -> list[Row]:
    """The rows of a name that take reals, with complex numbers in their place."""
    rows = [row for row in ROWS[name] if set(row.kinds) & REALS]
    return [row._replace(kinds=tuple("complex" if k in REALS else k for k in row.kinds)) for row in rows]


@pytest.mark.parametrize("name", sorted(n for n in ROWS if of_complex_numbers(n)))
def test_types_of_complex_numbers_are_jax_s(name: str) -> None:
    found = disagreements(name, of_complex_numbers(name), 2)
    assert [line for line in found if name not in ORDERED or f"got {REFUSED}" not in line] == []


@pytest.mark.parametrize("name", sorted(INDEXING))
def test_types_of_indexing_are_jax_s(name: str) -> None:
    assert disagreements(name, INDEXING[name], 2) == []
