"""Products of arrays of which an axis falls into groups of sizes that are known only when they run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .. import dispatch
from ..arrays import Array
from ..dispatch import Operand
from ..dtypes import bool_, is_integer
from .creation import broadcasted_iota, zeros_like
from .elementwise import bitwise_and, ge, lt, select, sub
from .products import dot_general
from .reductions import cumsum, reduce_or, reduce_sum
from .structural import broadcast_in_dim, transpose

Axes = tuple[int, ...]
# Which axes of the operands are contracted, and which are batches.
DotDimensionNumbers = tuple[tuple[Sequence[int], Sequence[int]], tuple[Sequence[int], Sequence[int]]]


@dataclass(frozen=True, init=False)
class RaggedDotDimensionNumbers:
    """Which axes of a ragged product are what.

    Attributes:
        dot_dimension_numbers: ``((lhs_contracting, rhs_contracting), (lhs_batch, rhs_batch))``.
        lhs_ragged_dimensions: the one axis of ``lhs`` that falls into groups.
        rhs_group_dimensions: the axis of ``rhs`` that the groups are counted along, where there is one.
    """

    dot_dimension_numbers: tuple[tuple[Axes, Axes], tuple[Axes, Axes]]
    lhs_ragged_dimensions: Axes
    rhs_group_dimensions: Axes

    def __init__(
        self,
        dot_dimension_numbers: DotDimensionNumbers,
        lhs_ragged_dimensions: Sequence[int],
        rhs_group_dimensions: Sequence[int],
    ) -> None:
        contracting, batch = (tuple(map(tuple, pair)) for pair in dot_dimension_numbers)
        object.__setattr__(self, "dot_dimension_numbers", (contracting, batch))
        object.__setattr__(self, "lhs_ragged_dimensions", tuple(lhs_ragged_dimensions))
        object.__setattr__(self, "rhs_group_dimensions", tuple(rhs_group_dimensions))


def ragged_dot(
    lhs: Operand,
    rhs: Operand,
    group_sizes: Operand,
    precision: Any = None,
    preferred_element_type: Any = None,
    group_offset: Any = None,
) -> Array:
    """Rows of ``lhs`` times the matrix of their group; rows behind the last group give 0.

    Args:
        lhs: of shape ``(m, k)``.
        rhs: of shape ``(g, k, n)``, a matrix for each group.
        group_sizes: ``(g,)`` integers: how many rows, one group after another.
        precision: accepted for JAX's sake.
        preferred_element_type: the dtype of the result.
        group_offset: must be None.

    Returns:
        An array of shape ``(m, n)``.

    Raises:
        TypeError, ValueError: shapes or dtypes do not fit.
    """
    numbers = RaggedDotDimensionNumbers((((1,), (1,)), ((), ())), (0,), (0,))
    return ragged_dot_general(lhs, rhs, group_sizes, numbers, precision, preferred_element_type, group_offset)


def ragged_dot_general(
    lhs: Operand,
    rhs: Operand,
    group_sizes: Operand,
    ragged_dot_dimension_numbers: RaggedDotDimensionNumbers,
    precision: Any = None,
    preferred_element_type: Any = None,
    group_offset: Any = None,
) -> Array:
    """`dot_general` of which one axis of ``lhs`` falls into groups, one after another.

    Where the axis is neither contracted nor a batch, each group meets its own part of ``rhs``. Where it is
    contracted, the sums are taken group by group, along a new leading axis. Where it is a batch, the groups change
    nothing.

    Args:
        lhs: an array.
        rhs: an array.
        group_sizes: integers, ``(g,)``; or one such row for each index of the axes before the ragged one: the
            batch axes, and those of its kind.
        ragged_dot_dimension_numbers: which axes are what.
        precision: accepted for JAX's sake.
        preferred_element_type: the dtype of the result.
        group_offset: must be None.

    Raises:
        TypeError, ValueError: shapes or dtypes do not fit.
    """
    if group_offset is not None:
        raise ValueError(f"`group_offset` of a ragged product must be None, got {group_offset!r}.")
    call = _Ragged(
        dispatch.lift(lhs), dispatch.lift(rhs), dispatch.lift(group_sizes), ragged_dot_dimension_numbers
    )

    def product(x: Operand, y: Operand, numbers: Any) -> Array:
        return dot_general(x, y, numbers, precision, preferred_element_type)

    if call.axis in call.batch[0]:
        return product(call.lhs, call.rhs, (call.contracting, call.batch))
    return call.contracted(product) if call.axis in call.contracting[0] else call.chosen(product)


def _refuse(argument: str, wanted: str, got: Any) -> None:
    raise TypeError(f"`{argument}` of a ragged product must {wanted}, got {got}.")


class _Ragged:
    """A ragged product: its axes, and what each group takes part in."""

    def __init__(self, lhs: Array, rhs: Array, sizes: Array, numbers: RaggedDotDimensionNumbers) -> None:
        self.lhs, self.rhs = lhs, rhs
        self.contracting, self.batch = numbers.dot_dimension_numbers
        self.group_axes = numbers.rhs_group_dimensions
        if len(numbers.lhs_ragged_dimensions) != 1:
            _refuse("lhs_ragged_dimensions", "be one axis", numbers.lhs_ragged_dimensions)
        (self.axis,) = numbers.lhs_ragged_dimensions
        if not 0 <= self.axis < lhs.ndim:
            _refuse("lhs_ragged_dimensions", f"lie in [0, {lhs.ndim})", self.axis)
        if not is_integer(sizes.dtype) or not sizes.ndim:
            _refuse("group_sizes", "be integers of rank 1 or more", sizes.aval)
        self.before = self._axes_before(self.axis, lhs.ndim, 0)
        wanted = (*(lhs.shape[i] for i in self.before), sizes.shape[-1])
        if sizes.ndim != 1 and sizes.shape != wanted:
            _refuse("group_sizes", f"have shape {wanted} or {wanted[-1:]}", sizes.shape)
        self.sizes, self.groups = sizes, sizes.shape[-1]
        self._check_groups()

    def _axes_before(self, axis: int, ndim: int, side: int) -> list[int]:
        batch, contracting = self.batch[side], self.contracting[side]
        free = [i for i in range(ndim) if i not in batch and i not in contracting]
        kind = next(list(axes) for axes in (batch, contracting, free) if axis in axes)
        inner = kind[: kind.index(axis)]
        return inner if axis in batch else [*batch, *inner]

    def _check_groups(self) -> None:
        free = self.axis not in self.contracting[0] and self.axis not in self.batch[0]
        if len(self.group_axes) != int(free):
            _refuse("rhs_group_dimensions", f"be {int(free)} axes here", self.group_axes)
        for axis in self.group_axes:
            if axis in self.batch[1] or axis in self.contracting[1] or not 0 <= axis < self.rhs.ndim:
                _refuse("rhs_group_dimensions", "be an axis of rhs that is nothing else", axis)
            if self.rhs.shape[axis] != self.groups:
                _refuse("rhs", f"have size {self.groups} along axis {axis}", self.rhs.shape)

    def within(self, shape: Sequence[int], axis: int, before: Sequence[int]) -> Array:
        """Whether an index of ``shape`` belongs to each group, along a new leading axis of groups.

        ``axis`` is the ragged one, and ``before`` are the axes that sizes may differ along.
        """
        full = (self.groups, *shape)
        ends = cumsum(self.sizes, self.sizes.ndim - 1)
        places = broadcasted_iota(ends.dtype, full, axis + 1)
        order = (ends.ndim - 1, *range(ends.ndim - 1))
        into = (0, *(i + 1 for i in before)) if self.sizes.ndim > 1 else (0,)
        low, high = (
            broadcast_in_dim(transpose(edge, order), full, into) for edge in (sub(ends, self.sizes), ends)
        )
        return bitwise_and(ge(places, low), lt(places, high))

    def part(self, x: Array, axis: int, side: int) -> Array:
        """``x`` for each group, 0 outside of it."""
        inside = self.within(x.shape, axis, self._axes_before(axis, x.ndim, side))
        spread = broadcast_in_dim(x, inside.shape, range(1, inside.ndim))
        return select(inside, spread, zeros_like(spread))

    def contracted(self, product: Callable[..., Array]) -> Array:
        """The sums of each group. Both sides are 0 outside: an infinity there is no part of the sum."""
        other = self.contracting[1][self.contracting[0].index(self.axis)]
        left, right = self.part(self.lhs, self.axis, 0), self.part(self.rhs, other, 1)
        contracting = tuple(tuple(i + 1 for i in axes) for axes in self.contracting)
        batch = tuple((0, *(i + 1 for i in axes)) for axes in self.batch)
        return product(left, right, (contracting, batch))

    def chosen(self, product: Callable[..., Array]) -> Array:
        """The product with each group's part of ``rhs``, of which each row takes its own group's."""
        shape = (self.groups, *self.lhs.shape)
        left = broadcast_in_dim(self.lhs, shape, range(1, len(shape)))
        batch = (0, *(i + 1 for i in self.batch[0])), (*self.group_axes, *self.batch[1])
        contracting = tuple(i + 1 for i in self.contracting[0]), self.contracting[1]
        found = product(left, self.rhs, (contracting, batch))
        free = [i for i in range(self.lhs.ndim) if i not in self.contracting[0] and i not in self.batch[0]]
        kept = [*self.batch[0], *free]
        sizes = [self.lhs.shape[i] for i in kept]
        inside = self.within(sizes, kept.index(self.axis), [kept.index(i) for i in self.before])
        flags = broadcast_in_dim(inside, found.shape, range(inside.ndim))
        own = select(flags, found, zeros_like(found))
        return (reduce_or if own.dtype == bool_ else reduce_sum)(own, (0,))
