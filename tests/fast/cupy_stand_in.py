"""A stand-in for CuPy: its names only, arrays that copy and that NumPy cannot read by accident.

What CuPy lacks or refuses is lacking or refused here: bfloat16, NumPy arrays among operands, implicit
conversion to NumPy, ufunc methods, results that are NumPy scalars.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np

from verax.fast.devices.cupy_device import CupyDevice
from verax.fast.devices.libm import erf, erfc

# Functions of CuPy 13's reference, "Routines (NumPy)", that array code may need.
NAMES = frozenset(
    [
        "abs",
        "absolute",
        "add",
        "all",
        "any",
        "arange",
        "arccos",
        "arccosh",
        "arcsin",
        "arcsinh",
        "arctan",
        "arctan2",
        "arctanh",
        "argmax",
        "argmin",
        "argsort",
        "array",
        "asarray",
        "ascontiguousarray",
        "atleast_1d",
        "bitwise_and",
        "bitwise_or",
        "bitwise_xor",
        "broadcast_to",
        "cbrt",
        "ceil",
        "clip",
        "concatenate",
        "conj",
        "copysign",
        "cos",
        "cosh",
        "cumprod",
        "cumsum",
        "diagonal",
        "divide",
        "dot",
        "einsum",
        "empty",
        "empty_like",
        "equal",
        "exp",
        "exp2",
        "expand_dims",
        "expm1",
        "eye",
        "fabs",
        "flip",
        "floor",
        "floor_divide",
        "fmax",
        "fmin",
        "fmod",
        "frexp",
        "full",
        "full_like",
        "greater",
        "greater_equal",
        "hypot",
        "imag",
        "invert",
        "isfinite",
        "isinf",
        "isnan",
        "ldexp",
        "left_shift",
        "less",
        "less_equal",
        "lexsort",
        "log",
        "log10",
        "log1p",
        "log2",
        "logaddexp",
        "logical_and",
        "logical_not",
        "logical_or",
        "logical_xor",
        "matmul",
        "max",
        "maximum",
        "min",
        "minimum",
        "moveaxis",
        "multiply",
        "negative",
        "nextafter",
        "not_equal",
        "ones",
        "ones_like",
        "positive",
        "power",
        "prod",
        "ravel",
        "real",
        "remainder",
        "repeat",
        "reshape",
        "right_shift",
        "rint",
        "roll",
        "searchsorted",
        "shape",
        "sign",
        "signbit",
        "sin",
        "sinh",
        "size",
        "sort",
        "sqrt",
        "square",
        "squeeze",
        "stack",
        "subtract",
        "sum",
        "swapaxes",
        "take",
        "take_along_axis",
        "tan",
        "tanh",
        "tensordot",
        "tile",
        "transpose",
        "tril",
        "triu",
        "true_divide",
        "trunc",
        "unique",
        "where",
        "zeros",
        "zeros_like",
    ]
)


def _in(x: Any) -> Any:
    if isinstance(x, StandInArray):
        return x.value
    if isinstance(x, np.ndarray):
        raise TypeError(f"Unsupported type {type(x)}")
    if isinstance(x, (tuple, list)):
        return type(x)(_in(y) for y in x)
    return x


def _out(x: Any) -> Any:
    if isinstance(x, (np.ndarray, np.generic)):
        return StandInArray(np.array(x))
    if isinstance(x, tuple):
        return tuple(_out(y) for y in x)
    return x


def _call(function: Any, *args: Any, **kwargs: Any) -> Any:
    given, named = _in(args), {k: _in(v) for k, v in kwargs.items()}
    with np.errstate(all="ignore"):
        return _out(function(*given, **named))


class StandInArray:
    """CuPy's ndarray, as far as it goes."""

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]  # as CuPy's

    def __init__(self, value: np.ndarray[Any, Any]) -> None:
        if value.dtype == ml_dtypes.bfloat16:
            raise TypeError("Unsupported dtype bfloat16")
        self.value = value

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError("Implicit conversion to a NumPy array is not allowed. Use `.get()` to convert.")

    def __getattr__(self, name: str) -> Any:
        if name in ("shape", "dtype", "ndim", "size", "itemsize", "nbytes"):
            return getattr(self.value, name)
        if name in ("real", "imag"):  # these share memory too
            return StandInArray(getattr(self.value, name))
        if name == "T":
            return _out(self.value.T)
        if name == "view":  # shares memory, as CuPy's does
            return lambda dtype: StandInArray(self.value.view(dtype))
        if name in ("astype", "copy", "reshape", "ravel", "transpose"):
            return lambda *args, **kwargs: _call(getattr(self.value, name), *args, **kwargs)
        raise AttributeError(name)

    def item(self) -> Any:
        return self.value.item()

    def get(self) -> np.ndarray[Any, Any]:
        return self.value.copy()

    def __bool__(self) -> bool:
        return bool(self.value)

    def __getitem__(self, index: Any) -> Any:
        return _out(self.value[_in(index)])

    def __setitem__(self, index: Any, value: Any) -> None:
        self.value[_in(index)] = _in(value)


def _operator(name: str) -> Any:
    def apply(self: StandInArray, *others: Any) -> Any:
        return _call(getattr(np.ndarray, name), self, *others)

    return apply


for _name in [
    "add",
    "radd",
    "sub",
    "rsub",
    "mul",
    "rmul",
    "truediv",
    "rtruediv",
    "mod",
    "rmod",
    "floordiv",
    "neg",
    "abs",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "and",
    "or",
    "xor",
    "invert",
]:
    setattr(StandInArray, f"__{_name}__", _operator(f"__{_name}__"))


# Functions of cupy.linalg that take stacks of matrices.
LINALG = frozenset(["eigh", "qr", "svd"])


# Functions of cupy.fft.
FFT = frozenset(["fftn", "ifftn", "rfftn", "irfftn"])


class _Fft:
    """The module `cupy.fft`."""

    def __getattr__(self, name: str) -> Any:
        if name not in FFT:
            raise AttributeError(f"module 'cupy.fft' has no attribute {name!r}")
        function = getattr(np.fft, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            found = _call(function, *args, **kwargs)
            return tuple(map(_out, found)) if isinstance(found, tuple) else found

        return call


class _Linalg:
    """The module `cupy.linalg`."""

    def __getattr__(self, name: str) -> Any:
        if name not in LINALG:
            raise AttributeError(f"module 'cupy.linalg' has no attribute {name!r}")
        function = getattr(np.linalg, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            found = _call(function, *args, **kwargs)
            return tuple(map(_out, found)) if isinstance(found, tuple) else found

        return call


class _StandIn:
    """The module."""

    linalg = _Linalg()
    fft = _Fft()

    cuda = SimpleNamespace(
        Device=lambda number: nullcontext(),
        runtime=SimpleNamespace(
            getDeviceCount=lambda: 1, getDeviceProperties=lambda number: {"name": b"A stand-in"}
        ),
    )
    ndarray = StandInArray

    def __getattr__(self, name: str) -> Any:
        if name not in NAMES:
            raise AttributeError(f"module 'cupy' has no attribute {name!r}")
        function = getattr(np, name)
        if name in ("array", "asarray"):
            return lambda x, *args, **kwargs: _out(function(getattr(x, "value", x), *args, **kwargs))
        if name == "argsort":
            return _argsort
        return lambda *args, **kwargs: _call(function, *args, **kwargs)

    @staticmethod
    def asnumpy(x: Any) -> np.ndarray[Any, Any]:
        return x.value.copy() if isinstance(x, StandInArray) else np.asarray(x)


def _argsort(x: Any, axis: int = -1, kind: str | None = None) -> Any:
    if kind not in (None, "stable"):
        raise ValueError("kind can only be None or 'stable'")
    return _call(np.argsort, x, axis=axis, kind="stable")


def _scatter_add(array: StandInArray, places: Any, values: Any) -> None:
    known = ("float32", "float64", "complex64", "complex128", "int32", "uint32", "uint64")
    if array.dtype.name not in known:
        raise TypeError(f"cupyx.scatter_add only supports some dtypes, got {array.dtype}")
    with np.errstate(all="ignore"):
        np.add.at(array.value, _in(places), _in(values))


cupy: Any = _StandIn()
cupyx: Any = SimpleNamespace(
    scatter_add=_scatter_add,
    scipy=SimpleNamespace(
        special=SimpleNamespace(erf=lambda x: _call(erf, x), erfc=lambda x: _call(erfc, x))
    ),
)


class StandInDevice(CupyDevice):
    """The CuPy device over the stand-in."""

    def __init__(self) -> None:
        super().__init__(cupy, cupyx)

    def running(self) -> AbstractContextManager[Any]:
        return nullcontext()
