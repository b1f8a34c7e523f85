"""Primitives on complex arrays: which act on each part, which are functions of pairs, and which are sums.

`COMPLEX_RULES` maps a name to the rule that holds where an operand or a result is complex. Sources: C99 Annex G, and
those of the rules for real arrays, which act on each part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...language.dtypes import DType, bool_, is_complex, real_of
from ...language.shapes import ShapedArray
from ..array import ReferenceArray, parts
from ..exact import ordering
from ..reals import Scalar, from_number
from ..system import ComplexDefinition, NumberSystem, Pair
from . import collectives, indexing, pointwise, product, random, reductions, structural, windows
from .call import Call, Lists, Rule
from .complex_functions import FUNCTIONS, integer_power
from .elementwise import DEFINITIONS
from .fourier import fft
from .steps import is_nonzero

_REAL: dict[str, Rule] = {
    **pointwise.RULES,
    **structural.RULES,
    **indexing.RULES,
    **reductions.RULES,
    **product.RULES,
    **collectives.RULES,
    **random.RULES,
    **windows.RULES,
}


def _of_parts(aval: ShapedArray) -> ShapedArray:
    return aval.with_dtype(real_of(aval.dtype), aval.weak_type)


def _pairs(x: ReferenceArray) -> list[Pair]:
    real, imaginary = (part.scalars for part in parts(x))
    return list(zip(real, imaginary, strict=True))


def _joined(pairs: Sequence[Pair]) -> list[Scalar]:
    return [z[0] for z in pairs] + [z[1] for z in pairs]


def _real_rule(c: Call, operands: Sequence[ReferenceArray], result: ShapedArray) -> list[Scalar]:
    """The primitive's own rule, on reals."""
    (found,) = _REAL[c.primitive.name](replace(c, operands=operands, results=[result]))
    return found


# -- on each part alone ------------------------------------------------------------------------------------
def in_each_part(c: Call) -> Lists:
    """The real primitive on the real parts, and on the imaginary parts; what is real takes part in both."""
    result = _of_parts(c.results[0])
    halves = [(x, x) if len(parts(x)) == 1 else parts(x) for x in c.operands]
    return [[s for half in zip(*halves, strict=True) for s in _real_rule(c, half, result)]]


def _sort(c: Call) -> Lists:
    """Each part of a complex payload goes where its keys go."""
    operands = [part for x in c.operands for part in parts(x)]
    found = iter(_REAL["sort"](replace(c, operands=operands, results=[x.aval for x in operands])))
    return [[s for _ in parts(x) for s in next(found)] for x in c.operands]


# -- functions of pairs --------------------------------------------------------------------------------------
def _applied(definition: ComplexDefinition, c: Call) -> Lists:
    dtype = real_of(c.results[0].dtype)
    rows = zip(*map(_pairs, c.operands), strict=True)
    return [_joined([c.system.apply_to_parts(definition, dtype, row) for row in rows])]


def _function(name: str) -> Rule:
    return lambda c: _applied(FUNCTIONS[name], c)


def _integer_pow(c: Call) -> Lists:
    return _applied(integer_power(c.params["y"]), c)


def _pow(c: Call) -> Lists:
    """An integer exponent is the complex number that it is."""
    base, exponent = c.operands
    if not is_complex(exponent.dtype):
        exponent = _widened(c, exponent, base.aval)
    return _applied(FUNCTIONS["pow"], replace(c, operands=(base, exponent)))


def _absolute(c: Call) -> Lists:
    rows = [(z,) for z in _pairs(c.operands[0])]
    found = [c.system.apply_to_parts(FUNCTIONS["abs"], c.results[0].dtype, row) for row in rows]
    return [[size for size, _ in found]]


def product_of_pairs(system: NumberSystem, c: Call, dtype: DType, xs: Sequence[Pair]) -> Pair:
    """The product of complex numbers, one after another."""
    found: Pair = (from_number(1.0), 0.0)
    for i, x in enumerate(xs):
        found = system.apply_to_parts(FUNCTIONS["mul"], real_of(dtype), (found, x)) if i else x
    return found


def _paired(rule: Rule) -> Rule:
    """A rule that moves scalars about, on pairs of them."""

    def apply(c: Call) -> Lists:
        operands = [
            ReferenceArray(list(_pairs(x)), x.aval, x.system) if is_complex(x.dtype) else x
            for x in c.operands
        ]
        return [_joined(found) for found in rule(replace(c, operands=operands))]

    return apply


# -- parts, conversions, comparisons -------------------------------------------------------------------------
def _conj(c: Call) -> Lists:
    real, imaginary = parts(c.operands[0])
    dtype = real.dtype
    return [real.scalars + c.system.map(DEFINITIONS["neg"], dtype, [imaginary.scalars])]


def _widened(c: Call, x: ReferenceArray, aval: ShapedArray) -> ReferenceArray:
    """A real, integer or boolean array as a complex one."""
    part = aval.with_dtype(real_of(aval.dtype))
    (real,) = pointwise.RULES["convert_element_type"](replace(c, operands=(x,), results=[part]))
    return ReferenceArray(list(real) + [0.0] * len(real), aval.with_shape(x.shape), x.system)


def _convert(c: Call) -> Lists:
    (x,), (result,) = c.operands, c.results
    if not is_complex(x.dtype):
        return [_widened(c, x, result).scalars]
    if is_complex(result.dtype):
        return in_each_part(c)
    if result.dtype == bool_:
        either = zip(*(part.scalars for part in parts(x)), strict=True)
        return [[_either(c.system, z) for z in either]]
    return [_real_rule(c, parts(x)[:1], result)]  # the imaginary part is dropped, as C99 6.3.1.7 says


def _either(system: NumberSystem, z: Pair) -> Scalar:
    answers = [system.answer(bool, is_nonzero, (part,)) for part in z]
    return system.plainly(lambda a, b: a or b, answers)


def _equality(equal: bool) -> Rule:
    """Equal numbers have equal parts."""

    def apply(c: Call) -> Lists:
        answers = zip(
            *(
                [c.system.answer(_is_zero, ordering, pair) for pair in zip(x.scalars, y.scalars, strict=True)]
                for x, y in zip(*map(parts, c.operands), strict=True)
            ),
            strict=True,
        )
        return [[c.system.plainly(lambda a, b: (a and b) is equal, pair) for pair in answers]]

    return apply


def _is_zero(order: int | None) -> bool:
    return order == 0


def _stop_gradient(c: Call) -> Lists:
    return [[c.system.stop(s) for s in c.operands[0].scalars]]


# -- sums of products --------------------------------------------------------------------------------------------
def _negated(c: Call, x: ReferenceArray) -> ReferenceArray:
    return ReferenceArray(c.system.map(DEFINITIONS["neg"], x.dtype, [x.scalars]), x.aval, x.system)


def _side_by_side(x: ReferenceArray, y: ReferenceArray, axis: int, groups: int = 1) -> ReferenceArray:
    """Two arrays in one, along an axis: group by group, first the one's and then the other's."""
    import numpy as np

    size = x.size
    places = np.arange(2 * size).reshape(
        2, *x.shape[:axis], groups, x.shape[axis] // groups, *x.shape[axis + 1 :]
    )
    order = np.moveaxis(places, 0, axis + 1).ravel()
    both = [*x.scalars, *y.scalars]
    shape = (*x.shape[:axis], 2 * x.shape[axis], *x.shape[axis + 1 :])
    return ReferenceArray([both[i] for i in order], x.aval.with_shape(shape), x.system)


def _products(c: Call, axes: tuple[int, int], groups: int = 1) -> Lists:
    """(a + ib)(c + id): the real part is one sum of the products ac and -bd, the imaginary one of ad and bc."""
    (a, b), (re, im) = map(parts, c.operands)
    result = _of_parts(c.results[0])
    params = dict(c.params)
    if params.get("preferred_element_type") is not None:
        params["preferred_element_type"] = result.dtype
    sums = replace(c, params=params)
    left = _side_by_side(a, b, axes[0], groups)
    real = _real_rule(sums, (left, _side_by_side(re, _negated(c, im), axes[1])), result)
    imaginary = _real_rule(sums, (left, _side_by_side(im, re, axes[1])), result)
    return [real + imaginary]


def _dot_general(c: Call) -> Lists:
    (summed, others), batches = c.params["dimension_numbers"]
    if summed:
        return _products(c, (summed[0], others[0]))
    # Nothing is summed over: an axis of length one is added, along which the parts lie.
    lhs, rhs = (ReferenceArray(x.scalars, x.aval.with_shape((*x.shape, 1)), x.system) for x in c.operands)
    numbers = ((lhs.ndim - 1,), (rhs.ndim - 1,)), batches
    wide = replace(c, operands=(lhs, rhs), params={**c.params, "dimension_numbers": numbers})
    return _products(wide, (lhs.ndim - 1, rhs.ndim - 1))


def _conv(c: Call) -> Lists:
    lhs_spec, rhs_spec, _ = c.params["dimension_numbers"]
    return _products(c, (lhs_spec[1], rhs_spec[1]), c.params["feature_group_count"])


_AXES = ("axis", "scatter_dimension", "split_axis", "concat_axis")


def _collective(c: Call) -> Lists:
    """Lanes meet once: the parts are two rows of one real array, whose other axes come after."""
    (x,), result = c.operands, _of_parts(c.results[0])
    rows = ReferenceArray(x.scalars, _of_parts(x.aval).with_shape((2, *x.shape)), x.system)
    params = {k: v + 1 if k in _AXES else v for k, v in c.params.items()}
    return [_real_rule(replace(c, params=params), (rows,), result.with_shape((2, *result.shape)))]


_LINEAR = (
    *(
        "add",
        "sub",
        "neg",
        "name",
        "select_n",
        "reduce_sum",
        "cumsum",
        "reduce_window_sum",
        "bitcast_convert_type",
    ),
    *("reshape", "squeeze", "transpose", "rev", "slice", "concatenate", "pad", "broadcast_in_dim"),
    *("dynamic_slice", "dynamic_update_slice", "gather", "scatter", "scatter_add", "scatter_sub"),
)
_COLLECTIVE = ("psum", "all_gather", "reduce_scatter", "all_to_all", "ppermute")

COMPLEX_RULES: dict[str, Rule] = {
    **dict.fromkeys(_LINEAR, in_each_part),
    **dict.fromkeys(_COLLECTIVE, _collective),
    **{name: _function(name) for name in FUNCTIONS},
    "abs": _absolute,
    "integer_pow": _integer_pow,
    "pow": _pow,
    "real": lambda c: [parts(c.operands[0])[0].scalars],
    "imag": lambda c: [parts(c.operands[0])[1].scalars],
    "complex": lambda c: [c.operands[0].scalars + c.operands[1].scalars],
    "conj": _conj,
    "eq": _equality(True),
    "ne": _equality(False),
    "iota": lambda c: [_real_rule(c, (), _of_parts(c.results[0])) + [0.0] * c.results[0].size],
    "stop_gradient": _stop_gradient,
    "convert_element_type": _convert,
    "sort": _sort,
    "dot_general": _dot_general,
    "fft": fft,
    "conv_general_dilated": _conv,
    "reduce_prod": _paired(reductions.reduction(product_of_pairs)),
    "cumprod": _paired(reductions.chained(product_of_pairs)),
    "reduce_window_prod": _paired(windows.reduced(product_of_pairs)),
    "scatter_mul": _paired(indexing.collected(product_of_pairs)),
}
