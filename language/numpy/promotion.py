"""How the arguments of one call meet: one dtype, one weak type, one shape, by JAX's rules."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import lax
from ..arrays import Array
from ..catalogue import broadcast_in_dim_p, convert_element_type_p
from ..config import config, enable_x64
from ..dispatch import aval_of, bind, check_fits, lift
from ..dtypes import (
    COMPLEX,
    FLOATS,
    INTEGERS,
    SIGNED,
    UNSIGNED,
    DType,
    as_dtype,
    bool_,
    canonical,
    default_complex,
    default_float,
    default_int,
    int32,
    is_complex,
    is_float,
    is_inexact,
    is_integer,
    to_inexact,
    uint64,
)
from ..dtypes import promote as promote_pairs
from ..shapes import Shape, ShapedArray, broadcast_shapes

Pair = tuple[DType, bool]

_NUMBERS = frozenset({bool, int, float, complex})
# Python's types of numbers that are weak, and the dtype that each has.
_WEAK: dict[type, Callable[[], DType]] = {int: default_int, float: default_float, complex: default_complex}


def _python_type(dtype: DType) -> Any:
    """The type of Python's numbers for a dtype."""
    return complex if is_complex(dtype) else float if is_float(dtype) else int


# -- dtypes -------------------------------------------------------------------------------------------
def to_numeric(dtype: DType) -> DType:
    """int32 for bool; every other dtype as it is."""
    return int32 if dtype == bool_ else dtype


def to_real(dtype: DType) -> DType:
    """`to_inexact`, for what is defined on reals only.

    Raises:
        TypeError: the dtype is complex.
    """
    if is_complex(dtype):
        raise TypeError(f"The operands must be real, got {dtype}. Take verax.numpy.real or abs of them.")
    return to_inexact(dtype)


def to_wide(dtype: DType) -> DType:
    """The dtype that sums of ``dtype`` are accumulated and returned in: at least the default integer."""
    if dtype == bool_:
        return default_int()
    if dtype in UNSIGNED:
        return max(dtype, canonical(uint64), key=lambda d: d.itemsize)
    if dtype in SIGNED:
        return max(dtype, default_int(), key=lambda d: d.itemsize)
    return dtype


def _same(dtype: DType) -> DType:
    return dtype


@functools.lru_cache(maxsize=4096)
def _common(pairs: tuple[Pair, ...], x64: bool) -> Pair:
    return promote_pairs(pairs)


def common_type(avals: Sequence[ShapedArray]) -> Pair:
    """The dtype and weak type that arguments of these abstract values have in common."""
    pairs = tuple([(a.dtype, a.weak_type) for a in avals])
    return _common(pairs, config.enable_x64)


def _pair_of(x: Any) -> Pair:
    """The (dtype, weak) of an array, a number, a dtype, or a Python scalar type."""
    if isinstance(x, type) and x in _WEAK:
        return _WEAK[x](), True
    if isinstance(x, (np.dtype, str, type)) or (hasattr(x, "dtype") and not hasattr(x, "shape")):
        return canonical(x), False
    aval = aval_of(x)
    return aval.dtype, aval.weak_type


def result_type(*arrays_and_dtypes: Any) -> DType:
    """The dtype that these arrays, numbers and dtypes have in common.

    Returns:
        A dtype.

    Raises:
        ValueError: nothing is given.
    """
    if not arrays_and_dtypes:
        raise ValueError("`arrays_and_dtypes` must hold at least one array or dtype, got none.")
    return promote_pairs([_pair_of(x) for x in arrays_and_dtypes])[0]


def promote_types(a: Any, b: Any) -> DType:
    """The dtype that two dtypes have in common; Python's int and float are weak, and 64 bits wide where they stay.

    Returns:
        A dtype.

    Raises:
        TypeError: there is no such dtype.
    """
    with enable_x64():  # dtypes, not arrays: those that are given are not narrowed
        given = [_pair_of(a), _pair_of(b)]
        dtype, weak = promote_pairs(given)
    if weak:
        return as_dtype(_python_type(dtype))
    # A 64-bit float or complex number comes of one that was given.
    return dtype if is_inexact(dtype) or dtype in [d for d, _ in given] else canonical(dtype)


_KINDS: dict[str, tuple[DType, ...]] = {
    "bool": (bool_,),
    "signed integer": SIGNED,
    "unsigned integer": UNSIGNED,
    "integral": INTEGERS,
    "real floating": FLOATS,
    "complex floating": COMPLEX,
    "numeric": (*INTEGERS, *FLOATS, *COMPLEX),
}


def kinds_of(kind: str) -> tuple[DType, ...]:
    """The dtypes of one of the array API's kinds.

    Raises:
        ValueError: the kind is unknown.
    """
    if kind not in _KINDS:
        raise ValueError(f"`kind` must be one of {', '.join(_KINDS)}, got {kind!r}.")
    return _KINDS[kind]


def isdtype(dtype: Any, kind: Any) -> bool:
    """Whether a dtype is of a kind: a dtype, one of the array API's names, or a tuple of these.

    Returns:
        A boolean.

    Raises:
        ValueError: the name is unknown.
    """
    found = as_dtype(dtype)
    options = kind if isinstance(kind, tuple) else (kind,)
    return any(_is_of_kind(found, k) for k in options)


def _is_of_kind(dtype: DType, kind: Any) -> bool:
    if isinstance(kind, str) and kind in _KINDS:
        return dtype in _KINDS[kind]
    try:
        return dtype == as_dtype(kind)
    except TypeError as err:
        raise ValueError(f"`kind` must be a dtype or one of {', '.join(_KINDS)}, got {kind!r}.") from err


def can_cast(from_: Any, to: Any, casting: str = "safe") -> bool:
    """Whether a dtype converts to another under NumPy's casting rule; bfloat16 counts as ml_dtypes' does.

    Returns:
        A boolean.

    Raises:
        TypeError: there is no such dtype.
    """
    source = from_.dtype if isinstance(from_, Array) else from_
    return bool(np.can_cast(as_dtype(source), as_dtype(to), casting=casting))  # type: ignore[arg-type]  # a Literal


def issubdtype(a: Any, b: Any) -> bool:
    """Whether a dtype lies below another in NumPy's hierarchy; bfloat16 counts as floating.

    Returns:
        A boolean.

    Raises:
        TypeError: there is no such dtype.
    """
    if as_dtype(a) in FLOATS and isinstance(b, type) and issubclass(np.floating, b):
        return True
    return bool(
        np.issubdtype(as_dtype(a), b if isinstance(b, type) and issubclass(b, np.generic) else as_dtype(b))
    )


# -- operands -----------------------------------------------------------------------------------------
def checked(name: str, operands: Sequence[Any]) -> list[ShapedArray]:
    """The abstract values of a function's arguments.

    Raises:
        TypeError: one is no array and no number; the message names function and position.
    """
    try:
        return [aval_of(x) for x in operands]
    except TypeError:
        for i, x in enumerate(operands):
            try:
                aval_of(x)
            except TypeError as err:
                raise TypeError(
                    f"Argument {i} of `{name}` must be an array or a number, got {type(x).__name__}: {x!r}. "
                    f"Convert it with verax.numpy.asarray."
                ) from err
        raise


def convert(x: Any, dtype: DType, weak: bool = False) -> Any:
    """``x`` in another dtype: numbers and NumPy arrays at once, arrays by one primitive, or none."""
    if isinstance(x, Array):
        if x.dtype == dtype and x.weak_type == weak:
            return x
        return bind(convert_element_type_p, x, new_dtype=dtype, weak_type=weak)[0]
    if type(x) is complex and not is_complex(dtype) and dtype != bool_:
        raise TypeError(f"A complex number cannot become {dtype}: {x!r}. Take its real part, x.real.")
    if weak and type(x) in _NUMBERS and dtype != bool_:
        scalar = _python_type(dtype)(x)
        if aval_of(scalar).dtype == dtype:
            return scalar
        return convert(lift(scalar), dtype, weak)
    if weak:  # a NumPy number beside weak ones: only an array can be weak
        return convert(lift(x), dtype, weak)
    if type(x) in _NUMBERS:
        if type(x) is int and abs(x) >= 1 << 31 and is_integer(dtype):
            check_fits(x, max(dtype, default_int(), key=lambda d: d.itemsize))
        return _written(x, str(x) if x == 0 else "", dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(x).astype(dtype)[()]


@functools.lru_cache(maxsize=4096, typed=True)
def _written(x: Any, zero: str, dtype: DType) -> Any:
    """A Python number in a dtype. ``zero`` tells 0.0 from -0.0, which are equal."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(x).astype(dtype)[()]


def _matched(x: Any, aval: ShapedArray, dtype: DType, weak: bool) -> Any:
    # A primitive on weak and strong operands of one dtype is strong: no conversion is needed for that.
    if aval.dtype == dtype and (isinstance(x, (Array, np.ndarray, np.generic)) or weak):
        return x
    return convert(x, dtype, weak)


def broadcast_operands(operands: Sequence[Any], shapes: Sequence[Shape]) -> list[Any]:
    """The operands in their common shape."""
    if shapes.count(shapes[0]) == len(shapes):
        return list(operands)
    wide = [s for s in shapes if s]
    if config.in_force().numpy_rank_promotion != "allow" and len({len(s) for s in wide}) > 1:
        _tell_of_ranks(shapes)
    # A scalar beside arrays of one shape is the common case, and needs no rule to find that shape.
    shape = wide[0] if wide.count(wide[0]) == len(wide) else broadcast_shapes(*shapes)
    return [x if s == shape else expand_to(x, s, shape) for x, s in zip(operands, shapes, strict=True)]


def _tell_of_ranks(shapes: Sequence[Shape]) -> None:
    """Warn of arrays of different ranks, or raise, as `numpy_rank_promotion` asks."""
    said = f"Operands could not be broadcast together: their shapes {', '.join(map(str, shapes))} have different ranks"
    if config.in_force().numpy_rank_promotion == "raise":
        raise ValueError(f"{said}, which numpy_rank_promotion='raise' forbids. Add axes of size 1.")
    warnings.warn(f"{said}. numpy_rank_promotion='allow' turns this warning off.", UserWarning, stacklevel=2)


def expand_to(x: Any, shape: Shape, wide: Shape) -> Array:
    """Broadcast an operand of shape ``shape`` to ``wide`` by NumPy's rule, with one primitive."""
    places = tuple(range(len(wide) - len(shape), len(wide))) if shape else ()
    (found,) = bind(broadcast_in_dim_p, x, shape=wide, broadcast_dimensions=places)
    return found


def _alike(operands: Sequence[Any]) -> bool:
    """Whether all are arrays of one type: then there is nothing to do."""
    first = operands[0]
    if not isinstance(first, Array):
        return False
    aval = first.aval
    for x in operands:
        if x is not first and not (isinstance(x, Array) and (x.aval is aval or x.aval == aval)):
            return False
    return True


def _beside_number(x: Array, number: Any, rule: Callable[[DType], DType]) -> Any:
    """The number in the array's type and shape, where the array stays as it is; else None."""
    aval = x.aval
    dtype, weak = common_type((aval, aval_of(number)))
    if weak or rule(dtype) != aval.dtype:
        return None
    written = convert(number, aval.dtype)
    return expand_to(written, (), aval.shape) if aval.shape else written


def _promoter(rule: Callable[[DType], DType], what: str) -> Callable[..., list[Any]]:
    def promoted(name: str, *operands: Any) -> list[Any]:
        if _alike(operands) and rule(operands[0].dtype) == operands[0].dtype:
            return list(operands)
        if len(operands) == 2:  # an array and a number: most of what is not alike
            x, y = operands
            if type(y) in _NUMBERS and isinstance(x, Array):
                other = _beside_number(x, y, rule)
                if other is not None:
                    return [x, other]
            elif type(x) in _NUMBERS and isinstance(y, Array):
                other = _beside_number(y, x, rule)
                if other is not None:
                    return [other, y]
        avals = checked(name, operands)
        dtype, weak = common_type(avals)
        dtype = rule(dtype)
        matched = [_matched(x, a, dtype, weak) for x, a in zip(operands, avals, strict=True)]
        return broadcast_operands(matched, [a.shape for a in avals]) if len(avals) > 1 else matched

    promoted.__doc__ = what
    return promoted


promote = _promoter(_same, "The arguments of a call in one dtype and shape.")
promote_numeric = _promoter(to_numeric, "`promote`, with int32 for bool.")
promote_inexact = _promoter(to_inexact, "`promote`, to a floating or complex dtype.")
promote_real = _promoter(to_real, "`promote`, to a real floating dtype.")


def dtypes_only(name: str, *operands: Any, rule: Callable[[DType], DType] = _same) -> list[Array]:
    """The arguments in one dtype, their shapes untouched; all arrays."""
    avals = checked(name, operands)
    dtype, weak = common_type(avals)
    dtype = rule(dtype)
    return [lift(_matched(x, a, dtype, weak)) for x, a in zip(operands, avals, strict=True)]


def array_of(name: str, x: Any) -> Array:
    """``x`` as an array.

    Raises:
        TypeError: it is no array and no number.
    """
    if isinstance(x, Array):
        return x
    checked(name, [x])
    return lift(x)


def same_shape(*operands: Any) -> list[Array]:
    """Promoted operands as arrays of one shape: the scalars that `promote` leaves are broadcast."""
    arrays = [lift(x) for x in operands]
    wide = max((x.shape for x in arrays), key=len)
    return [x if x.shape == wide else lax.broadcast_in_dim(x, wide, ()) for x in arrays]


def real_only(name: str, x: Any) -> Array:
    """``x`` as an array of no complex dtype.

    Raises:
        ValueError: the dtype is complex.
        TypeError: it is no array and no number.
    """
    found = array_of(name, x)
    if is_complex(found.dtype):
        raise ValueError(
            f"`{name}` needs numbers that have an order, got {found.dtype}. Take real or abs first."
        )
    return found


def canonical_dtype(dtype: Any) -> DType | None:
    """The dtype used for a ``dtype`` argument; None stays None."""
    return None if dtype is None else canonical(dtype)
