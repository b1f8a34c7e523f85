"""What the rows of the catalogue share: the sets of dtypes, and the checks that rules are made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..dtypes import ALL, COMPLEX, FLOATS, INTEGERS, SIGNED, DType, bool_
from ..shapes import Shape, ShapedArray

Dtypes = frozenset[DType]

FLOATING: Dtypes = frozenset(FLOATS)
INTEGRAL: Dtypes = frozenset(INTEGERS)
COMPLEXES: Dtypes = frozenset(COMPLEX)
INEXACT: Dtypes = FLOATING | COMPLEXES
SIGNED_NUMBERS: Dtypes = frozenset(SIGNED) | INEXACT
REAL_NUMBERS: Dtypes = INTEGRAL | FLOATING
NUMBERS: Dtypes = REAL_NUMBERS | COMPLEXES
BITS: Dtypes = INTEGRAL | {bool_}
ANY: Dtypes = NUMBERS | {bool_}
# What has an order. Complex numbers have none: JAX's lexicographic one is a composition.
ORDERED: Dtypes = REAL_NUMBERS | {bool_}


def named(accepted: Collection[DType]) -> str:
    """The dtypes of a set, in the language's order."""
    return ", ".join(str(d) for d in ALL if d in accepted)


def check_count(name: str, avals: Sequence[ShapedArray], count: int) -> None:
    """Raise TypeError unless there are ``count`` operands."""
    if len(avals) != count:
        raise TypeError(f"`{name}` takes {count} operands, got {len(avals)}. Pass {count}.")


def check_params(name: str, params: Mapping[str, Any], expected: Sequence[str]) -> None:
    """Raise TypeError unless exactly the expected parameters were given."""
    if params.keys() != set(expected):
        raise TypeError(
            f"The parameters of `{name}` must be {list(expected) or 'none'}, got {sorted(params)}. "
            f"Bind it through its function in verax.lax."
        )


def check_dtype(name: str, aval: ShapedArray, accepted: Dtypes, argument: str) -> None:
    """Raise TypeError unless an operand's dtype is accepted."""
    if aval.dtype not in accepted:
        raise TypeError(
            f"`{argument}` of {name} must have a dtype among {named(accepted)}, got {aval.dtype}. "
            f"Convert it with verax.lax.convert_element_type."
        )


def check_same_dtypes(name: str, avals: Sequence[ShapedArray]) -> None:
    """Raise TypeError unless all dtypes are equal."""
    first = avals[0].dtype
    for aval in avals:
        if aval.dtype != first:
            raise TypeError(
                f"The operands of {name} must have equal dtypes, got "
                f"{', '.join(str(a.dtype) for a in avals)}. Convert them, or use verax.numpy, which promotes."
            )


def check_same_shapes(name: str, avals: Sequence[ShapedArray]) -> None:
    """Raise ValueError unless all shapes are equal."""
    first = avals[0].shape
    for aval in avals:
        if aval.shape != first:
            raise ValueError(
                f"The operands of {name} must have equal shapes, got "
                f"{', '.join(str(a.shape) for a in avals)}. Broadcast them, or use verax.numpy, which does."
            )


def check_rank(name: str, argument: str, entries: Sequence[Any], aval: ShapedArray) -> None:
    """Raise ValueError unless a parameter has one entry for each axis."""
    if len(entries) != aval.ndim:
        raise ValueError(
            f"`{argument}` of {name} must have one entry for each of the {aval.ndim} axes of shape "
            f"{aval.shape}, got {tuple(entries)}."
        )


def check_axes(name: str, argument: str, axes: Sequence[int], ndim: int) -> None:
    """Raise ValueError unless the axes are distinct and lie in [0, ndim)."""
    if len(set(axes)) != len(axes) or not all(0 <= a < ndim for a in axes):
        raise ValueError(
            f"`{argument}` of {name} must hold distinct axes in [0, {ndim}), got {tuple(axes)}. "
            f"Count axes from the front, each once."
        )


def check_scalars(name: str, argument: str, avals: Sequence[ShapedArray]) -> None:
    """Raise ValueError unless all operands have rank 0."""
    for aval in avals:
        if aval.shape:
            raise ValueError(
                f"`{argument}` of {name} must be scalar, got shape {aval.shape}. Index it first."
            )


def check_indices(name: str, argument: str, avals: Sequence[ShapedArray]) -> None:
    """Raise unless all operands are scalars of one integer dtype."""
    check_scalars(name, argument, avals)
    for aval in avals:
        check_dtype(name, aval, INTEGRAL, argument)
    if avals:
        check_same_dtypes(name, avals)


def all_weak(avals: Sequence[ShapedArray]) -> bool:
    """Whether every operand is weak: only then is a result."""
    return all(a.weak_type for a in avals)


def without(shape: Shape, axes: Collection[int]) -> Shape:
    """The shape without some axes."""
    return tuple(n for i, n in enumerate(shape) if i not in axes)
