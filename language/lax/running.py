"""Running combinations along an axis, of any associative function."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .. import dispatch, trees
from ..arrays import Array
from ..catalogue.rules import INEXACT, check_dtype
from ..dispatch import Operand, aval_of
from ..dtypes import is_complex
from ..shapes import canonical_axis
from .conversion import convert_element_type
from .creation import full_like
from .elementwise import abs, add, atan2, complex, cos, exp, ge, imag, le, log1p, ne, real, select, sin, sub
from .slicing import slice_in_dim
from .structural import concatenate, expand_dims, reshape, rev


def associative_scan(fn: Callable[..., Any], elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """The running combination of the elements along an axis, in logarithmically many steps.

    Neighbours are combined, the results' running combination is found in the same way, and what lies between
    follows from it (Blelloch, 1990, "Prefix Sums and Their Applications").

    Args:
        fn: ``fn(a, b)`` combines elements, with a the earlier one (the later one if ``reverse``); it gets
            many of them at once along the axis, and must be associative.
        elems: a tree of arrays that are equally long along the axis.
        reverse: from the end to the front.
        axis: the axis, as counted in the first of them.

    Raises:
        TypeError: ``fn`` is no function.
        ValueError: the arrays are not equally long.
    """
    if not callable(fn):
        raise TypeError(f"`fn` of associative_scan must be a function, got {fn!r}.")
    given, tree = trees.flatten(elems)
    leaves = [dispatch.lift(x) for x in given]
    if not leaves:
        return elems
    first = canonical_axis(axis, leaves[0].ndim)
    places = [canonical_axis(first, x.ndim) for x in leaves]
    sizes = {x.shape[place] for x, place in zip(leaves, places, strict=True)}
    if len(sizes) > 1:
        raise ValueError(
            f"`elems` of associative_scan must be equally long along axis {axis}, got shapes "
            f"{', '.join(str(x.shape) for x in leaves)}."
        )

    def combine(early: list[Array], late: list[Array]) -> list[Array]:
        found = fn(trees.unflatten(tree, early), trees.unflatten(tree, late))
        return [dispatch.lift(x) for x in trees.leaves(found)]

    def turned(xs: list[Array]) -> list[Array]:
        return [rev(x, (place,)) for x, place in zip(xs, places, strict=True)] if reverse else xs

    found = turned(_running(combine, turned(leaves), places))
    # Results of more than one element are strong, as JAX's are.
    return trees.unflatten(
        tree, [convert_element_type(x, x.dtype) for x in found] if max(sizes) > 1 else found
    )


def _running(
    combine: Callable[[list[Array], list[Array]], list[Array]], xs: list[Array], places: list[int]
) -> list[Array]:
    count = xs[0].shape[places[0]]
    if count < 2:
        return xs

    def part(ys: list[Array], start: int, limit: int, stride: int = 1) -> list[Array]:
        return [slice_in_dim(y, start, limit, stride, place) for y, place in zip(ys, places, strict=True)]

    pairs = count // 2
    odd = _running(combine, combine(part(xs, 0, 2 * pairs, 2), part(xs, 1, 2 * pairs, 2)), places)
    # The first is itself; the third, fifth, ... are what has run up to the one before, and one more.
    between = (count - 1) // 2
    even = part(xs, 0, 1)
    if between:
        after = combine(part(odd, 0, between), part(xs, 2, count, 2))
        even = [concatenate(two, place) for *two, place in zip(even, after, places, strict=True)]
    return [_interleaved(a, b, place) for a, b, place in zip(even, odd, places, strict=True)]


def _interleaved(even: Array, odd: Array, axis: int) -> Array:
    """Elements of two arrays in turn along an axis; the first may have one more."""
    count = odd.shape[axis]
    first = slice_in_dim(even, 0, count, axis=axis)
    both = concatenate([expand_dims(first, (axis + 1,)), expand_dims(odd, (axis + 1,))], axis + 1)
    woven = reshape(both, (*odd.shape[:axis], 2 * count, *odd.shape[axis + 1 :]))
    if even.shape[axis] == count:
        return woven
    return concatenate([woven, slice_in_dim(even, count, count + 1, axis=axis)], axis)


def logaddexp(x: Array, y: Array) -> Array:
    """log(exp(x) + exp(y)) of floats or complex numbers of one shape, without overflow on the way.

    Written with selections, not with max and abs, so that every derivative holds at x == y too. Of complex numbers, the
    one of larger real part is taken out, and the imaginary part is brought into [-pi, pi].
    """
    if is_complex(x.dtype):
        found = _added(x, y, ge(real(x), real(y)))
        turned = atan2(sin(imag(found)), cos(imag(found)))
        inside = le(abs(imag(found)), math.pi)
        return complex(real(found), select(inside, imag(found), turned))
    return _added(x, y, ge(x, y))


def _added(x: Array, y: Array, first: Array) -> Array:
    large, small = select(first, x, y), select(first, y, x)
    gap = sub(small, large)
    # NaN for equal infinities and for NaN operands: there the sum says what is right.
    unordered = ne(gap, gap)
    safe = select(unordered, full_like(gap, 0), gap)
    return select(unordered, add(x, y), add(large, log1p(exp(safe))))


def cumlogsumexp(operand: Operand, axis: int = 0, reverse: bool = False) -> Array:
    """The logarithm of the running sum of exp(x) along an axis, without overflow on the way.

    Returns:
        An array of the operand's shape and dtype.

    Raises:
        ValueError: an axis is out of range.
    """
    found = aval_of(operand)
    check_dtype("cumlogsumexp", found, INEXACT, "operand")
    if not 0 <= axis < found.ndim:
        raise ValueError(f"`axis` of cumlogsumexp must lie in [0, {found.ndim}), got {axis}.")
    running: Array = associative_scan(logaddexp, operand, reverse, axis)
    return convert_element_type(running, found.dtype, found.weak_type)
