"""Abstract values: what is known of an array before it is computed."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .dtypes import DType, as_dtype, float0, is_inexact
from .errors import ShapeError

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShapedArray:
    """A shape, a dtype, and whether the dtype is weak (came from a Python scalar)."""

    shape: Shape
    dtype: DType
    weak_type: bool = False

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        size = 1
        for n in self.shape:
            size *= n
        return size

    def with_shape(self, shape: Iterable[int]) -> ShapedArray:
        """The same element type in another shape."""
        return ShapedArray(tuple(shape), self.dtype, self.weak_type)

    def with_dtype(self, dtype: DType, weak_type: bool = False) -> ShapedArray:
        """The same shape with another element type."""
        return ShapedArray(self.shape, dtype, weak_type)

    def tangent(self) -> ShapedArray:
        """The abstract value of a tangent: the same for floats and complex numbers, else float0."""
        return self if is_inexact(self.dtype) else ShapedArray(self.shape, float0)

    at_least_vspace = to_tangent_aval = tangent  # JAX's names

    @property
    def sharding(self) -> Any:
        """How it is laid out: whole, over no axis of any mesh."""
        from .sharding import AbstractMesh, NamedSharding, PartitionSpec

        return NamedSharding(AbstractMesh((), ()), PartitionSpec(*[None] * self.ndim))

    def str_short(self, short_dtypes: bool = False) -> str:
        """The dtype and the shape: 'float32[3]', or 'f32[3]', as JAX writes them."""
        if short_dtypes:
            return str(self).replace("*", "")
        return f"{self.dtype}[{','.join(map(str, self.shape))}]"

    def __str__(self) -> str:
        short = (
            str(self.dtype)
            .replace("complex", "c")
            .replace("float", "f")
            .replace("uint", "u")
            .replace("int", "i")
        )
        return f"{short}{'*' if self.weak_type else ''}[{','.join(map(str, self.shape))}]"


class ShapeDtypeStruct:
    """A shape and a dtype standing in for an array, as in JAX's ``eval_shape``.

    Attributes:
        shape: the sizes of the axes.
        dtype: the element type.
        weak_type: whether it came from a Python scalar.
        sharding: how the array is laid out, or None.

    Raises:
        TypeError: there is no such dtype, or a size is no integer.
    """

    __slots__ = ("dtype", "shape", "sharding", "weak_type")

    def __init__(self, shape: Any, dtype: Any, weak_type: bool = False, *, sharding: Any = None) -> None:
        self.shape, self.dtype = canonical_shape(shape), as_dtype(dtype)
        self.weak_type, self.sharding = bool(weak_type), sharding

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("A shape without axes has no length. Ask for its `size`.")
        return self.shape[0]

    def _key(self) -> tuple[Any, ...]:
        return self.shape, self.dtype, self.weak_type, self.sharding

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ShapeDtypeStruct) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        weak = ", weak_type=True" if self.weak_type else ""
        laid_out = "" if self.sharding is None else f", sharding={self.sharding}"
        return f"ShapeDtypeStruct(shape={self.shape}, dtype={self.dtype}{weak}{laid_out})"


def canonical_axis(axis: Any, ndim: int, name: str = "axis") -> int:
    """``axis`` as an index from the front.

    Raises:
        TypeError: it is no integer.
        ValueError: it is out of range.
    """
    try:
        index = operator.index(axis)
    except TypeError as err:
        raise TypeError(f"`{name}` must be an integer, got {axis!r}.") from err
    if not -ndim <= index < ndim:
        raise ValueError(
            f"`{name}` must lie in [{-ndim}, {ndim}) for an array of rank {ndim}, got {index}. "
            f"Reshape the array, or pass an axis that it has."
        )
    return index % ndim


def canonical_axes(axes: Any, ndim: int, name: str = "axis") -> Shape:
    """``axes`` (None for all, an integer, or several) as distinct indices from the front.

    Raises:
        ValueError: one is out of range, or appears twice.
    """
    if axes is None:
        return tuple(range(ndim))
    given = axes if isinstance(axes, Sequence) else (axes,)
    found = tuple(canonical_axis(a, ndim, name) for a in given)
    if len(set(found)) != len(found):
        raise ValueError(f"`{name}` must not repeat an axis, got {axes!r}. Pass each axis once.")
    return found


def canonical_shape(shape: Any, name: str = "shape") -> Shape:
    """``shape`` (an integer or a sequence of them) as a tuple of non-negative ints.

    Raises:
        TypeError: an entry is no integer.
        ValueError: an entry is negative.
    """
    given = shape if isinstance(shape, (tuple, list)) else (shape,)
    try:
        found = tuple(operator.index(n) for n in given)
    except TypeError as err:
        raise TypeError(
            f"`{name}` must hold integers, got {shape!r}. "
            f"Shapes must be known when the function is traced: pass them as static arguments."
        ) from err
    if any(n < 0 for n in found):
        raise ValueError(f"`{name}` must hold non-negative integers, got {shape!r}.")
    return found


def broadcast_shapes(*shapes: Shape) -> Shape:
    """The shape that several broadcast to, by NumPy's rule.

    Raises:
        ShapeError: they do not broadcast; the message shows all of them.
    """
    rank = max((len(s) for s in shapes), default=0)
    padded = [(1,) * (rank - len(s)) + s for s in shapes]
    result = []
    for sizes in zip(*padded, strict=True):
        wide = {n for n in sizes if n != 1}
        if len(wide) > 1:
            raise ShapeError(
                f"Incompatible shapes for broadcasting: got {', '.join(map(str, shapes))}. "
                f"Sizes along an axis must be equal or 1."
            )
        result.append(wide.pop() if wide else 1)
    return tuple(result)
