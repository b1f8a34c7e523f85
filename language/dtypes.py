"""Element types: the machine's number formats, and how two of them meet.

The promotion lattice is JAX's (JEP 9407, "Design of Type Promotion Semantics for JAX").
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import ml_dtypes
import numpy as np

from .config import config

DType = np.dtype[Any]

bool_: DType = np.dtype(np.bool_)
int8: DType = np.dtype(np.int8)
int16: DType = np.dtype(np.int16)
int32: DType = np.dtype(np.int32)
int64: DType = np.dtype(np.int64)
uint8: DType = np.dtype(np.uint8)
uint16: DType = np.dtype(np.uint16)
uint32: DType = np.dtype(np.uint32)
uint64: DType = np.dtype(np.uint64)
float16: DType = np.dtype(np.float16)
bfloat16: DType = np.dtype(ml_dtypes.bfloat16)
float32: DType = np.dtype(np.float32)
float64: DType = np.dtype(np.float64)
complex64: DType = np.dtype(np.complex64)
complex128: DType = np.dtype(np.complex128)
# The dtype of tangents of values that have none (integers, booleans): JAX's name and layout.
float0: DType = np.dtype([("float0", np.void, 0)])

SIGNED = (int8, int16, int32, int64)
UNSIGNED = (uint8, uint16, uint32, uint64)
INTEGERS = SIGNED + UNSIGNED
FLOATS = (float16, bfloat16, float32, float64)
COMPLEX = (complex64, complex128)
ALL = (bool_, *INTEGERS, *FLOATS, *COMPLEX)
_FLOATS, _INTEGERS, _COMPLEX = frozenset(FLOATS), frozenset(INTEGERS), frozenset(COMPLEX)
# The format of a complex number's parts, and the complex format whose parts a float widens to.
_PARTS = {complex64: float32, complex128: float64}
_WHOLE = {float16: complex64, bfloat16: complex64, float32: complex64, float64: complex128}

_KNOWN = frozenset((*ALL, float0))
_NARROW = {int64: int32, uint64: uint32, float64: float32, complex128: complex64}

# Weak nodes stand for Python's int, float and complex.
_WEAK_INT, _WEAK_FLOAT, _WEAK_COMPLEX = "int", "float", "complex"
_Node = Any  # a DType, or a weak node
_EDGES: dict[_Node, tuple[_Node, ...]] = {
    bool_: (_WEAK_INT,),
    _WEAK_INT: (uint8, int8),
    uint8: (int16, uint16),
    uint16: (int32, uint32),
    uint32: (int64, uint64),
    uint64: (_WEAK_FLOAT,),
    int8: (int16,),
    int16: (int32,),
    int32: (int64,),
    int64: (_WEAK_FLOAT,),
    _WEAK_FLOAT: (bfloat16, float16, _WEAK_COMPLEX),
    _WEAK_COMPLEX: (complex64,),
    bfloat16: (float32,),
    float16: (float32,),
    float32: (float64, complex64),
    float64: (complex128,),
    complex64: (complex128,),
    complex128: (),
}


def is_float(dtype: DType) -> bool:
    """Whether the dtype is one of the real floating formats."""
    return dtype in _FLOATS


def is_integer(dtype: DType) -> bool:
    """Whether the dtype is a signed or unsigned integer format (bool is not)."""
    return dtype in _INTEGERS


def is_complex(dtype: DType) -> bool:
    """Whether the dtype is a pair of floats."""
    return dtype in _COMPLEX


def is_inexact(dtype: DType) -> bool:
    """Whether the dtype is a real or complex floating format: what has derivatives."""
    return dtype in _FLOATS or dtype in _COMPLEX


def real_of(dtype: DType) -> DType:
    """The format of the parts of a complex dtype; any other dtype itself."""
    return _PARTS.get(dtype, dtype)


def complex_of(dtype: DType) -> DType:
    """The complex dtype whose parts hold a floating dtype; a complex dtype itself."""
    return _WHOLE.get(dtype, dtype)


def kind_of(dtype: DType) -> str:
    """One of 'bool', 'int', 'uint', 'float', 'complex'."""
    if dtype == bool_:
        return "bool"
    if dtype in SIGNED:
        return "int"
    if dtype in COMPLEX:
        return "complex"
    return "uint" if dtype in UNSIGNED else "float"


def canonical(dtype: Any) -> DType:
    """The dtype that is used for ``dtype``: 64-bit types narrow to 32 unless x64 is enabled.

    Raises:
        TypeError: the language has no such dtype.
    """
    # Most calls hand in a dtype that there is.
    found = dtype if isinstance(dtype, np.dtype) and dtype in _KNOWN else as_dtype(dtype)
    return found if config.enable_x64 else _NARROW.get(found, found)


def as_dtype(dtype: Any) -> DType:
    """``dtype`` (a dtype, a name, a NumPy scalar type, or bool/int/float/complex) as a NumPy dtype, exactly.

    Raises:
        TypeError: the language has no such dtype.
    """
    if dtype is float:
        return float64
    if dtype is int:
        return int64
    if dtype is complex:
        return complex128
    if isinstance(dtype, str) and dtype == "bfloat16":
        return bfloat16
    found: DType = np.dtype(dtype)
    if found not in ALL and found != float0:
        names = ", ".join(str(d) for d in ALL)
        raise TypeError(f"`dtype` must be one of {names}, got {found}. Convert the array first.")
    return found


def default_float() -> DType:
    """float64 with x64 enabled, else float32."""
    return float64 if config.enable_x64 else float32


def default_complex() -> DType:
    """complex128 with x64 enabled, else complex64."""
    return complex128 if config.enable_x64 else complex64


def default_int() -> DType:
    """int64 with x64 enabled, else int32."""
    return int64 if config.enable_x64 else int32


@functools.cache
def _above(node: _Node) -> frozenset[_Node]:
    found = {node}
    for parent in _EDGES[node]:
        found |= _above(parent)
    return frozenset(found)


@functools.cache
def _join(nodes: frozenset[_Node]) -> _Node:
    common = frozenset.intersection(*(_above(n) for n in nodes))
    (least,) = [n for n in common if common <= _above(n)]
    return least


def _node(dtype: DType, weak: bool) -> _Node:
    if not weak or dtype == bool_:
        return dtype
    if is_integer(dtype):
        return _WEAK_INT
    return _WEAK_COMPLEX if is_complex(dtype) else _WEAK_FLOAT


def promote(types: Iterable[tuple[DType, bool]]) -> tuple[DType, bool]:
    """The common (dtype, weak_type) of several, by JAX's lattice."""
    pairs = list(types)
    if len({d for d, _ in pairs}) == 1:
        return canonical(pairs[0][0]), all(w for _, w in pairs)
    if all(w for _, w in pairs):
        strong = _join(frozenset(d for d, _ in pairs))
        return canonical(_of_node(strong)), True
    node = _join(frozenset(_node(d, w) for d, w in pairs))
    return canonical(_of_node(node)), isinstance(node, str)


def _of_node(node: _Node) -> DType:
    if isinstance(node, str):
        return {_WEAK_INT: int64, _WEAK_FLOAT: float64, _WEAK_COMPLEX: complex128}[node]
    found: DType = node
    return found


def finfo(dtype: Any) -> Any:
    """Machine limits of a floating dtype, as ``numpy.finfo`` (bfloat16 included); of the parts of a complex one.

    Returns:
        What tells the limits: bits, eps, max, min, smallest_normal, dtype.

    Raises:
        ValueError: the dtype is no float.
    """
    return _finfo(real_of(as_dtype(dtype)))


@functools.cache
def _finfo(dtype: DType) -> Any:
    return ml_dtypes.finfo(dtype)  # type: ignore[no-untyped-call]  # it ships untyped


def iinfo(dtype: Any) -> Any:
    """Machine limits of an integer dtype, or of an integer's, as ``numpy.iinfo``.

    Returns:
        What tells the limits: bits, max, min, dtype.

    Raises:
        ValueError: the dtype is no integer.
    """
    return np.iinfo(type(dtype) if isinstance(dtype, (int, np.integer)) else as_dtype(dtype))


def to_inexact(dtype: DType) -> DType:
    """The floating or complex dtype that a function of reals computes in: JAX's table, not the lattice's join."""
    if is_inexact(dtype):
        return dtype
    return canonical(float64 if dtype in (int64, uint64) else float32)
