"""How each primitive is transposed: a table, one row per primitive.

A rule gets an equation, cotangents of its results (None for zero), and its operands: known values, or
`Unknown` where the equation is linear. It returns cotangents of the operands, None for zero and for the
known ones. Primitives that are linear in no operand say so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ...language import catalogue as rows
from ...language.dispatch import aval_of, bind
from ...language.dtypes import int32
from ...language.program import Equation
from .. import operations as ops
from ..differentiation import checkpoints, control, solves
from ..differentiation.jvp import zero_tangent
from ..differentiation.transposition import Unknown
from . import callbacks, complex_numbers, exchanges, factorizations, fourier
from . import windows as window_rules
from .scatters import factors, windows

Values = Sequence[Any]
Rule = Callable[[Equation, Values, Values], Values]


def is_unknown(x: Any) -> bool:
    """Whether an operand is one that the equation is linear in."""
    return isinstance(x, Unknown)


def not_linear(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """Refuse: a derivative rule has used the primitive on a tangent.

    Raises:
        TypeError: always.
    """
    raise TypeError(
        f"A derivative rule must be linear in its tangents, but one applies {equation.primitive.name!r} to a "
        f"tangent, which is not linear. Apply it to the primal value."
    )


# -- elementwise -------------------------------------------------------------------------------------------
def neg_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """-c."""
    return [ops.neg(cotangents[0])]


def add_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c to both."""
    return [cotangents[0] if is_unknown(x) else None for x in operands]


def sub_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c, and -c."""
    (c,), (x, y) = cotangents, operands
    return [c if is_unknown(x) else None, ops.neg(c) if is_unknown(y) else None]


def mul_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c times the known factor."""
    (c,), (x, y) = cotangents, operands
    if is_unknown(x) and is_unknown(y):
        return not_linear(equation, cotangents, operands)
    return [ops.mul(c, y), None] if is_unknown(x) else [None, ops.mul(x, c)]


def div_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c divided by the known divisor."""
    (c,), (_, y) = cotangents, operands
    if is_unknown(y):
        return not_linear(equation, cotangents, operands)
    return [ops.div(c, y), None]


def convert_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c converted back."""
    return [ops.convert(cotangents[0], operands[0].aval.dtype)]


def select_n_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c to the chosen case, zero to the others."""
    (c,), (which, *cases) = cotangents, operands
    if is_unknown(which):
        return not_linear(equation, cotangents, operands)
    zero = ops.full_like(c, 0)
    found: list[Any] = [None]
    for i, case in enumerate(cases):
        if not is_unknown(case):
            found.append(None)
            continue
        given = [c if j == i else zero for j in range(len(cases))]
        found.append(bind(rows.select_n_p, which, *given)[0])
    return found


def stop_gradient_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """Nothing passes."""
    return [None]


def name_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """The cotangent itself."""
    return list(cotangents)


# -- structure ------------------------------------------------------------------------------------------------
def broadcast_in_dim_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """The sum over the axes that were repeated."""
    (c,), (x,) = cotangents, operands
    places = equation.params["broadcast_dimensions"]
    shape = x.aval.shape
    grown = [p for p, n in zip(places, shape, strict=True) if n == 1 and c.shape[p] != 1]
    summed = ops.sum_over(c, sorted({*range(c.ndim)} - {*places} | {*grown}))
    return [ops.reshape(summed, shape)]


def reshape_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """The shape that it had."""
    return [ops.reshape(cotangents[0], operands[0].aval.shape)]


def transpose_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """The inverse order."""
    order = equation.params["permutation"]
    return [ops.transpose(cotangents[0], [order.index(i) for i in range(len(order))])]


def concatenate_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """Each operand's stretch."""
    (c,), axis = cotangents, equation.params["dimension"]
    found: list[Any] = []
    start = 0
    for x in operands:
        size = aval_of_operand(x).shape[axis]
        found.append(ops.slice_in(c, axis, start, start + size) if is_unknown(x) else None)
        start += size
    return found


def aval_of_operand(x: Any) -> Any:
    """The abstract value of a known operand or an unknown one."""
    return x.aval if is_unknown(x) else aval_of(x)


def slice_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """Zeros around, and between."""
    (c,), (x,) = cotangents, operands
    params = equation.params
    strides = params["strides"] or (1,) * c.ndim
    config = []
    for size, start, count, stride in zip(
        x.aval.shape, params["start_indices"], c.shape, strides, strict=True
    ):
        used = start + (count - 1) * stride + 1 if count else start
        config.append((start, size - used, stride - 1))
    return [ops.pad(c, config)]


def dynamic_slice_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """Zeros with c written at the same place."""
    (c,), (x, *starts) = cotangents, operands
    (found,) = bind(rows.dynamic_update_slice_p, ops.zeros(x.aval), c, *starts)
    return [found, *[None] * len(starts)]


def dynamic_update_slice_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c with zeros at the place, and c at the place."""
    (c,), (x, update, *starts) = cotangents, operands
    aval = aval_of_operand(update)
    rest = bind(rows.dynamic_update_slice_p, c, ops.zeros(aval), *starts)[0] if is_unknown(x) else None
    there = None
    if is_unknown(update):
        (there,) = bind(rows.dynamic_slice_p, c, *starts, slice_sizes=aval.shape)
    return [rest, there, *[None] * len(starts)]


def pad_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """The elements' own places to the operand, the sum of all others to the padding value."""
    (c,), (x, value) = cotangents, operands
    config = equation.params["padding_config"]
    shape = aval_of_operand(x).shape
    outside = ops.pad(c, [(-low, -high, 0) for low, high, _ in config])
    strides = tuple(interior + 1 for _, _, interior in config)
    inner = bind(
        rows.slice_p,
        outside,
        start_indices=(0,) * len(shape),
        limit_indices=outside.shape,
        strides=strides,
    )[0]
    total = None
    if is_unknown(value):
        axes = tuple(range(c.ndim))
        # The operand's places are told by padding ones: differences of sums would lose digits.
        ones = ops.pad(ops.full(shape, 1, c.dtype), config) if shape else ops.full((), 1, c.dtype)
        mine = ops.compare("eq", ones, ops.full_like(c, 1))
        total = ops.sum_over(ops.where(mine, ops.full_like(c, 0), c), axes)
    return [inner if is_unknown(x) else None, total]


def rev_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """Turned again."""
    return bind(equation.primitive, cotangents[0], **equation.params)


# -- indexing ---------------------------------------------------------------------------------------------------
def gather_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c added where it came from."""
    (c,), (x, indices) = cotangents, operands
    if is_unknown(indices):
        return not_linear(equation, cotangents, operands)
    numbers = equation.params["dimension_numbers"]
    back = rows.ScatterDimensionNumbers(
        update_window_dims=numbers.offset_dims,
        inserted_window_dims=numbers.collapsed_slice_dims,
        scatter_dims_to_operand_dims=numbers.start_index_map,
        operand_batching_dims=numbers.operand_batching_dims,
        scatter_indices_batching_dims=numbers.start_indices_batching_dims,
    )
    (found,) = bind(
        rows.scatter_add_p,
        ops.zeros(x.aval),
        indices,
        c,
        dimension_numbers=back,
        mode=equation.params["mode"],
    )
    return [found, None]


def scatter_add_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c to the operand, and c at their places to the updates."""
    (c,), (x, indices, updates) = cotangents, operands
    if is_unknown(indices):
        return not_linear(equation, cotangents, operands)
    found = windows(c, indices, updates.aval.shape, equation.params) if is_unknown(updates) else None
    return [c if is_unknown(x) else None, None, found]


def scatter_sub_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """As `scatter_add_transpose`, the updates' turned round."""
    mine, _, theirs = scatter_add_transpose(equation, cotangents, operands)
    return [mine, None, None if theirs is None else ops.neg(theirs)]


def scatter_mul_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c times what the operand was multiplied by."""
    (c,), (_, indices, updates) = cotangents, operands
    if is_unknown(indices) or is_unknown(updates):
        return not_linear(equation, cotangents, operands)
    return [ops.mul(c, factors(c, indices, updates, equation.params)), None, None]


def scatter_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c to the operand where it was not overwritten, to the updates that were not overwritten where it was.

    Each update is numbered and the numbers are scattered: those that can be read again have won.
    """
    (c,), (x, indices, updates) = cotangents, operands
    if is_unknown(indices):
        return not_linear(equation, cotangents, operands)
    aval = aval_of_operand(updates)
    count = math.prod(aval.shape)
    line = ops.iota(int32, (count,), 0)
    names = ops.reshape(ops.add(line, ops.full_like(line, 1)), aval.shape)
    nobody = ops.full(c.shape, 0, int32)
    (owners,) = bind(equation.primitive, nobody, indices, names, **equation.params)
    rest = there = None
    if is_unknown(x):
        untouched = ops.compare("eq", owners, nobody)
        rest = ops.where(untouched, c, ops.full_like(c, 0))
    if is_unknown(updates):
        found = windows(c, indices, aval.shape, equation.params)
        won = ops.compare("eq", windows(owners, indices, aval.shape, equation.params), names)
        there = ops.where(won, found, ops.full_like(found, 0))
    return [rest, None, there]


# -- reductions --------------------------------------------------------------------------------------------------
def reduce_sum_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c to every term."""
    (c,), (x,), axes = cotangents, operands, equation.params["axes"]
    kept = [i for i in range(x.aval.ndim) if i not in axes]
    return [ops.broadcast(c, x.aval.shape, kept) if axes else c]


def cumsum_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """The running sum from the other end."""
    params = equation.params
    return bind(equation.primitive, cotangents[0], axis=params["axis"], reverse=not params["reverse"])


def psum_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """The sum over the lanes: each lane's operand goes into every lane's result."""
    return bind(equation.primitive, cotangents[0], **equation.params)


# -- products -----------------------------------------------------------------------------------------------------
def dot_general_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """c contracted with the known factor over the axes that were free in it."""
    (c,), (x, y) = cotangents, operands
    if is_unknown(x) and is_unknown(y):
        return not_linear(equation, cotangents, operands)
    (x_contract, y_contract), (x_batch, y_batch) = equation.params["dimension_numbers"]
    if is_unknown(x):
        found = _other_factor(c, y, x.aval, (x_contract, x_batch), (y_contract, y_batch), False)
        return [found, None]
    return [None, _other_factor(c, x, y.aval, (y_contract, y_batch), (x_contract, x_batch), True)]


def _other_factor(
    c: Any,
    known: Any,
    aval: Any,
    mine: tuple[Sequence[int], Sequence[int]],
    others: tuple[Sequence[int], Sequence[int]],
    known_first: bool,
) -> Any:
    contract, batch = mine
    known_contract, known_batch = others
    free = [i for i in range(aval.ndim) if i not in contract and i not in batch]
    known_free = [i for i in range(known.ndim) if i not in known_contract and i not in known_batch]
    count = len(batch)
    # The result's axes: batch, then the first factor's free axes, then the second's.
    start = count if known_first else count + len(free)
    known_in_c = tuple(range(start, start + len(known_free)))
    batch_in_c = tuple(range(count))
    known = ops.convert(known, c.dtype)
    (found,) = bind(
        rows.dot_general_p,
        c,
        known,
        dimension_numbers=((known_in_c, tuple(known_free)), (batch_in_c, tuple(known_batch))),
        preferred_element_type=None,
    )
    # Now: batch, my free axes, and the axes contracted with, in the order of the known factor's axes.
    pairs = sorted(zip(known_contract, contract, strict=True))
    order_now = [*batch, *free, *(i for _, i in pairs)]
    placed = ops.transpose(found, [order_now.index(i) for i in range(aval.ndim)])
    return ops.convert(placed, aval.dtype)


# -- calls ----------------------------------------------------------------------------------------------------------
def backward_call_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """What the custom backward rule says."""
    params = equation.params
    count, backward = params["num_residuals"], params["backward"]
    places = dict(zip(params["differentiable"], cotangents, strict=True))
    outer = []
    for i, aval in enumerate(params["results"]):
        given = places.get(i)
        outer.append(zero_tangent(aval) if given is None and not backward.symbolic_zeros else given)
    found = backward(*operands[:count], *outer)
    return [*[None] * count, *(found[i] for i in params["places"])]


NONLINEAR = [
    "sign",
    "abs",
    "floor",
    "ceil",
    "round",
    "is_finite",
    "not",
    "population_count",
    "mulhi",
    "clz",
    "sqrt",
    "rsqrt",
    "cbrt",
    "square",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log1p",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "logistic",
    "erf",
    "erfc",
    "erf_inv",
    "bessel_i0e",
    "bessel_i1e",
    "lgamma",
    "digamma",
    "igamma",
    "igamma_grad_a",
    "igammac",
    "polygamma",
    "random_gamma_grad",
    "regularized_incomplete_beta",
    "zeta",
    "integer_pow",
    "rem",
    "pow",
    "atan2",
    "max",
    "min",
    "nextafter",
    "and",
    "or",
    "xor",
    "shift_left",
    "shift_right_arithmetic",
    "shift_right_logical",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "clamp",
    "bitcast_convert_type",
    "iota",
    "scatter_min",
    "scatter_max",
    "reduce_prod",
    "reduce_window_prod",
    "reduce_window_max",
    "reduce_window_min",
    "reduce_max",
    "reduce_min",
    "reduce_and",
    "reduce_or",
    "reduce_xor",
    "argmax",
    "argmin",
    "cumprod",
    "cummax",
    "cummin",
    "sort",
    "cholesky",
    "lu",
    "lu_pivots_to_permutation",
    "qr",
    "eig",
    "eigh",
    "svd",
    "threefry2x32",
    "pmax",
    "pmin",
    "axis_index",
]

TRANSPOSE: dict[str, Rule] = {
    **dict.fromkeys(NONLINEAR, not_linear),
    "neg": neg_transpose,
    **complex_numbers.TRANSPOSE,
    **fourier.TRANSPOSE,
    "add": add_transpose,
    "sub": sub_transpose,
    "mul": mul_transpose,
    "div": div_transpose,
    "convert_element_type": convert_transpose,
    "select_n": select_n_transpose,
    "stop_gradient": stop_gradient_transpose,
    "name": name_transpose,
    "broadcast_in_dim": broadcast_in_dim_transpose,
    "reshape": reshape_transpose,
    "squeeze": reshape_transpose,
    "transpose": transpose_transpose,
    "concatenate": concatenate_transpose,
    "slice": slice_transpose,
    "dynamic_slice": dynamic_slice_transpose,
    "dynamic_update_slice": dynamic_update_slice_transpose,
    "pad": pad_transpose,
    "rev": rev_transpose,
    "gather": gather_transpose,
    "scatter": scatter_transpose,
    "scatter_add": scatter_add_transpose,
    "scatter_sub": scatter_sub_transpose,
    "scatter_mul": scatter_mul_transpose,
    "reduce_sum": reduce_sum_transpose,
    "cumsum": cumsum_transpose,
    "dot_general": dot_general_transpose,
    **window_rules.TRANSPOSE,
    "triangular_solve": factorizations.triangular_solve_transpose,
    "psum": psum_transpose,
    **exchanges.TRANSPOSE,
    "jit": control.jit_transpose,
    "cond": control.cond_transpose,
    "while": control.while_transpose,
    "scan": control.scan_transpose,
    "checkpoint": checkpoints.checkpoint_transpose,
    "callback": callbacks.transpose_rule,
    "custom_linear_solve": solves.linear_solve_transpose,
    "backward_call": backward_call_transpose,
}
