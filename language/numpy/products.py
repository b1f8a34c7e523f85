"""Products of arrays: what `dot_general` says, under NumPy's names."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..dispatch import lift
from ..dtypes import DType, bool_, is_complex
from ..errors import ShapeError
from ..shapes import Shape, broadcast_shapes, canonical_axes, canonical_axis
from .complex_numbers import conjugate
from .manipulation import broadcast_to, moveaxis, ravel, transpose
from .promotion import array_of, canonical_dtype, checked, common_type, convert, dtypes_only, expand_to
from .reductions import sum

Axes = tuple[int, ...]


def _product(
    a: Array, b: Array, contract: tuple[Axes, Axes], batch: tuple[Axes, Axes], wanted: Any, weak: bool
) -> Array:
    """`dot_general` with operands promoted already; weak only if both were."""
    dtype = canonical_dtype(wanted)
    found = lax.dot_general(a, b, (contract, batch), None, dtype)
    # A dtype that is asked for is a strong one.
    return found if (weak and wanted is None) or not found.weak_type else convert(found, found.dtype)


def _operands(name: str, a: Any, b: Any) -> tuple[Array, Array, bool]:
    avals = checked(name, (a, b))
    _, weak = common_type(avals)
    first, second = dtypes_only(name, a, b)
    return first, second, weak


def dot(a: Any, b: Any, *, precision: Any = None, preferred_element_type: Any = None) -> Array:
    """The product over ``a``'s last axis and ``b``'s second to last (its only one for a vector).

    Returns:
        An array of the common dtype, without the axes that are summed.

    Raises:
        ValueError: the sizes that are summed differ.
    """
    a, b, weak = _operands("dot", a, b)
    if a.ndim == 0 or b.ndim == 0:
        contract: tuple[Axes, Axes] = ((), ())
    else:
        contract = ((a.ndim - 1,), (0 if b.ndim == 1 else b.ndim - 2,))
    _fit("dot", a, b, contract)
    return _product(a, b, contract, ((), ()), preferred_element_type, weak)


def _fit(name: str, a: Array, b: Array, contract: tuple[Axes, Axes]) -> None:
    for i, j in zip(*contract, strict=True):
        if a.shape[i] != b.shape[j]:
            raise ShapeError(
                f"`a` and `b` of {name} must have equal sizes along the axes that are summed, got {a.shape[i]} "
                f"and {b.shape[j]} of shapes {a.shape} and {b.shape}."
            )


def matmul(a: Any, b: Any, *, precision: Any = None, preferred_element_type: Any = None) -> Array:
    """The matrix product over the last two axes; leading axes broadcast.

    Returns:
        An array of the common dtype: the broadcast leading axes, then rows and columns.

    Raises:
        ValueError: an argument is a scalar, or the sizes do not fit.
    """
    a, b, weak = _operands("matmul", a, b)
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError(
            f"`a` and `b` of matmul must have at least 1 axis, got shapes {a.shape} and {b.shape}."
        )
    contract: tuple[Axes, Axes] = ((a.ndim - 1,), (0 if b.ndim == 1 else b.ndim - 2,))
    _fit("matmul", a, b, contract)
    if a.ndim <= 2 and b.ndim <= 2:
        return _product(a, b, contract, ((), ()), preferred_element_type, weak)
    return _batched(a, b, preferred_element_type, weak)


def _batched(a: Array, b: Array, wanted: Any, weak: bool) -> Array:
    contract: tuple[Axes, Axes] = ((a.ndim - 1,), (0 if b.ndim == 1 else b.ndim - 2,))
    if a.ndim <= 2 or b.ndim <= 2:
        # Only one operand is a stack: nothing needs to be repeated for the other.
        found = _product(a, b, contract, ((), ()), wanted, weak)
        return moveaxis(found, 0, -2) if a.ndim == 2 else found
    lead = broadcast_shapes(a.shape[:-2], b.shape[:-2])
    left, right = broadcast_to(a, (*lead, *a.shape[-2:])), broadcast_to(b, (*lead, *b.shape[-2:]))
    axes = tuple(range(len(lead)))
    return _product(left, right, ((left.ndim - 1,), (right.ndim - 2,)), (axes, axes), wanted, weak)


def vecdot(
    x1: Any, x2: Any, /, *, axis: int = -1, precision: Any = None, preferred_element_type: Any = None
) -> Array:
    """The dot product of vectors along an axis, the first conjugated; the other axes broadcast.

    Returns:
        An array of the common dtype and the broadcast shape without the axis.

    Raises:
        ValueError: the sizes along the axis differ.
    """
    a, b, weak = _operands("vecdot", x1, x2)
    a = conjugate(a)
    i, j = canonical_axis(axis, a.ndim), canonical_axis(axis, b.ndim)
    _fit("vecdot", a, b, ((i,), (j,)))
    a, b = moveaxis(a, i, -1), moveaxis(b, j, -1)
    shape = broadcast_shapes(a.shape, b.shape)
    a, b = (x if x.shape == shape else expand_to(x, x.shape, shape) for x in (a, b))
    axes = tuple(range(len(shape) - 1))
    return _product(a, b, ((len(axes),), (len(axes),)), (axes, axes), preferred_element_type, weak)


def vdot(a: Any, b: Any, *, precision: Any = None, preferred_element_type: Any = None) -> Array:
    """The dot product of the flat arrays, the first conjugated.

    Returns:
        A number of the common dtype.

    Raises:
        ValueError: the sizes differ.
    """
    return dot(conjugate(ravel(a)), ravel(b), preferred_element_type=preferred_element_type)


def inner(a: Any, b: Any, *, precision: Any = None, preferred_element_type: Any = None) -> Array:
    """The product over the last axes of both.

    Returns:
        An array of the common dtype, without the axes that are summed.

    Raises:
        ValueError: the sizes that are summed differ.
    """
    a, b, weak = _operands("inner", a, b)
    contract: tuple[Axes, Axes] = ((a.ndim - 1,), (b.ndim - 1,)) if a.ndim and b.ndim else ((), ())
    _fit("inner", a, b, contract)
    wanted = canonical_dtype(preferred_element_type)
    if wanted is not None and contract == ((), ()) and (is_complex(wanted) or not is_complex(a.dtype)):
        # Nothing is summed: the factors are converted, to a narrower dtype too.
        a, b = (lift(convert(x, wanted)) for x in (a, b))
    return _product(a, b, contract, ((), ()), preferred_element_type, weak)


def outer(a: Any, b: Any, out: None = None) -> Array:
    """The products of every element of ``a`` with every element of ``b``.

    Returns:
        A matrix of the common dtype, a row for each element of ``a``.

    Raises:
        TypeError: an argument is no array and no number.
    """
    from .arithmetic import multiply

    a, b = ravel(a), ravel(b)
    return multiply(lax.reshape(a, (a.size, 1)), lax.reshape(b, (1, b.size)))


def tensordot(
    a: Any, b: Any, axes: Any = 2, *, precision: Any = None, preferred_element_type: Any = None
) -> Array:
    """The product over several axes: the last n of ``a`` and the first n of ``b``, or pairs of axes.

    Returns:
        An array of the common dtype.

    Raises:
        ValueError: the axes do not correspond.
    """
    a, b, weak = _operands("tensordot", a, b)
    if isinstance(axes, (tuple, list)) and len(axes) == 2:
        contract = canonical_axes(axes[0], a.ndim, "axes"), canonical_axes(axes[1], b.ndim, "axes")
        if len(contract[0]) != len(contract[1]):
            raise ValueError(f"`axes` of tensordot must name equally many axes of both arrays, got {axes!r}.")
    else:
        count = operator.index(axes)
        if not 0 <= count <= min(a.ndim, b.ndim):
            raise ValueError(f"`axes` of tensordot must lie in [0, {min(a.ndim, b.ndim)}], got {count}.")
        contract = tuple(range(a.ndim - count, a.ndim)), tuple(range(count))
    _fit("tensordot", a, b, contract)
    return _product(a, b, contract, ((), ()), preferred_element_type, weak)


def kron(a: Any, b: Any) -> Array:
    """The Kronecker product.

    Returns:
        An array of the common dtype, its sizes multiplied.

    Raises:
        TypeError: an argument is no array and no number.
    """
    from .arithmetic import multiply

    a, b = array_of("kron", a), array_of("kron", b)
    rank = max(a.ndim, b.ndim)
    sizes_a, sizes_b = ((1,) * (rank - x.ndim) + x.shape for x in (a, b))
    spread_a = lax.reshape(a, tuple(n for size in sizes_a for n in (size, 1)))
    spread_b = lax.reshape(b, tuple(n for size in sizes_b for n in (1, size)))
    return lax.reshape(
        multiply(spread_a, spread_b), tuple(m * n for m, n in zip(sizes_a, sizes_b, strict=True))
    )


def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None
) -> Array:
    """The sum along the diagonal of the planes of two axes.

    Returns:
        An array of a's dtype (small integers widen) without the two axes.

    Raises:
        ValueError: ``a`` has fewer than 2 axes.
    """
    from .creation import diagonal

    return sum(diagonal(a, offset, axis1, axis2), -1, dtype)


# -- einsum ------------------------------------------------------------------------------------------------------
def einsum(
    subscripts: Any,
    /,
    *operands: Any,
    out: None = None,
    optimize: Any = "auto",
    precision: Any = None,
    preferred_element_type: Any = None,
) -> Array:
    """Sums of products in Einstein's notation: ``einsum('ij,jk->ik', a, b)``.

    ``einsum(a, [0, 1], b, [1, 2], [0, 2])`` is the same, with numbers in the place of letters.
    Pairs of operands are contracted one after another, in the order that opt_einsum finds.

    Returns:
        An array of the common dtype and the axes that the subscripts name.

    Raises:
        TypeError: ``subscripts`` is neither a text nor an array.
        ValueError: the subscripts do not fit the operands.
    """
    import opt_einsum

    if isinstance(subscripts, (Array, np.ndarray)):
        subscripts, operands = opt_einsum.parser.convert_interleaved_input((subscripts, *operands))
    if not isinstance(subscripts, str):
        raise TypeError(
            f"`subscripts` must be a string such as 'ij,jk->ik', got {type(subscripts).__name__}."
        )
    avals = checked("einsum", operands)
    dtype, weak = common_type(avals)
    arrays = dtypes_only("einsum", *operands)
    search = {True: "auto", "auto": "auto", False: "auto"}.get(optimize, optimize)
    shapes = [a.shape for a in avals]
    _, plan = opt_einsum.contract_path(
        subscripts, *shapes, shapes=True, optimize=search, einsum_call=True, use_blas=False
    )
    wanted = dtype if preferred_element_type is None else canonical_dtype(preferred_element_type)
    stack = list(arrays)
    for step in plan:
        positions, expression = step[0], step[2]
        terms, result = expression.split("->")
        labels = terms.split(",")
        chosen = [stack.pop(i) for i in sorted(positions, reverse=True)]
        # The expression lists the terms in the order in which they were popped.
        stack.append(_contracted(chosen, labels, result, wanted))
    found: Array = convert(stack[0], wanted or dtype, weak and preferred_element_type is None)
    return found


def _contracted(operands: Sequence[Array], labels: Sequence[str], result: str, wanted: DType | None) -> Array:
    if len(operands) == 1:
        found, names = _summed(operands[0], labels[0], result)
    else:
        (a, names_a), (b, names_b) = (
            _summed(x, names, result + "".join(n for j, n in enumerate(labels) if j != i))
            for i, (x, names) in enumerate(zip(operands, labels, strict=True))
        )
        found, names = _paired(a, names_a, b, names_b, result, wanted)
    return transpose(found, tuple(names.index(n) for n in result))


def _summed(x: Array, names: str, kept: str) -> tuple[Array, str]:
    """Diagonals of repeated labels taken, and labels that nobody needs summed over."""
    for name in sorted(set(names)):
        while names.count(name) > 1:
            i = names.index(name)
            j = names.index(name, i + 1)
            x, names = _diagonal(x, i, j), names[:j] + names[j + 1 :]
    needless = tuple(i for i, n in enumerate(names) if n not in kept)
    if needless:
        # At the operand's own dtype: einsum does not widen integers.
        x = lax.reduce_or(x, needless) if x.dtype == bool_ else sum(x, needless, promote_integers=False)
        names = "".join(n for n in names if n in kept)
    return x, names


def _diagonal(x: Array, i: int, j: int) -> Array:
    shape: Shape = x.shape
    same = lax.eq(
        lax.broadcasted_iota(np.dtype(np.int32), shape, i), lax.broadcasted_iota(np.dtype(np.int32), shape, j)
    )
    masked = lax.select(same, x, lax.full_like(x, 0))
    return lax.reduce_or(masked, (j,)) if x.dtype == bool_ else lax.reduce_sum(masked, (j,))


def _paired(
    a: Array, left: str, b: Array, right: str, result: str, wanted: DType | None
) -> tuple[Array, str]:
    shared = [n for n in left if n in right]
    (a, left), (b, right) = _unbroadcast(a, left, b, right, shared)
    # A label that one side has dropped may now be the other's alone to sum over.
    (a, left), (b, right) = _summed(a, left, result + right), _summed(b, right, result + left)
    shared = [n for n in left if n in right]
    batch = [n for n in shared if n in result]
    summed = [n for n in shared if n not in result]
    numbers = (
        (tuple(left.index(n) for n in summed), tuple(right.index(n) for n in summed)),
        (tuple(left.index(n) for n in batch), tuple(right.index(n) for n in batch)),
    )
    found = lax.dot_general(a, b, numbers, None, wanted)
    names = "".join(batch) + "".join(n for n in left + right if n not in shared)
    return found, names


def _unbroadcast(a: Array, left: str, b: Array, right: str, shared: list[str]) -> Any:
    """A shared axis of size 1 on one side only is that side's to drop: the other has the size."""
    drop_a = [n for n in shared if a.shape[left.index(n)] == 1 != b.shape[right.index(n)]]
    drop_b = [n for n in shared if b.shape[right.index(n)] == 1 != a.shape[left.index(n)]]
    return _without(a, left, drop_a), _without(b, right, drop_b)


def _without(x: Array, names: str, dropped: list[str]) -> tuple[Array, str]:
    if not dropped:
        return x, names
    axes = tuple(names.index(n) for n in dropped)
    return lax.squeeze(x, axes), "".join(n for n in names if n not in dropped)


def einsum_path(subscripts: str, /, *operands: Any, optimize: Any = "greedy") -> Any:
    """The order in which `einsum` contracts, as NumPy's function of that name gives it.

    Returns:
        A list that names the order, and a text.

    Raises:
        ValueError: the subscripts do not fit the operands.
    """
    import opt_einsum

    shapes = [a.shape for a in checked("einsum_path", operands)]
    path, info = opt_einsum.contract_path(subscripts, *shapes, shapes=True, optimize=optimize)
    return ["einsum_path", *path], str(info)
