"""A `Program` run by NumPy's own functions, in the dtypes that it states: no kernel of `fast` takes part.

Not every primitive has a row: what NumPy has no function for is not asked of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...language.program import Constant, Equation, Program, Variable

Arrays = list[np.ndarray[Any, Any]]
Row = Callable[..., Any]
# What stands in the way of a primitive: ``wrong(name, result) -> result``. The plain run hands results on.
Meddle = Callable[[str, Any], Any]


def _rsqrt(x: Any) -> Any:
    return np.divide(x.dtype.type(1), np.sqrt(x))


def _integer_pow(x: Any, y: int) -> Any:
    return np.square(x) if y == 2 else np.power(x, x.dtype.type(y))


def _clamp(low: Any, x: Any, high: Any) -> Any:
    return np.minimum(np.maximum(x, low), high)


def _select_n(which: Any, *cases: Any) -> Any:
    return np.choose(which.astype(np.intp), cases)


ELEMENTWISE: dict[str, Row] = {
    "neg": np.negative,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "is_finite": np.isfinite,
    "not": np.logical_not,
    "square": np.square,
    "sqrt": np.sqrt,
    "rsqrt": _rsqrt,
    "cbrt": np.cbrt,
    "exp": np.exp,
    "exp2": np.exp2,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "integer_pow": _integer_pow,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "atan2": np.arctan2,
    "max": np.maximum,
    "min": np.minimum,
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "clamp": _clamp,
    "select_n": _select_n,
    "stop_gradient": lambda x: x,
    "name": lambda x, name: x,
}


def _reduction(ufunc: np.ufunc) -> Row:
    return lambda x, axes: ufunc.reduce(x, axis=tuple(axes))


def _running(ufunc: np.ufunc) -> Row:
    def accumulate(x: Any, axis: int, reverse: bool) -> Any:
        line = np.flip(x, axis) if reverse else x
        found = ufunc.accumulate(line, axis=axis)
        return np.flip(found, axis) if reverse else found

    return accumulate


def _product(x: Any, y: Any, dimension_numbers: Any, **_: Any) -> Any:
    """Batch axes lead, then each operand's free ones: NumPy's matmul of two stacks of matrices."""
    (left, right), (left_batch, right_batch) = dimension_numbers
    free = [[a for a in range(z.ndim) if a not in (*s, *b)] for z, s, b in _sides(x, y, dimension_numbers)]
    batch = [x.shape[a] for a in left_batch]
    count = int(np.prod([x.shape[a] for a in left], dtype=int))
    rows = np.transpose(x, (*left_batch, *free[0], *left)).reshape(*batch, -1, count)
    columns = np.transpose(y, (*right_batch, *right, *free[1])).reshape(*batch, count, -1)
    kept = [x.shape[a] for a in free[0]] + [y.shape[a] for a in free[1]]
    # ml_dtypes' formats are multiplied in float32.
    return np.matmul(rows, columns).astype(x.dtype).reshape(*batch, *kept)


def _sides(x: Any, y: Any, numbers: Any) -> list[tuple[Any, Any, Any]]:
    (left, right), (left_batch, right_batch) = numbers
    return [(x, left, left_batch), (y, right, right_batch)]


def _broadcast(x: Any, shape: Any, broadcast_dimensions: Any) -> Any:
    wide = [1] * len(shape)
    for axis, n in zip(broadcast_dimensions, np.shape(x), strict=True):
        wide[axis] = n
    return np.broadcast_to(np.reshape(x, wide), shape)


def _slice(x: Any, start_indices: Any, limit_indices: Any, strides: Any = None) -> Any:
    steps = strides or (1,) * x.ndim
    return x[tuple(map(slice, start_indices, limit_indices, steps))]


def _scan(
    *operands: Any, program: Program, num_consts: int, num_carry: int, length: int, reverse: bool
) -> Any:
    constants, carry = operands[:num_consts], list(operands[num_consts : num_consts + num_carry])
    rows: list[Any] = [None] * length
    for i in reversed(range(length)) if reverse else range(length):
        found = run(program, [*constants, *carry, *(x[i] for x in operands[num_consts + num_carry :])])
        carry, rows[i] = found[:num_carry], found[num_carry:]
    return [*carry, *(np.stack(y) for y in zip(*rows, strict=True))]


OTHER: dict[str, Row] = {
    "reduce_sum": _reduction(np.add),
    "reduce_prod": _reduction(np.multiply),
    "reduce_max": _reduction(np.maximum),
    "reduce_min": _reduction(np.minimum),
    "cumsum": _running(np.add),
    "cumprod": _running(np.multiply),
    "cummax": _running(np.maximum),
    "cummin": _running(np.minimum),
    "dot_general": _product,
    "broadcast_in_dim": _broadcast,
    "reshape": lambda x, new_sizes: x.reshape(new_sizes),
    "squeeze": lambda x, dimensions: np.squeeze(x, tuple(dimensions)),
    "transpose": lambda x, permutation: x.transpose(permutation),
    "slice": _slice,
    "rev": lambda x, dimensions: np.flip(x, tuple(dimensions)),
    "concatenate": lambda *xs, dimension: np.concatenate(xs, dimension),
    "convert_element_type": lambda x, new_dtype, **_: np.asarray(x).astype(new_dtype),
    "sort": lambda x, dimension, **_: [np.sort(x, axis=dimension)],
    "scan": _scan,
    "jit": lambda *xs, program, **_: run(program, xs),
    "checkpoint": lambda *xs, program, **_: run(program, xs),
}


def _as_it_is(name: str, result: Any) -> Any:
    return result


def run(program: Program, operands: Sequence[Any], meddle: Meddle = _as_it_is) -> Arrays:
    """The results of a program on NumPy arrays, equation by equation.

    Args:
        program: what to run; every primitive of it must have a row.
        operands: arrays of the dtypes of its inputs.
        meddle: what becomes of each result, for planted faults; not asked inside of loops.

    Raises:
        KeyError: NumPy has no function for a primitive of the program.
    """
    values: dict[Variable, Any] = dict(zip(program.inputs, operands, strict=True))
    values.update((v, np.asarray(x)) for v, x in program.captured)

    def read(atom: Any) -> Any:
        return np.asarray(atom.value, atom.aval.dtype) if isinstance(atom, Constant) else values[atom]

    with np.errstate(all="ignore"):
        for equation in program.equations:
            found = _applied(equation, [read(a) for a in equation.inputs])
            found = [meddle(equation.primitive.name, x) for x in found]
            values.update(zip(equation.outputs, found, strict=True))
    return [np.asarray(read(a)) for a in program.outputs]


def _applied(equation: Equation, operands: list[Any]) -> list[Any]:
    params: Mapping[str, Any] = equation.params
    name = equation.primitive.name
    found = (ELEMENTWISE.get(name) or OTHER[name])(*operands, **params)
    return list(found) if isinstance(found, list) else [found]
