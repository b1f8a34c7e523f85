"""`jax.lax`'s functions over `dispatch.bind`: names, arguments and results are theirs.

Operands must have equal dtypes, and equal shapes but for scalars and axes of size 1, which broadcast at
equal rank. A Python scalar beside an array takes the array's dtype where that keeps its kind.
"""

from __future__ import annotations

import builtins
import enum
import itertools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import catalogue as rows
from . import dispatch, trees
from .arrays import Array
from .catalogue import GatherDimensionNumbers, ScatterDimensionNumbers
from .catalogue.rules import FLOATING, check_dtype
from .control_flow import (
    cond,
    fori_loop,
    map,
    scan,
    switch,
    while_loop,
)
from .dispatch import Operand, aval_of
from .dtypes import as_dtype, bool_, canonical, default_int, int32, is_float, is_integer, promote, uint8
from .primitive import Primitive
from .shapes import Shape, ShapedArray, broadcast_shapes, canonical_axes, canonical_axis, canonical_shape

__all__ = [
    "GatherDimensionNumbers",
    "GatherScatterMode",
    "Precision",
    "RoundingMethod",
    "ScatterDimensionNumbers",
    "abs",
    "acos",
    "acosh",
    "add",
    "argmax",
    "argmin",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "axis_index",
    "axis_size",
    "batch_matmul",
    "bitcast_convert_type",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "broadcast",
    "broadcast_in_dim",
    "broadcast_shapes",
    "broadcast_to_rank",
    "broadcasted_iota",
    "cbrt",
    "ceil",
    "clamp",
    "collapse",
    "concatenate",
    "cond",
    "convert_element_type",
    "cos",
    "cosh",
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "digamma",
    "div",
    "dot",
    "dot_general",
    "dynamic_index_in_dim",
    "dynamic_slice",
    "dynamic_slice_in_dim",
    "dynamic_update_index_in_dim",
    "dynamic_update_slice",
    "dynamic_update_slice_in_dim",
    "eq",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expand_dims",
    "expm1",
    "floor",
    "fori_loop",
    "full",
    "full_like",
    "gather",
    "ge",
    "gt",
    "index_in_dim",
    "integer_pow",
    "iota",
    "is_finite",
    "le",
    "lgamma",
    "log",
    "log1p",
    "logistic",
    "lt",
    "map",
    "max",
    "min",
    "mul",
    "ne",
    "neg",
    "nextafter",
    "pad",
    "pmax",
    "pmean",
    "pmin",
    "pow",
    "psum",
    "reciprocal",
    "reduce_and",
    "reduce_max",
    "reduce_min",
    "reduce_or",
    "reduce_prod",
    "reduce_sum",
    "rem",
    "reshape",
    "rev",
    "round",
    "rsqrt",
    "scan",
    "scatter",
    "scatter_add",
    "select",
    "select_n",
    "shift_left",
    "shift_right_arithmetic",
    "shift_right_logical",
    "sign",
    "sin",
    "sinh",
    "slice",
    "slice_in_dim",
    "sort",
    "sort_key_val",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stop_gradient",
    "sub",
    "switch",
    "tan",
    "tanh",
    "top_k",
    "transpose",
    "while_loop",
    "zeros_like",
]

Axes = Sequence[int]


class RoundingMethod(enum.IntEnum):
    """Where `round` takes ties."""

    AWAY_FROM_ZERO = 0
    TO_NEAREST_EVEN = 1


class Precision(enum.Enum):
    """Accepted for JAX's sake: products here are never computed at less than their dtype."""

    DEFAULT = 0
    HIGH = 1
    HIGHEST = 2


class GatherScatterMode(enum.Enum):
    """What an index out of bounds means to `gather` and `scatter`."""

    CLIP = "clip"
    FILL_OR_DROP = "fill"
    PROMISE_IN_BOUNDS = "promise_in_bounds"

    @classmethod
    def from_any(cls, mode: Any) -> GatherScatterMode:
        """The mode meant by a mode, a name, or None (fill or drop).

        Raises:
            ValueError: there is none of that name.
        """
        if isinstance(mode, cls):
            return mode
        if mode is None or mode == "drop":
            return cls.FILL_OR_DROP
        try:
            return cls(mode)
        except ValueError as err:
            raise ValueError(
                f"`mode` must be 'clip', 'fill', 'drop' or 'promise_in_bounds', got {mode!r}."
            ) from err


# -- how operands meet --------------------------------------------------------------------------------
def _bind(primitive: Primitive, *operands: Operand, **params: Any) -> Array:
    (result,) = dispatch.bind(primitive, *operands, **params)
    return result


def _is_python(x: Operand) -> bool:
    return isinstance(x, (bool, int, float)) and not isinstance(x, np.generic)


def _keeps_kind(x: Operand, aval: ShapedArray) -> bool:
    if isinstance(x, bool):
        return aval.dtype == bool_
    return is_float(aval.dtype) or (isinstance(x, int) and is_integer(aval.dtype))


def _scalar_as(x: Operand, aval: ShapedArray) -> Operand:
    # A Python scalar beside an array of this type; weak beside weak.
    if not _keeps_kind(x, aval):
        return x
    with np.errstate(over="ignore"):
        value = np.asarray(x, dtype=aval.dtype)
    if not aval.weak_type:
        return value
    python: Operand = float(x) if is_float(aval.dtype) else x
    if aval_of(python).dtype == aval.dtype:
        return python
    return _bind(rows.convert_element_type_p, value, new_dtype=aval.dtype, weak_type=True)


def _typed(xs: Sequence[Operand]) -> list[Operand]:
    # Python scalars take the dtype of the first operand that has one.
    like = next((aval_of(x) for x in xs if not _is_python(x)), None)
    if like is None:
        return list(xs)
    return [_scalar_as(x, like) if _is_python(x) else x for x in xs]


def _spread(xs: Sequence[Operand]) -> list[Operand]:
    # Scalars, and axes of size 1 at equal rank, broadcast; what cannot is left for the rule to refuse.
    shapes = [aval_of(x).shape for x in xs]
    ranks = {len(s) for s in shapes if s}
    if len(set(shapes)) == 1 or len(ranks) != 1:
        return list(xs)
    sizes = [{*column} - {1} or {1} for column in zip(*(s for s in shapes if s), strict=True)]
    if any(len(found) > 1 for found in sizes):
        return list(xs)
    shape = tuple(found.pop() for found in sizes)
    return [
        x if s == shape else broadcast_in_dim(x, shape, range(len(s)))
        for x, s in zip(xs, shapes, strict=True)
    ]


def _unary(primitive: Primitive, doc: str, name: str | None = None) -> Callable[[Operand], Array]:
    def function(x: Operand) -> Array:
        return _bind(primitive, x)

    return _dressed(function, name or primitive.name, doc)


def _binary(primitive: Primitive, doc: str, name: str | None = None) -> Callable[[Operand, Operand], Array]:
    def function(x: Operand, y: Operand) -> Array:
        if isinstance(x, Array) and isinstance(y, Array) and x.shape == y.shape:
            return _bind(primitive, x, y)
        return _bind(primitive, *_spread(_typed((x, y))))

    return _dressed(function, name or primitive.name, doc)


def _dressed(function: Callable[..., Any], name: str, doc: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


# -- elementwise, one operand ---------------------------------------------------------------------------
abs = _unary(rows.abs_p, "The absolute value.")
acos = _unary(rows.acos_p, "The inverse cosine.")
acosh = _unary(rows.acosh_p, "The inverse hyperbolic cosine.")
asin = _unary(rows.asin_p, "The inverse sine.")
asinh = _unary(rows.asinh_p, "The inverse hyperbolic sine.")
atan = _unary(rows.atan_p, "The inverse tangent.")
atanh = _unary(rows.atanh_p, "The inverse hyperbolic tangent.")
bitwise_not = _unary(rows.not_p, "Every bit flipped; logical not of booleans.", "bitwise_not")
cbrt = _unary(rows.cbrt_p, "The cube root.")
ceil = _unary(rows.ceil_p, "The least integer not below.")
cos = _unary(rows.cos_p, "The cosine.")
cosh = _unary(rows.cosh_p, "The hyperbolic cosine.")
digamma = _unary(rows.digamma_p, "The derivative of `lgamma`.")
erf = _unary(rows.erf_p, "The error function.")
erfc = _unary(rows.erfc_p, "1 - erf(x), accurate where erf is near 1.")
exp = _unary(rows.exp_p, "e to the power of x.")
exp2 = _unary(rows.exp2_p, "2 to the power of x.")
expm1 = _unary(rows.expm1_p, "exp(x) - 1, accurate near 0.")
floor = _unary(rows.floor_p, "The greatest integer not above.")
is_finite = _unary(rows.is_finite_p, "Whether elements are neither infinite nor NaN.")
lgamma = _unary(rows.lgamma_p, "The logarithm of the absolute value of the gamma function.")
log = _unary(rows.log_p, "The natural logarithm.")
log1p = _unary(rows.log1p_p, "log(1 + x), accurate near 0.")
logistic = _unary(rows.logistic_p, "1 / (1 + exp(-x)).")
neg = _unary(rows.neg_p, "The negative.")
rsqrt = _unary(rows.rsqrt_p, "1 / sqrt(x).")
sign = _unary(rows.sign_p, "-1, 0 or 1, as x is negative, zero or positive.")
sin = _unary(rows.sin_p, "The sine.")
sinh = _unary(rows.sinh_p, "The hyperbolic sine.")
sqrt = _unary(rows.sqrt_p, "The square root.")
square = _unary(rows.square_p, "x * x.")
tan = _unary(rows.tan_p, "The tangent.")
tanh = _unary(rows.tanh_p, "The hyperbolic tangent.")

# -- elementwise, two operands ----------------------------------------------------------------------------
add = _binary(rows.add_p, "x + y.")
atan2 = _binary(rows.atan2_p, "The angle of the point (y, x): the inverse tangent of x / y in all quadrants.")
bitwise_and = _binary(rows.and_p, "The bits set in both; logical and of booleans.", "bitwise_and")
bitwise_or = _binary(rows.or_p, "The bits set in either; logical or of booleans.", "bitwise_or")
bitwise_xor = _binary(rows.xor_p, "The bits set in one only; exclusive or of booleans.", "bitwise_xor")
div = _binary(rows.div_p, "x / y; integers round towards zero.")
eq = _binary(rows.eq_p, "Whether x == y.")
ge = _binary(rows.ge_p, "Whether x >= y.")
gt = _binary(rows.gt_p, "Whether x > y.")
le = _binary(rows.le_p, "Whether x <= y.")
lt = _binary(rows.lt_p, "Whether x < y.")
max = _binary(rows.max_p, "The larger; NaN if either is.")
min = _binary(rows.min_p, "The smaller; NaN if either is.")
mul = _binary(rows.mul_p, "x * y.")
ne = _binary(rows.ne_p, "Whether x != y.")
nextafter = _binary(rows.nextafter_p, "The next number after x in the direction of y.")
rem = _binary(rows.rem_p, "The remainder of x / y, with the sign of x.")
shift_left = _binary(rows.shift_left_p, "x shifted left by y bits.")
shift_right_arithmetic = _binary(rows.shift_right_arithmetic_p, "x shifted right by y bits, sign kept.")
shift_right_logical = _binary(rows.shift_right_logical_p, "x shifted right by y bits, zeros shifted in.")
sub = _binary(rows.sub_p, "x - y.")


def pow(x: Operand, y: Operand) -> Array:
    """X to the power of y; y may be of an integer dtype while x is a float."""
    if isinstance(y, int) and not isinstance(y, bool):
        return _bind(rows.pow_p, *_spread((x, y)))
    if not _is_python(x) and is_integer(aval_of(y).dtype):
        return _bind(rows.pow_p, *_spread((x, y)))
    return _bind(rows.pow_p, *_spread(_typed((x, y))))


def integer_pow(x: Operand, y: int) -> Array:
    """X to the power of a Python integer."""
    return _bind(rows.integer_pow_p, x, y=y)


def reciprocal(x: Operand) -> Array:
    """1 / x."""
    check_dtype("reciprocal", aval_of(x), FLOATING, "x")
    return div(1.0, x)


def round(x: Operand, rounding_method: int = RoundingMethod.AWAY_FROM_ZERO) -> Array:
    """The nearest integer; ties as ``rounding_method`` says."""
    return _bind(rows.round_p, x, rounding_method=int(RoundingMethod(rounding_method)))


def clamp(min: Operand, x: Operand, max: Operand) -> Array:
    """X limited to [min, max], which are scalars or of x's shape."""
    return _bind(rows.clamp_p, *_typed_after(x, (min, x, max)))


def _typed_after(leader: Operand, xs: Sequence[Operand]) -> list[Operand]:
    # As `_typed`, led by one operand's dtype if it has one.
    return _typed(xs) if _is_python(leader) else _typed((leader, *xs))[1:]


def select_n(which: Operand, *cases: Operand) -> Array:
    """Elements of ``cases[which]``; False is 0 and True is 1."""
    if not cases:
        raise ValueError("`cases` of select_n must be at least one array, got none.")
    return _bind(rows.select_n_p, which, *_typed(cases))


def select(pred: Operand, on_true: Operand, on_false: Operand) -> Array:
    """Elements of ``on_true`` where ``pred``, else of ``on_false``; the shapes are equal."""
    return select_n(pred, on_false, on_true)


# -- conversion --------------------------------------------------------------------------------------------
def convert_element_type(operand: Operand, new_dtype: Any, weak_type: bool = False) -> Array:
    """The same numbers in another dtype, 64-bit ones narrowed unless x64 is enabled.

    Raises:
        ValueError: no dtype was given.
    """
    if new_dtype is None:
        raise ValueError("`new_dtype` of convert_element_type must be a dtype, got None.")
    dtype = canonical(new_dtype)
    if _is_python(operand) and not weak_type and (is_float(dtype) or np.isfinite(operand)):
        # Straight to the dtype: a large Python int need not fit the default one.
        with np.errstate(over="ignore"):
            return dispatch.lift(np.asarray(operand).astype(dtype))
    found = aval_of(operand)
    if found.dtype == dtype and found.weak_type == weak_type:
        return dispatch.lift(operand)
    return _bind(rows.convert_element_type_p, operand, new_dtype=dtype, weak_type=weak_type)


def bitcast_convert_type(operand: Operand, new_dtype: Any) -> Array:
    """The same bits as another dtype; a wider one takes the last axis, a narrower one adds it."""
    return _bind(rows.bitcast_convert_type_p, operand, new_dtype=canonical(new_dtype))


def stop_gradient(x: Any) -> Any:
    """The tree, constant to derivatives."""

    def stopped(leaf: Any) -> Any:
        return _bind(rows.stop_gradient_p, leaf) if is_float(aval_of(leaf).dtype) else leaf

    return trees.map(stopped, x)


# -- creation ------------------------------------------------------------------------------------------------
def full(shape: Any, fill_value: Operand, dtype: Any = None) -> Array:
    """An array of one value; without a dtype it has the value's, weak if that is."""
    found = aval_of(fill_value)
    if found.shape:
        raise ValueError(f"`fill_value` of full must be scalar, got shape {found.shape}.")
    value = fill_value if dtype is None else convert_element_type(fill_value, dtype)
    return broadcast(value, canonical_shape(shape))


def full_like(x: Operand, fill_value: Operand, dtype: Any = None, shape: Any = None) -> Array:
    """An array of one value with the shape and type of another."""
    found = _aval_like(x)
    wanted = found.shape if shape is None else canonical_shape(shape)
    weak = dtype is None and found.weak_type
    value = convert_element_type(fill_value, found.dtype if dtype is None else dtype, weak)
    return full(wanted, value)


def zeros_like(x: Operand) -> Array:
    """Zeros with the shape and type of another array."""
    return full_like(x, 0)


def _aval_like(x: Any) -> ShapedArray:
    # ShapeDtypeStructs serve as well as arrays.
    if isinstance(x, Array) or not (hasattr(x, "shape") and hasattr(x, "dtype")):
        return aval_of(x)
    return ShapedArray(tuple(x.shape), canonical(x.dtype), getattr(x, "weak_type", False))


def broadcasted_iota(dtype: Any, shape: Any, dimension: int) -> Array:
    """0, 1, 2, ... along one axis, repeated along the others."""
    return _bind(rows.iota_p, dtype=canonical(dtype), shape=canonical_shape(shape), dimension=int(dimension))


def iota(dtype: Any, size: int) -> Array:
    """0, 1, 2, ..., size - 1."""
    return broadcasted_iota(dtype, (size,), 0)


# -- structure -------------------------------------------------------------------------------------------------
def broadcast_in_dim(operand: Operand, shape: Any, broadcast_dimensions: Axes) -> Array:
    """The operand repeated to ``shape``; its axis i becomes axis ``broadcast_dimensions[i]``."""
    target, places = canonical_shape(shape), tuple(broadcast_dimensions)
    if isinstance(operand, Array) and operand.shape == target and places == tuple(range(operand.ndim)):
        return operand
    return _bind(rows.broadcast_in_dim_p, operand, shape=target, broadcast_dimensions=places)


def broadcast(operand: Operand, sizes: Any) -> Array:
    """The operand repeated along new leading axes."""
    shape, lead = aval_of(operand).shape, canonical_shape(sizes, "sizes")
    if not lead:
        return dispatch.lift(operand)
    return broadcast_in_dim(operand, lead + shape, range(len(lead), len(lead) + len(shape)))


def broadcast_to_rank(x: Operand, rank: int) -> Array:
    """The operand with leading axes of size 1 up to that rank.

    Raises:
        ValueError: the operand has more axes.
    """
    ndim = aval_of(x).ndim
    if ndim > rank:
        raise ValueError(f"`rank` of broadcast_to_rank must be at least {ndim}, the operand's, got {rank}.")
    return dispatch.lift(x) if ndim == rank else expand_dims(x, range(rank - ndim))


def reshape(operand: Operand, new_sizes: Any, dimensions: Axes | None = None) -> Array:
    """The same elements, in row-major order (of ``dimensions``), in another shape."""
    sizes = canonical_shape(new_sizes, "new_sizes")
    if dimensions is not None:
        operand = transpose(operand, dimensions)
    if isinstance(operand, Array) and operand.shape == sizes:
        return operand
    return _bind(rows.reshape_p, operand, new_sizes=sizes)


def collapse(operand: Operand, start_dimension: int, stop_dimension: int | None = None) -> Array:
    """The operand with the axes from start up to stop (left out) made one."""
    shape = aval_of(operand).shape
    low, high, _ = builtins.slice(start_dimension, stop_dimension).indices(len(shape))
    if high < low:
        raise ValueError(f"`stop_dimension` of collapse must be at least {low}, got {stop_dimension}.")
    merged = 1
    for n in shape[low:high]:
        merged *= n
    return reshape(operand, (*shape[:low], merged, *shape[high:]))


def transpose(operand: Operand, permutation: Axes) -> Array:
    """The operand with its axes permuted."""
    order = tuple(operator.index(i) for i in permutation)
    if isinstance(operand, Array) and order == tuple(range(operand.ndim)):
        return operand
    return _bind(rows.transpose_p, operand, permutation=order)


def squeeze(array: Operand, dimensions: Axes) -> Array:
    """The array without some axes of size 1."""
    axes = canonical_axes(tuple(dimensions), aval_of(array).ndim, "dimensions")
    if not axes and isinstance(array, Array):
        return array
    return _bind(rows.squeeze_p, array, dimensions=axes)


def expand_dims(array: Operand, dimensions: Axes) -> Array:
    """The array with new axes of size 1, which stand at ``dimensions`` of the result."""
    given = tuple(dimensions)
    shape = aval_of(array).shape
    if not given:
        return dispatch.lift(array)
    rank = len(shape) + len(given)
    new = set(canonical_axes(given, rank, "dimensions"))
    places = [i for i in range(rank) if i not in new]
    sizes = iter(shape)
    return broadcast_in_dim(array, tuple(1 if i in new else next(sizes) for i in range(rank)), places)


def concatenate(operands: Sequence[Operand], dimension: int) -> Array:
    """The operands one after another along an axis."""
    if not len(operands):
        raise ValueError("`operands` of concatenate must be at least one array, got none.")
    if len(operands) == 1:
        return dispatch.lift(operands[0])
    return _bind(rows.concatenate_p, *operands, dimension=operator.index(dimension))


def split(operand: Operand, sizes: Sequence[int], axis: int = 0) -> list[Array]:
    """The operand cut into pieces of these sizes along an axis."""
    total, place = aval_of(operand).shape, canonical_axis(axis, aval_of(operand).ndim)
    if sum(sizes) != total[place]:
        raise ValueError(
            f"`sizes` of split must sum to {total[place]}, the size of axis {axis}, got {tuple(sizes)}."
        )
    ends = list(itertools.accumulate(sizes, initial=0))
    return [slice_in_dim(operand, a, b, axis=place) for a, b in itertools.pairwise(ends)]


def slice(operand: Operand, start_indices: Axes, limit_indices: Axes, strides: Axes | None = None) -> Array:
    """The elements from start up to limit (left out), every stride-th, along each axis."""
    return _bind(
        rows.slice_p,
        operand,
        start_indices=tuple(start_indices),
        limit_indices=tuple(limit_indices),
        strides=None if strides is None else tuple(strides),
    )


def slice_in_dim(
    operand: Operand, start_index: int | None, limit_index: int | None, stride: int = 1, axis: int = 0
) -> Array:
    """`slice` along one axis; negative indices count from its end."""
    shape = aval_of(operand).shape
    place, step = canonical_axis(axis, len(shape)), int(stride)
    starts, limits, strides = [0] * len(shape), list(shape), [1] * len(shape)
    size = shape[place]
    low = 0 if start_index is None else int(start_index)
    high = size if limit_index is None else int(limit_index)
    starts[place] = low + size if low < 0 else low
    limits[place] = high + size if high < 0 else high
    strides[place] = step
    return slice(operand, starts, limits, strides)


def index_in_dim(operand: Operand, index: int, axis: int = 0, keepdims: bool = True) -> Array:
    """One entry along an axis, which stays with size 1 unless ``keepdims`` is False.

    Raises:
        IndexError: the index is out of bounds.
    """
    shape = aval_of(operand).shape
    place, at = canonical_axis(axis, len(shape)), operator.index(index)
    if not -shape[place] <= at < shape[place]:
        raise IndexError(
            f"`index` of index_in_dim must lie in [{-shape[place]}, {shape[place]}) for shape {shape} "
            f"along axis {axis}, got {at}."
        )
    at %= shape[place]
    found = slice_in_dim(operand, at, at + 1, 1, place)
    return found if keepdims else squeeze(found, (place,))


def _starts(shape: Shape, start_indices: Any) -> list[Operand]:
    # One strong integer scalar per axis; negative ones count from the end.
    if isinstance(start_indices, (Array, np.ndarray)):
        count = aval_of(start_indices).shape[0]
        given: list[Any] = [index_in_dim(start_indices, i, 0, keepdims=False) for i in range(count)]
    else:
        given = list(start_indices)
    if len(given) != len(shape):
        raise ValueError(
            f"`start_indices` must have one entry for each of the {len(shape)} axes of shape {shape}, "
            f"got {len(given)}."
        )
    typed = [aval_of(i).dtype for i in given if not _is_python(i)]
    dtype = typed[0] if typed else default_int()
    return [_start(i, n, dtype) for i, n in zip(given, shape, strict=True)]


def _start(index: Any, size: int, dtype: Any) -> Operand:
    if isinstance(index, (int, np.integer)) and not isinstance(index, bool):
        wanted = dtype if isinstance(index, int) else canonical(index.dtype)
        return np.asarray(int(index) + size if index < 0 else int(index), wanted)
    found = aval_of(index)
    if found.dtype.kind != "i" or found.shape:
        return index
    strong = convert_element_type(index, found.dtype)
    return select_n(lt(strong, 0), strong, add(strong, np.asarray(size, found.dtype)))


def dynamic_slice(operand: Operand, start_indices: Any, slice_sizes: Axes) -> Array:
    """A window of fixed size at computed indices, moved inside where it would stick out."""
    starts = _starts(aval_of(operand).shape, start_indices)
    return _bind(rows.dynamic_slice_p, operand, *starts, slice_sizes=canonical_shape(tuple(slice_sizes)))


def dynamic_update_slice(operand: Operand, update: Operand, start_indices: Any) -> Array:
    """The operand with a window at computed indices replaced."""
    shape = aval_of(operand).shape
    return _bind(rows.dynamic_update_slice_p, *_typed((operand, update)), *_starts(shape, start_indices))


def dynamic_slice_in_dim(operand: Operand, start_index: Operand, slice_size: int, axis: int = 0) -> Array:
    """`dynamic_slice` along one axis."""
    shape = list(aval_of(operand).shape)
    place = canonical_axis(axis, len(shape))
    starts: list[Operand] = [0] * len(shape)
    starts[place], shape[place] = start_index, int(slice_size)
    return dynamic_slice(operand, starts, shape)


def dynamic_index_in_dim(operand: Operand, index: Operand, axis: int = 0, keepdims: bool = True) -> Array:
    """`dynamic_slice` of one entry along an axis, which stays with size 1 unless ``keepdims`` is False."""
    found = dynamic_slice_in_dim(operand, index, 1, axis)
    return found if keepdims else squeeze(found, (axis,))


def dynamic_update_slice_in_dim(operand: Operand, update: Operand, start_index: Operand, axis: int) -> Array:
    """`dynamic_update_slice` along one axis."""
    ndim = aval_of(operand).ndim
    starts: list[Operand] = [0] * ndim
    starts[canonical_axis(axis, ndim)] = start_index
    return dynamic_update_slice(operand, update, starts)


def dynamic_update_index_in_dim(operand: Operand, update: Operand, index: Operand, axis: int) -> Array:
    """The operand with one entry along an axis replaced; the update may lack that axis."""
    ndim = aval_of(operand).ndim
    place = canonical_axis(axis, ndim)
    if aval_of(update).ndim != ndim:
        update = expand_dims(update, (place,))
    return dynamic_update_slice_in_dim(operand, update, index, place)


def pad(operand: Operand, padding_value: Operand, padding_config: Sequence[tuple[int, int, int]]) -> Array:
    """The operand with (low, high, interior) elements added along each axis; negative ones are cut."""
    config = tuple((int(low), int(high), int(interior)) for low, high, interior in padding_config)
    return _bind(rows.pad_p, *_typed((operand, padding_value)), padding_config=config)


def rev(operand: Operand, dimensions: Axes) -> Array:
    """The operand reversed along some axes."""
    return _bind(rows.rev_p, operand, dimensions=tuple(dimensions))


# -- indexing --------------------------------------------------------------------------------------------------
def gather(
    operand: Operand,
    start_indices: Operand,
    dimension_numbers: GatherDimensionNumbers,
    slice_sizes: Axes,
    *,
    unique_indices: bool = False,
    indices_are_sorted: bool = False,
    mode: Any = None,
    fill_value: Operand | None = None,
) -> Array:
    """Windows of the operand at computed places, as XLA's Gather.

    Args:
        operand: what is read.
        start_indices: index vectors along the last axis.
        dimension_numbers: how axes correspond.
        slice_sizes: the window's size along each axis of the operand.
        unique_indices: accepted for JAX's sake.
        indices_are_sorted: likewise.
        mode: 'clip', 'fill' (the default) or 'promise_in_bounds'.
        fill_value: what 'fill' gives out of bounds; default NaN, the least integer, the greatest
            unsigned one, True.
    """
    parsed = GatherScatterMode.from_any(mode)
    params = {"dimension_numbers": dimension_numbers, "slice_sizes": tuple(slice_sizes), "mode": parsed.value}
    found = _bind(rows.gather_p, operand, start_indices, **params)
    if fill_value is None or parsed is not GatherScatterMode.FILL_OR_DROP:
        return found
    # Ones of uint8 come back as 255 exactly where the window was out of bounds.
    inside = _bind(rows.gather_p, full(aval_of(operand).shape, 1, uint8), start_indices, **params)
    return select(eq(inside, 1), found, full_like(found, fill_value))


def scatter(
    operand: Operand,
    scatter_indices: Operand,
    updates: Operand,
    dimension_numbers: ScatterDimensionNumbers,
    *,
    indices_are_sorted: bool = False,
    unique_indices: bool = False,
    mode: Any = None,
) -> Array:
    """The operand with windows at computed places replaced, as XLA's Scatter; by default those out of
    bounds are dropped. Where windows overlap the last update in order wins.
    """
    parsed = GatherScatterMode.from_any(mode)
    return _bind(
        rows.scatter_p,
        operand,
        scatter_indices,
        updates,
        dimension_numbers=dimension_numbers,
        mode=parsed.value,
    )


def scatter_add(
    operand: Operand,
    scatter_indices: Operand,
    updates: Operand,
    dimension_numbers: ScatterDimensionNumbers,
    *,
    indices_are_sorted: bool = False,
    unique_indices: bool = False,
    mode: Any = None,
) -> Array:
    """`scatter`, adding the updates."""
    parsed = GatherScatterMode.from_any(mode)
    return _bind(
        rows.scatter_add_p,
        operand,
        scatter_indices,
        updates,
        dimension_numbers=dimension_numbers,
        mode=parsed.value,
    )


# -- reductions --------------------------------------------------------------------------------------------------
def _reduction(primitive: Primitive, doc: str) -> Callable[[Operand, Axes], Array]:
    def function(operand: Operand, axes: Axes) -> Array:
        return _bind(primitive, operand, axes=tuple(axes))

    return _dressed(function, primitive.name, doc)


def _cumulative(primitive: Primitive, doc: str) -> Callable[..., Array]:
    def function(operand: Operand, axis: int = 0, reverse: bool = False) -> Array:
        return _bind(primitive, operand, axis=operator.index(axis), reverse=bool(reverse))

    return _dressed(function, primitive.name, doc)


reduce_and = _reduction(rows.reduce_and_p, "Bitwise and over axes.")
reduce_max = _reduction(rows.reduce_max_p, "The largest over axes; NaN if there is one.")
reduce_min = _reduction(rows.reduce_min_p, "The smallest over axes; NaN if there is one.")
reduce_or = _reduction(rows.reduce_or_p, "Bitwise or over axes.")
reduce_prod = _reduction(rows.reduce_prod_p, "The product over axes.")
reduce_sum = _reduction(rows.reduce_sum_p, "The sum over axes.")
cummax = _cumulative(rows.cummax_p, "The running maximum along an axis.")
cummin = _cumulative(rows.cummin_p, "The running minimum along an axis.")
cumprod = _cumulative(rows.cumprod_p, "The running product along an axis.")
cumsum = _cumulative(rows.cumsum_p, "The running sum along an axis.")


def argmax(operand: Operand, axis: int, index_dtype: Any = int32) -> Array:
    """The index of the first largest element along an axis; the first NaN if there is one."""
    return _bind(rows.argmax_p, operand, axes=(operator.index(axis),), index_dtype=canonical(index_dtype))


def argmin(operand: Operand, axis: int, index_dtype: Any = int32) -> Array:
    """The index of the first smallest element along an axis; the first NaN if there is one."""
    return _bind(rows.argmin_p, operand, axes=(operator.index(axis),), index_dtype=canonical(index_dtype))


def sort(operand: Any, dimension: int = -1, is_stable: bool = True, num_keys: int = 1) -> Any:
    """The operand in ascending order along an axis, NaNs last; several operands are ordered together by
    the first ``num_keys`` of them. The order is always stable.
    """
    several = isinstance(operand, (tuple, list))
    operands = list(operand) if several else [operand]
    if not operands:
        raise TypeError("`operand` of sort must be at least one array, got none.")
    axis = canonical_axis(dimension, aval_of(operands[0]).ndim, "dimension")
    results = dispatch.bind(rows.sort_p, *operands, dimension=axis, num_keys=num_keys)
    return tuple(results) if several else results[0]


def sort_key_val(
    keys: Operand, values: Operand, dimension: int = -1, is_stable: bool = True
) -> tuple[Array, Array]:
    """Keys in ascending order, and the values in the keys' order."""
    ordered: tuple[Array, Array] = sort((keys, values), dimension, is_stable, num_keys=1)
    return ordered


def top_k(operand: Operand, k: int, *, axis: int = -1) -> list[Array]:
    """The k largest along an axis, largest first, and their indices; the first of equals comes first."""
    found = aval_of(operand)
    place = canonical_axis(axis, found.ndim)
    if not 0 <= k <= found.shape[place]:
        raise ValueError(f"`k` of top_k must lie in [0, {found.shape[place]}], got {k}.")
    places = broadcasted_iota(int32, found.shape, place)
    # Reversed twice: ascending order becomes descending, and equals come out in their first order.
    ordered = sort((rev(operand, (place,)), rev(places, (place,))), place)
    return [slice_in_dim(rev(x, (place,)), 0, k, axis=place) for x in ordered]


# -- products ----------------------------------------------------------------------------------------------------
def dot_general(
    lhs: Operand,
    rhs: Operand,
    dimension_numbers: Any,
    precision: Any = None,
    preferred_element_type: Any = None,
) -> Array:
    """The sum of products over contracting axes, for each index of the batch axes.

    Args:
        lhs: an array.
        rhs: an array.
        dimension_numbers: ``((lhs_contracting, rhs_contracting), (lhs_batch, rhs_batch))``.
        precision: accepted for JAX's sake; nothing is computed at less than the dtype's precision.
        preferred_element_type: the dtype of the result.
    """
    (lhs_contract, rhs_contract), (lhs_batch, rhs_batch) = dimension_numbers
    numbers = (
        (tuple(lhs_contract), tuple(rhs_contract)),
        (tuple(lhs_batch), tuple(rhs_batch)),
    )
    wanted = None if preferred_element_type is None else canonical(preferred_element_type)
    return _bind(
        rows.dot_general_p,
        *_same_product_type(lhs, rhs),
        dimension_numbers=numbers,
        preferred_element_type=wanted,
    )


def _same_product_type(lhs: Operand, rhs: Operand) -> tuple[Operand, Operand]:
    # As XLA has it: the type of larger exponent, then of longer mantissa, then wider, then signed, wins.
    left, right = aval_of(lhs), aval_of(rhs)
    if left.dtype == right.dtype:
        return lhs, rhs
    wide = builtins.max((left.dtype, right.dtype), key=_product_rank)
    return (
        convert_element_type(lhs, wide, left.weak_type),
        convert_element_type(rhs, wide, right.weak_type),
    )


def _product_rank(dtype: Any) -> tuple[int, int, int, bool]:
    if is_float(dtype):
        return (*_FLOAT_RANKS[str(dtype)], dtype.itemsize, True)
    return (-1, -1, 0 if dtype == bool_ else dtype.itemsize, dtype.kind != "u")


# Largest exponent, bits of mantissa.
_FLOAT_RANKS = {"float16": (16, 10), "bfloat16": (128, 7), "float32": (128, 23), "float64": (1024, 52)}


def dot(
    lhs: Operand,
    rhs: Operand,
    *,
    dimension_numbers: Any = None,
    precision: Any = None,
    preferred_element_type: Any = None,
) -> Array:
    """The product of vectors and matrices, or `dot_general` where ``dimension_numbers`` are given."""
    if dimension_numbers is None:
        left, right = aval_of(lhs).shape, aval_of(rhs).shape
        if len(left) not in (1, 2) or len(right) not in (1, 2) or left[-1] != right[0]:
            raise ValueError(
                f"`lhs` and `rhs` of dot must be vectors or matrices that fit, got shapes {left} and "
                f"{right}. Say how axes correspond with dimension_numbers."
            )
        dimension_numbers = (((len(left) - 1,), (0,)), ((), ()))
    return dot_general(lhs, rhs, dimension_numbers, precision, preferred_element_type)


def batch_matmul(lhs: Operand, rhs: Operand, precision: Any = None) -> Array:
    """Matrix products over the last two axes, for each index of the leading ones, which are equal."""
    left, right = aval_of(lhs), aval_of(rhs)
    if left.ndim < 2 or left.ndim != right.ndim:
        raise ValueError(
            f"`lhs` and `rhs` of batch_matmul must have equal ranks of at least 2, got shapes "
            f"{left.shape} and {right.shape}. Use verax.numpy.matmul, which broadcasts."
        )
    lead = tuple(range(left.ndim - 2))
    return dot_general(lhs, rhs, (((left.ndim - 1,), (left.ndim - 2,)), (lead, lead)), precision)


# -- collectives ---------------------------------------------------------------------------------------------------
def _names(axis_name: Any) -> tuple[Any, ...]:
    return tuple(axis_name) if isinstance(axis_name, (tuple, list)) else (axis_name,)


def axis_size(axis_name: Any) -> int:
    """The number of lanes of a named axis (of several: their product)."""
    size = 1
    for name in _names(axis_name):
        size *= dispatch.axis_frame(name).size
    return size


def axis_index(axis_name: Any) -> Array:
    """The index of this lane along a named axis (along several: counted row by row)."""
    return _bind(rows.axis_index_p, axes=_names(axis_name))


def psum(x: Any, axis_name: Any) -> Any:
    """The sum over the lanes of named axes, leaf by leaf; of a Python number it is known at once."""

    def summed(leaf: Any) -> Any:
        if _is_python(leaf):
            return leaf * axis_size(axis_name)
        given = convert_element_type(leaf, int32) if aval_of(leaf).dtype == bool_ else leaf
        return _bind(rows.psum_p, given, axes=_names(axis_name))

    return trees.map(summed, x)


def pmean(x: Any, axis_name: Any) -> Any:
    """The mean over the lanes of named axes, leaf by leaf."""

    def averaged(total: Any) -> Any:
        size = axis_size(axis_name)
        if _is_python(total):
            return total / size
        found = aval_of(total)
        if not is_float(found.dtype):
            dtype, _ = promote([(found.dtype, found.weak_type), (as_dtype(float), True)])
            total = convert_element_type(total, dtype)
        return div(total, float(size))

    return trees.map(averaged, psum(x, axis_name))


def pmax(x: Any, axis_name: Any) -> Any:
    """The largest over the lanes of named axes, leaf by leaf."""
    return trees.map(lambda leaf: _bind(rows.pmax_p, leaf, axes=_names(axis_name)), x)


def pmin(x: Any, axis_name: Any) -> Any:
    """The smallest over the lanes of named axes, leaf by leaf."""
    return trees.map(lambda leaf: _bind(rows.pmin_p, leaf, axes=_names(axis_name)), x)
