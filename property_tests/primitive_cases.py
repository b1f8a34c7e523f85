"""Every primitive of the catalogue as a subject: operands and parameters, drawn at random.

Elementwise rows need nothing here: their arity and dtypes are asked of the catalogue. A row of another
kind has one row in `BUILDERS`, by its name; `case_of` refuses, with the mend, a primitive that has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..language import control_flow, lax
from ..language.catalogue import PRIMITIVES
from ..language.catalogue.indexing import GatherDimensionNumbers, ScatterDimensionNumbers
from ..language.custom_rules import custom_jvp, custom_vjp
from ..language.dispatch import bind
from ..language.dtypes import (
    ALL,
    DType,
    bfloat16,
    bool_,
    float16,
    float32,
    float64,
    int32,
    int64,
    is_complex,
    is_float,
    real_of,
    uint8,
    uint16,
    uint32,
    uint64,
)
from ..language.primitive import Domain, Primitive, reals
from ..language.shapes import ShapedArray
from ..language.subject import Argument, ArrayOf, Dimension, Index, Signature
from ..language.transforms import jit, vmap
from .matrix_cases import MATRICES, matrix_case
from .subjects import Subject

Rng = np.random.Generator
Shape = tuple[int, ...]

# How often a dtype is tried: the narrow and the wide ones now and then.
FLOATS = (float32, float32, float32, float32, float64, float16, bfloat16)
WIDE = (float64, int64, uint64)


@dataclass(frozen=True)
class Case:
    """One primitive (or a call of one), ready to be judged.

    Attributes:
        name: the primitive's, with the dtype.
        function: of the operands.
        operands: what it is to be tried on.
        params: for the reader; the function has them already.
        alone: whether the function is the primitive and nothing else: then its digits, and its derivative's,
            are to hold relative to each true value itself.
    """

    name: str
    function: Callable[..., Any]
    operands: tuple[ArrayOf, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    alone: bool = True

    def subject(self) -> Subject:
        """The case as a subject of its own."""
        return as_subject(self.name, self.function, self.operands, relative=self.alone)


def as_subject(
    name: str, function: Callable[..., Any], operands: Sequence[ArrayOf], relative: bool = False
) -> Subject:
    """A function of arrays as a subject, with a signature that nobody had to write."""
    signature = Signature(tuple(Argument(f"x{i}", spec) for i, spec in enumerate(operands)))
    return Subject(function, f"catalogue::{name}", "", signature, relative=relative)


def operand(dtype: DType, shape: Shape, domain: Domain | None = None, below: int | None = None) -> ArrayOf:
    """An operand of fixed shape; ``below`` makes it an index."""
    dimensions = tuple(Dimension(str(n), str(n)) for n in shape)
    index = Index(below) if below is not None else None
    return ArrayOf(dtype, dimensions, "verax", domain, index, (dtype,))


def pick(rng: Rng, options: Sequence[Any]) -> Any:
    """One of several."""
    return options[int(rng.integers(len(options)))]


def some_shape(rng: Rng, least: int = 0, most: int = 3) -> Shape:
    """A small shape."""
    return tuple(int(n) for n in rng.integers(1, 5, int(rng.integers(least, most + 1))))


def applied(primitive: Primitive, params: Mapping[str, Any]) -> Callable[..., Any]:
    """The primitive with its parameters, as a function."""

    def apply(*operands: Any) -> Any:
        found = bind(primitive, *operands, **params)
        return found[0] if len(found) == 1 else tuple(found)

    apply.__name__ = primitive.name
    return apply


# -- elementwise: by asking the catalogue ------------------------------------------------------------------
# Parameters of the elementwise primitives that have any.
_PARAMS: dict[str, Callable[[Rng, DType], dict[str, Any]]] = {
    "round": lambda rng, _: {"rounding_method": int(rng.integers(2))},
    "integer_pow": lambda rng, d: {"y": int(rng.integers(-3 if is_float(d) else 0, 6))},
}


def params_of(primitive: Primitive, rng: Rng, dtype: DType) -> dict[str, Any]:
    """The parameters of an elementwise primitive: drawn if it has any."""
    return _PARAMS[primitive.name](rng, dtype) if primitive.name in _PARAMS else {}


def accepted(primitive: Primitive, arity: int, dtypes: Sequence[DType] = ALL) -> list[DType]:
    """The dtypes that an elementwise primitive takes, all operands alike."""
    found = []
    for dtype in dtypes:
        params = params_of(primitive, np.random.default_rng(0), dtype)
        try:
            primitive.infer([ShapedArray((2,), dtype)] * arity, params)
        except (TypeError, ValueError):  # that is how a row says no
            continue
        found.append(dtype)
    return found


def _elementwise(rng: Rng, primitive: Primitive) -> Case:
    arity = len(primitive.domain)
    known = accepted(primitive, arity)
    floats = [d for d in FLOATS if d in known]
    others = [d for d in known if not is_float(d)]
    dtype = pick(rng, floats if floats and (not others or rng.random() < 0.75) else others)
    shape = some_shape(rng)
    params = params_of(primitive, rng, dtype)
    if primitive.name in HELD:
        return _with_held(rng, primitive, dtype, shape)
    # Half the time inside the primitive's own domain, half the time anywhere.
    inside = rng.random() < 0.5
    if is_complex(dtype):
        return _of_parts(primitive, dtype, shape, params, rng)
    if primitive.name == "complex":
        pair = (operand(dtype, shape),) * 2
        return Case(f"complex_{dtype}", _parts_of(applied(primitive, params)), pair, params, alone=False)
    operands = [
        operand(dtype, shape, d if inside and d != reals and is_float(dtype) else None)
        for d in primitive.domain
    ]
    return Case(f"{primitive.name}_{dtype}", applied(primitive, params), tuple(operands), params)


def _parts_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose complex result is given as its parts."""

    def parts(*operands: Any) -> Any:
        found = function(*operands)
        return (lax.real(found), lax.imag(found)) if is_complex(found.dtype) else found

    return parts


def _of_parts(primitive: Primitive, dtype: DType, shape: Shape, params: Mapping[str, Any], rng: Rng) -> Case:
    """A function of complex numbers as a function of their parts, where it is not infinite or steep."""
    shape = shape[:1]  # twice as many reals, each a row of formulas
    function, count = _parts_of(applied(primitive, params)), len(primitive.domain)

    def of_parts(*reals: Any) -> Any:
        return function(*map(lax.complex, reals[::2], reals[1::2]))

    of_parts.__name__ = primitive.name
    part = operand(real_of(dtype), shape, Domain(-4.0, 4.0))
    return Case(f"{primitive.name}_{dtype}", of_parts, (part,) * (2 * count), params, alone=False)


# Functions with parameters by which they have no derivative of every order: those are drawn here, and held.
HELD: dict[str, Callable[[Rng, Shape], Sequence[Any]]] = {
    "igamma": lambda rng, shape: [_sized(rng, shape, 20.0)],
    "igammac": lambda rng, shape: [_sized(rng, shape, 20.0)],
    "igamma_grad_a": lambda rng, shape: [_sized(rng, shape, 20.0)],
    "random_gamma_grad": lambda rng, shape: [_sized(rng, shape, 20.0)],
    "regularized_incomplete_beta": lambda rng, shape: [_sized(rng, shape, 50.0), _sized(rng, shape, 50.0)],
    "zeta": lambda rng, shape: [1 + _sized(rng, shape, 20.0)],
    "polygamma": lambda rng, shape: [rng.integers(0, 8, shape)],
}


def _sized(rng: Rng, shape: Shape, most: float) -> Any:
    """Numbers of all sizes between 1/10 and a limit."""
    return np.exp(rng.uniform(np.log(0.1), np.log(most), shape))


def _with_held(rng: Rng, primitive: Primitive, dtype: DType, shape: Shape) -> Case:
    held = [np.asarray(x) for x in HELD[primitive.name](rng, shape)]

    def function(x: Any) -> Any:
        return bind(primitive, *(h.astype(x.dtype) for h in held), x)[0]

    function.__name__ = primitive.name
    domain = primitive.domain[len(held)]
    if domain.high == 1000.0:  # a limit far out on a tail takes a thousand digits of a thousand terms
        domain = Domain(0.25, 20.0)
    return Case(f"{primitive.name}_{dtype}", function, (operand(dtype, shape, domain),))


# -- the other kinds: a row each ------------------------------------------------------------------------------
Built = tuple[Sequence[ArrayOf], dict[str, Any]]
Builder = Callable[[Rng, DType], Built]


def _any_dtype(rng: Rng) -> DType:
    return pick(rng, (*FLOATS, int32, bool_, uint8))  # type: ignore[no-any-return]  # of a tuple of them


def _clamp(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng)
    bounds = [() if rng.random() < 0.5 else shape for _ in range(2)]
    low, high = Domain(high=0.0), Domain(low=0.0)
    return [operand(dtype, bounds[0], low), operand(dtype, shape), operand(dtype, bounds[1], high)], {}


def _select_n(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng)
    which_shape = shape if rng.random() < 0.7 else ()
    if rng.random() < 0.6:
        return [operand(bool_, which_shape), operand(dtype, shape), operand(dtype, shape)], {}
    count = int(rng.integers(1, 4))
    which = operand(int32, which_shape, below=count)
    return [which, *[operand(dtype, shape)] * count], {}


def _threefry(rng: Rng, dtype: DType) -> Built:
    del dtype
    return [operand(uint32, some_shape(rng, 1))] * 4, {}


def _convert(rng: Rng, dtype: DType) -> Built:
    # Real to integer is defined where the integer has the value.
    new = _any_dtype(rng)
    domain = Domain(0.0, 100.0) if is_float(dtype) and not is_float(new) else None
    return [operand(dtype, some_shape(rng), domain)], {"new_dtype": new, "weak_type": False}


def _bitcast(rng: Rng, dtype: DType) -> Built:
    # From a float only to integers: as a map of reals, bits that become a float again have no meaning.
    same = {4: (int32, uint32), 2: (uint16,), 8: (int64, uint64), 1: (uint8,)}
    known = (*same[dtype.itemsize], *([] if is_float(dtype) else [float32])) if dtype != bool_ else ()
    known = tuple(d for d in known if d.itemsize == dtype.itemsize)
    if not known:
        return _bitcast(rng, float32)
    return [operand(dtype, some_shape(rng))], {"new_dtype": pick(rng, known)}


def _stop_gradient(rng: Rng, dtype: DType) -> Built:
    return [operand(dtype, some_shape(rng))], {}


def _broadcast_in_dim(rng: Rng, dtype: DType) -> Built:
    result = some_shape(rng, 1, 3)
    kept = tuple(i for i in range(len(result)) if rng.random() < 0.6)
    shape = tuple(1 if rng.random() < 0.3 else result[i] for i in kept)
    return [operand(dtype, shape)], {"shape": result, "broadcast_dimensions": kept}


def _reshape(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng)
    size = int(np.prod(shape, dtype=int))
    first = pick(rng, [n for n in range(1, size + 1) if size % n == 0])
    return [operand(dtype, shape)], {"new_sizes": pick(rng, [(size,), (first, size // first), (1, size)])}


def _transpose(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    return [operand(dtype, shape)], {"permutation": tuple(int(i) for i in rng.permutation(len(shape)))}


def _squeeze(rng: Rng, dtype: DType) -> Built:
    shape = tuple(1 if rng.random() < 0.5 else n for n in some_shape(rng, 1))
    ones = tuple(i for i, n in enumerate(shape) if n == 1 and rng.random() < 0.8)
    return [operand(dtype, shape)], {"dimensions": ones}


def _concatenate(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    axis = int(rng.integers(len(shape)))
    parts = [
        tuple(int(rng.integers(1, 4)) if i == axis else n for i, n in enumerate(shape))
        for _ in range(int(rng.integers(1, 4)))
    ]
    return [operand(dtype, s) for s in parts], {"dimension": axis}


def _slice(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    starts = tuple(int(rng.integers(n)) for n in shape)
    limits = tuple(int(rng.integers(s, n)) + 1 for s, n in zip(starts, shape, strict=True))
    strides = tuple(int(rng.integers(1, 3)) for _ in shape) if rng.random() < 0.5 else None
    return [operand(dtype, shape)], {"start_indices": starts, "limit_indices": limits, "strides": strides}


def _dynamic_slice(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    sizes = tuple(int(rng.integers(1, n + 1)) for n in shape)
    # Starts out of range are moved inside, so they are tried too.
    starts = [operand(int32, (), Domain(-2.0, float(n + 1))) for n in shape]
    return [operand(dtype, shape), *starts], {"slice_sizes": sizes}


def _dynamic_update_slice(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    window = tuple(int(rng.integers(1, n + 1)) for n in shape)
    starts = [operand(int32, (), Domain(-2.0, float(n + 1))) for n in shape]
    return [operand(dtype, shape), operand(dtype, window), *starts], {}


def _pad(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    config = tuple(
        (int(rng.integers(-1, 3)), int(rng.integers(0, 3)), int(rng.integers(0, 2))) for _ in shape
    )
    return [operand(dtype, shape), operand(dtype, ())], {"padding_config": config}


def _rev(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    return [operand(dtype, shape)], {"dimensions": tuple(i for i in range(len(shape)) if rng.random() < 0.6)}


def _iota(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    kept = int32 if dtype == bool_ else dtype
    return [], {"dtype": kept, "shape": shape, "dimension": int(rng.integers(len(shape)))}


def _reduce(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    axes = tuple(i for i in range(len(shape)) if rng.random() < 0.6) or (0,)
    return [operand(dtype, shape)], {"axes": axes}


def _cumulate(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    return [operand(dtype, shape)], {"axis": int(rng.integers(len(shape))), "reverse": bool(rng.integers(2))}


def _position(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    return [operand(dtype, shape)], {"axes": (int(rng.integers(len(shape))),), "index_dtype": int32}


def _sort(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1)
    count = int(rng.integers(1, 3))
    keys = int(rng.integers(1, count + 1))
    return [operand(dtype, shape)] * count, {"dimension": int(rng.integers(len(shape))), "num_keys": keys}


def _dot_general(rng: Rng, dtype: DType) -> Built:
    batch, free, other = int(rng.integers(0, 2)), int(rng.integers(0, 3)), int(rng.integers(0, 3))
    summed = int(rng.integers(0, 3))
    sizes = {"b": [2] * batch, "c": [int(n) for n in rng.integers(1, 5, summed)]}
    left_free = [int(n) for n in rng.integers(1, 4, free)]
    right_free = [int(n) for n in rng.integers(1, 4, other)]

    def side(own: list[int]) -> tuple[Shape, tuple[int, ...], tuple[int, ...]]:
        labels = [("b", n) for n in sizes["b"]] + [("c", n) for n in sizes["c"]] + [("f", n) for n in own]
        order = [int(i) for i in rng.permutation(len(labels))]
        place = {old: new for new, old in enumerate(order)}
        shape = tuple(labels[i][1] for i in order)
        return shape, tuple(place[i] for i in range(batch)), tuple(place[batch + i] for i in range(summed))

    left, left_batch, left_summed = side(left_free)
    right, right_batch, right_summed = side(right_free)
    numbers = ((left_summed, right_summed), (left_batch, right_batch))
    return [operand(dtype, left), operand(dtype, right)], {
        "dimension_numbers": numbers,
        "preferred_element_type": None,
    }


_MODES = ("clip", "fill", "promise_in_bounds")


def _gather(rng: Rng, dtype: DType) -> Built:
    rows, columns, count = (int(n) for n in rng.integers(1, 5, 3))
    axis = int(rng.integers(2))
    mode = pick(rng, _MODES)
    size = (rows, columns)[axis]
    numbers = GatherDimensionNumbers(offset_dims=(1,), collapsed_slice_dims=(axis,), start_index_map=(axis,))
    sizes = (1, columns) if axis == 0 else (rows, 1)
    return [operand(dtype, (rows, columns)), _indices(mode, count, size)], {
        "dimension_numbers": numbers,
        "slice_sizes": sizes,
        "mode": mode,
    }


def _indices(mode: str, count: int, size: int) -> ArrayOf:
    if mode == "promise_in_bounds":
        return operand(int32, (count, 1), below=size)
    return operand(int32, (count, 1), Domain(-2.0, float(size + 1)))


def _scatter(rng: Rng, dtype: DType) -> Built:
    rows, columns, count = (int(n) for n in rng.integers(1, 5, 3))
    mode = pick(rng, _MODES)
    numbers = ScatterDimensionNumbers(
        update_window_dims=(1,), inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,)
    )
    operands = [
        operand(dtype, (rows, columns)),
        _indices(mode, count, rows),
        operand(dtype, (count, columns)),
    ]
    return operands, {"dimension_numbers": numbers, "mode": mode}


def _along(rng: Rng, size: int) -> tuple[int, int, tuple[int, int], int, int]:
    """Window, stride, padding and dilations with which at least one window fits."""
    low, high, base = (int(n) for n in (rng.integers(-1, 3), rng.integers(0, 3), rng.integers(1, 3)))
    room = (size - 1) * base + 1 + low + high
    if room < 1:
        return 1, 1, (0, 0), 1, 1
    window = int(rng.integers(1, min(room, 3) + 1))
    dilation = int(rng.integers(1, 3)) if (window - 1) * 2 < room else 1
    return window, int(rng.integers(1, 3)), (low, high), base, dilation


def _reduce_window(rng: Rng, dtype: DType) -> Built:
    shape = some_shape(rng, 1, 2)
    names = ("window_dimensions", "window_strides", "padding", "base_dilation", "window_dilation")
    columns = zip(*(_along(rng, n) for n in shape), strict=True)
    return [operand(dtype, shape)], dict(zip(names, columns, strict=True))


def _conv(rng: Rng, dtype: DType) -> Built:
    spatial = some_shape(rng, 0, 2)
    along = [_along(rng, n) for n in spatial]
    window, strides, padding, base, dilation = zip(*along, strict=True) if along else ((),) * 5
    groups = int(rng.integers(1, 3))
    features, batches = (groups, 1) if rng.random() < 0.5 else (1, groups)
    batch, ins, outs = (int(n) for n in rng.integers(1, 3, 3))
    specs = [tuple(int(i) for i in rng.permutation(len(spatial) + 2)) for _ in range(3)]

    def placed(sizes: Sequence[int], spec: Sequence[int]) -> Shape:
        return tuple(sizes[spec.index(axis)] for axis in range(len(sizes)))

    lhs = placed((batch * batches, ins * features, *spatial), specs[0])
    rhs = placed((outs * groups, ins, *window), specs[1])
    return [operand(dtype, lhs), operand(dtype, rhs)], {
        "window_strides": strides,
        "padding": padding,
        "lhs_dilation": base,
        "rhs_dilation": dilation,
        "dimension_numbers": tuple(specs),
        "feature_group_count": features,
        "batch_group_count": batches,
        "preferred_element_type": None,
    }


def _pivots(rng: Rng, dtype: DType) -> Built:
    del dtype
    size = int(rng.integers(1, 6))
    shape = (*some_shape(rng, 0, 1), int(rng.integers(1, size + 1)))
    return [operand(int32, shape, below=size)], {"permutation_size": size}


BUILDERS: dict[str, Builder] = {
    "clamp": _clamp,
    "select_n": _select_n,
    "threefry2x32": _threefry,
    "convert_element_type": _convert,
    "bitcast_convert_type": _bitcast,
    "stop_gradient": _stop_gradient,
    "broadcast_in_dim": _broadcast_in_dim,
    "reshape": _reshape,
    "transpose": _transpose,
    "squeeze": _squeeze,
    "concatenate": _concatenate,
    "slice": _slice,
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update_slice,
    "pad": _pad,
    "rev": _rev,
    "iota": _iota,
    "reduce_sum": _reduce,
    "reduce_prod": _reduce,
    "reduce_max": _reduce,
    "reduce_min": _reduce,
    "reduce_and": _reduce,
    "reduce_or": _reduce,
    "reduce_xor": _reduce,
    **{f"reduce_window_{name}": _reduce_window for name in ("sum", "prod", "max", "min")},
    "conv_general_dilated": _conv,
    "cumsum": _cumulate,
    "cumprod": _cumulate,
    "cummax": _cumulate,
    "cummin": _cumulate,
    "argmax": _position,
    "argmin": _position,
    "sort": _sort,
    "dot_general": _dot_general,
    "gather": _gather,
    **dict.fromkeys(("scatter", "scatter_add", "scatter_sub", "scatter_mul"), _scatter),
    **dict.fromkeys(("scatter_min", "scatter_max"), _scatter),
    "lu_pivots_to_permutation": _pivots,
}


def _built(rng: Rng, primitive: Primitive) -> Case:
    build = BUILDERS[primitive.name]
    for _ in range(64):
        dtype = _any_dtype(rng)
        operands, params = build(rng, dtype)
        avals = [ShapedArray(tuple(int(d.expression) for d in x.dimensions), x.dtype) for x in operands]
        try:
            primitive.infer(avals, params)
        except (TypeError, ValueError):  # a dtype that the row does not take: another one
            continue
        shown = operands[0].dtype if operands else dtype
        return Case(f"{primitive.name}_{shown}", applied(primitive, params), tuple(operands), params)
    raise LookupError(
        f"The builder of {primitive.name!r} in `BUILDERS` must give operands that its shape rule accepts, and "
        f"did not in 64 attempts. Mend the builder."
    )


def _fft_case(rng: Rng) -> Case:
    """A transform of real parts, given by its parts."""
    lead, lengths = some_shape(rng, 0, 1), tuple(int(n) for n in rng.integers(1, 6, int(rng.integers(1, 3))))
    kind, dtype = lax.FftType(int(rng.integers(4))), pick(rng, (float32, float64))
    half = kind is lax.FftType.IRFFT
    shape = (*lead, *lengths[:-1], lengths[-1] // 2 + 1 if half else lengths[-1])
    params: dict[str, Any] = {"fft_type": int(kind), "fft_lengths": lengths}
    function = _parts_of(lambda *xs: lax.fft(lax.complex(*xs) if len(xs) > 1 else xs[0], **params))
    operands = (operand(dtype, shape, Domain(-4.0, 4.0)),) * (1 if kind is lax.FftType.RFFT else 2)
    return Case(f"fft_{kind.name.lower()}_{dtype}", function, operands, params, alone=False)


# -- calls: primitives that hold programs, collectives -----------------------------------------------------------
def _loop_body(carry: Any, x: Any) -> tuple[Any, Any]:
    carry = lax.add(lax.mul(carry, lax.full_like(carry, 0.5)), lax.sin(x))
    return carry, lax.mul(carry, x)


def _scan_case(rng: Rng) -> Case:
    shape = some_shape(rng, 0, 1)
    length, reverse = int(rng.integers(1, 5)), bool(rng.integers(2))

    def scanned(init: Any, xs: Any) -> Any:
        return control_flow.scan(_loop_body, init, xs, length=length, reverse=reverse)

    return Case("scan", scanned, (operand(float32, shape), operand(float32, (length, *shape))))


def _while_case(rng: Rng) -> Case:
    steps = int(rng.integers(0, 4))

    def looped(x: Any) -> Any:
        def body(carry: Any) -> Any:
            i, y = carry
            return i + 1, lax.add(lax.mul(y, lax.full_like(y, 0.5)), lax.cos(y))

        return control_flow.while_loop(lambda carry: carry[0] < steps, body, (0, x))[1]

    return Case("while", looped, (operand(float32, some_shape(rng)),))


def _cond_case(rng: Rng) -> Case:
    shape = some_shape(rng)
    branches = [lax.sin, lambda x: lax.mul(x, x), lambda x: lax.full_like(x, 1.5)][: int(rng.integers(1, 4))]

    def chosen(index: Any, x: Any) -> Any:
        return control_flow.switch(index, branches, x)

    return Case("cond", chosen, (operand(int32, (), Domain(-1.0, 3.0)), operand(float32, shape)))


def _jit_case(rng: Rng) -> Case:
    inner = jit(lambda x, y: (lax.mul(lax.tanh(x), y), lax.sub(x, y)))
    shape = some_shape(rng)
    return Case("jit", lambda x, y: inner(x, lax.cos(y)), (operand(float32, shape), operand(float32, shape)))


def _custom_jvp_case(rng: Rng) -> Case:
    @custom_jvp
    def cube(x: Any) -> Any:
        return lax.mul(x, lax.mul(x, x))

    @cube.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (t,) = primals, tangents
        return cube(x), lax.mul(lax.mul(lax.full_like(x, 3.0), lax.mul(x, x)), t)

    return Case("custom_jvp_call", lambda x: cube(lax.sin(x)), (operand(float32, some_shape(rng)),))


def _custom_vjp_case(rng: Rng) -> Case:
    @custom_vjp
    def product(x: Any, y: Any) -> Any:
        return lax.mul(x, y)

    product.defvjp(
        lambda x, y: (lax.mul(x, y), (x, y)), lambda saved, ct: (lax.mul(ct, saved[1]), lax.mul(ct, saved[0]))
    )
    shape = some_shape(rng)
    operands = (operand(float32, shape), operand(float32, shape))
    return Case("custom_vjp_call", lambda x, y: product(lax.cos(x), y), operands)


def _linear_solve_case(rng: Rng) -> Case:
    def solved(a: Any, b: Any) -> Any:
        # By a power of two, so that both directions of differentiation round alike.
        def matvec(x: Any) -> Any:
            return lax.mul(x, lax.full_like(x, 4.0))

        def solve(matvec: Any, y: Any) -> Any:
            return lax.div(y, matvec(lax.full_like(y, 1.0)))

        return lax.custom_linear_solve(matvec, lax.mul(a, lax.sin(b)), solve, transpose_solve=solve)

    shape = some_shape(rng)
    return Case("custom_linear_solve", solved, (operand(float32, shape), operand(float32, shape)))


def _of_any_shape(rng: Rng, lanes: int) -> tuple[Shape, dict[str, Any]]:
    return some_shape(rng, 0, 1), {}


def _all_gather(rng: Rng, lanes: int) -> tuple[Shape, dict[str, Any]]:
    shape = some_shape(rng, 0, 2)
    return shape, {"axis": int(rng.integers(len(shape) + 1)), "axis_size": lanes}


def _with_lanes(rng: Rng, lanes: int) -> tuple[Shape, int]:
    """A shape with an axis of one entry a lane, and that axis."""
    shape = some_shape(rng, 0, 2)
    axis = int(rng.integers(len(shape) + 1))
    return (*shape[:axis], lanes, *shape[axis:]), axis


def _reduce_scatter(rng: Rng, lanes: int) -> tuple[Shape, dict[str, Any]]:
    shape, axis = _with_lanes(rng, lanes)
    return shape, {"scatter_dimension": axis, "axis_size": lanes}


def _all_to_all(rng: Rng, lanes: int) -> tuple[Shape, dict[str, Any]]:
    shape, axis = _with_lanes(rng, lanes)
    to = int(rng.integers(len(shape)))
    return shape, {"split_axis": axis, "concat_axis": to, "axis_size": lanes}


def _ppermute(rng: Rng, lanes: int) -> tuple[Shape, dict[str, Any]]:
    pairs = [(i, int(to)) for i, to in enumerate(rng.permutation(lanes)) if rng.random() < 0.8]
    return some_shape(rng, 0, 2), {"perm": tuple(pairs)}


EXCHANGES: dict[str, Callable[[Rng, int], tuple[Shape, dict[str, Any]]]] = {
    "all_gather": _all_gather,
    "reduce_scatter": _reduce_scatter,
    "all_to_all": _all_to_all,
    "ppermute": _ppermute,
}


def _collective(rng: Rng, primitive: Primitive) -> Case:
    lanes = int(rng.integers(1, 5))
    if primitive.name == "axis_index":

        def indexed(x: Any) -> Any:
            return vmap(lambda row: (bind(primitive, axes=("i",))[0], row), axis_name="i")(x)

        return Case("axis_index", indexed, (operand(float32, (lanes,)),))

    shape, params = EXCHANGES.get(primitive.name, _of_any_shape)(rng, lanes)

    def together(x: Any) -> Any:
        return vmap(lambda row: bind(primitive, lax.sin(row), axes=("i",), **params)[0], axis_name="i")(x)

    return Case(primitive.name, together, (operand(float32, (lanes, *shape)),), params)


def _factored(rng: Rng, name: str) -> Case:
    dtype = pick(rng, FLOATS)
    function, shapes, params = matrix_case(name, rng)
    operands = tuple(operand(dtype, shape) for shape in shapes)
    return Case(f"{name}_{dtype}", function, operands, params, alone=False)


CALLS: dict[str, Callable[[Rng], Case]] = {
    "fft": _fft_case,
    "scan": _scan_case,
    "while": _while_case,
    "cond": _cond_case,
    "jit": _jit_case,
    "custom_jvp_call": _custom_jvp_case,
    "custom_vjp_call": _custom_vjp_case,
    "custom_linear_solve": _linear_solve_case,
}


def case_of(name: str, seed: int) -> Case:
    """A primitive of the catalogue with operands and parameters drawn from a seed.

    Raises:
        LookupError: the catalogue has a row that nothing here knows how to call.
    """
    primitive = PRIMITIVES[name]
    rng = np.random.default_rng([seed, *name.encode()])
    if name in CALLS:
        return replace(CALLS[name](rng), alone=False)
    if primitive.kind == "collective":
        return replace(_collective(rng, primitive), alone=False)
    if name in MATRICES:
        return _factored(rng, name)
    if name in BUILDERS:
        return _built(rng, primitive)
    if primitive.kind == "elementwise" and primitive.domain and accepted(primitive, len(primitive.domain)):
        return _elementwise(rng, primitive)
    raise LookupError(
        f"`{name}` of the catalogue has no operands here: give it a row in `BUILDERS` of "
        f"property_tests/primitive_cases.py, or a domain for each operand if it is elementwise without parameters."
    )


def every_case(seed: int) -> list[Case]:
    """One case of each primitive, in the catalogue's order."""
    return [case_of(name, seed) for name in PRIMITIVES]
