"""`Array`: the one class that every value of a Verax program belongs to.

The arrays of both implementations, and every tracer, are subclasses. Operators and methods are
`verax.numpy`'s functions of the same name, so there is one place where they are defined.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from .dtypes import DType
from .shapes import Shape, ShapedArray


def deleted(aval: ShapedArray) -> RuntimeError:
    """What to raise where the elements of an array are asked for that has let go of them."""
    return RuntimeError(
        f"Array has been deleted with shape={aval}: it was donated to a jitted function, or its delete() was called. "
        f"Use what the function returned, or leave it out of donate_argnums."
    )


@cache
def _numpy() -> Any:
    # Imported when first used: verax.numpy is built out of arrays.
    return importlib.import_module(".numpy", __package__)


class Array:
    """An array of a Verax program: a shape, a dtype, a weak-type flag, and an owner.

    Not constructed directly: use `verax.numpy.asarray`, `zeros`, ...
    """

    __slots__ = ("__weakref__", "aval")
    __array_priority__ = 100  # NumPy's operators then defer to ours
    __hash__ = None  # type: ignore[assignment]  # arrays compare elementwise, as in JAX

    aval: ShapedArray

    @property
    def shape(self) -> Shape:
        """The sizes of the axes."""
        return self.aval.shape

    @property
    def dtype(self) -> DType:
        """The element type."""
        return self.aval.dtype

    @property
    def weak_type(self) -> bool:
        """Whether the dtype came from a Python scalar and yields to stronger ones."""
        return self.aval.weak_type

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.aval.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.aval.size

    @property
    def T(self) -> Any:
        """The array with its axes reversed."""
        return _numpy().transpose(self)

    @property
    def mT(self) -> Any:
        """The array with its last two axes swapped."""
        return _numpy().matrix_transpose(self)

    @property
    def real(self) -> Any:
        """The real parts."""
        return _numpy().real(self)

    @property
    def imag(self) -> Any:
        """The imaginary parts; zeros of a real array."""
        return _numpy().imag(self)

    @property
    def at(self) -> Any:
        """Indexed updates that return a new array: ``x.at[i].set(y)``, ``.add``, ``.get``."""
        return importlib.import_module(".numpy.updates", __package__).IndexedUpdate(self)

    @property
    def device(self) -> Any:
        """Where the array is; None for abstract ones and the reference's, which are nowhere."""
        return None

    @property
    def sharding(self) -> Any:
        """How the array is laid out: whole, on its device; a traced one on no mesh."""
        if self.device is None:
            return self.aval.sharding
        return importlib.import_module(".sharding", __package__).SingleDeviceSharding(self.device)

    @property
    def is_fully_addressable(self) -> bool:
        """True: every element lies where this process can read it."""
        return True

    @property
    def is_fully_replicated(self) -> bool:
        """Whether each device has the whole array, as the one device of an array has."""
        return bool(self.sharding.is_fully_replicated)

    def devices(self) -> set[Any]:
        """The device that it is on."""
        return {self.device}

    _held = ""  # the attribute that holds the elements

    def delete(self) -> None:
        """Let go of the elements: whoever asks for them later gets an error."""
        if not self.is_deleted():
            delattr(self, self._held)

    def is_deleted(self) -> bool:
        """Whether the elements are gone."""
        try:
            getattr(self, self._held)
        except RuntimeError:
            return True
        return False

    def to_device(self, device: Any, /, *, stream: Any = None) -> Any:
        """The array on another device; for None, and under a transform, itself.

        Raises:
            ValueError: ``device`` is no device.
        """
        return importlib.import_module(".numpy.creation", __package__).placed(self, device)

    @property
    def itemsize(self) -> int:
        """How many bytes an element takes."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """How many bytes the elements take."""
        return self.size * self.dtype.itemsize

    def machine_value(self) -> np.ndarray[Any, Any]:
        """The array as a NumPy array of exactly its dtype; owners define it."""
        raise TypeError(f"`{type(self).__name__}` has no machine value.")

    # -- the Python array API standard ---------------------------------------------------------
    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        """`verax.numpy`, which is a namespace of the standard.

        Raises:
            ValueError: another version is asked for.
        """
        found = _numpy()
        if api_version not in (None, found.__array_api_version__):
            raise ValueError(f"`api_version` must be {found.__array_api_version__!r}, got {api_version!r}.")
        return found

    def __dlpack__(
        self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: bool | None = None
    ) -> Any:
        """The elements for another library, through the host's memory: a copy, unless ``copy`` is False."""
        value = self.machine_value() if copy is False else np.array(self.machine_value())
        return value.__dlpack__(stream=stream, max_version=max_version, dl_device=dl_device)

    def __dlpack_device__(self) -> tuple[int, int]:
        """Where `__dlpack__`'s elements are: on the host, DLPack's device (1, 0)."""
        return 1, 0

    def __setitem__(self, index: Any, values: Any) -> None:
        raise TypeError(
            f"Arrays are never written to: in place of x[{index!r}] = values use x = x.at[{index!r}].set(values)."
        )

    # -- conversions to Python and NumPy ------------------------------------------------------
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        value = self.machine_value()
        return np.array(value, dtype=dtype) if copy or dtype is not None else value

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                f"The truth value of an array must come from one element, got shape {self.shape}. "
                f"Use verax.numpy.any or verax.numpy.all."
            )
        return bool(self.machine_value().reshape(()))

    def __float__(self) -> float:
        return float(self._scalar("float").item())

    def __round__(self, ndigits: int | None = None) -> Any:
        rounded = _numpy().round(self, ndigits or 0)
        return rounded if ndigits is not None else rounded.astype(int)

    def __int__(self) -> int:
        return int(self._scalar("int").item())

    def __complex__(self) -> complex:
        return complex(self._scalar("complex").item())

    def __index__(self) -> int:
        if self.dtype.kind not in "iu":
            raise TypeError(f"An index must be an integer array, got dtype {self.dtype}.")
        return int(self._scalar("index").item())

    def _scalar(self, what: str) -> np.ndarray[Any, Any]:
        if self.size != 1:
            raise TypeError(f"Only an array of one element converts to {what}, got {self.shape}.")
        return self.machine_value().reshape(())

    def item(self) -> Any:
        """The single element as a Python scalar."""
        return self._scalar("a scalar").item()

    def tolist(self) -> Any:
        """The elements as nested Python lists."""
        return self.machine_value().tolist()

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("An array of rank 0 has no length. Use .size or reshape it.")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        weak = ", weak_type=True" if self.weak_type else ""
        body = np.array2string(self.machine_value(), separator=", ", prefix="Array(")
        return f"Array({body}, dtype={self.dtype}{weak})"

    def __str__(self) -> str:
        return str(self.machine_value())

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)

    # -- operators: verax.numpy's functions ----------------------------------------------------
    def __getitem__(self, index: Any) -> Any:
        return importlib.import_module(".numpy.indexing", __package__).take_index(self, index)

    def __add__(self, other: Any) -> Any:
        return _numpy().add(self, other)

    def __radd__(self, other: Any) -> Any:
        return _numpy().add(other, self)

    def __sub__(self, other: Any) -> Any:
        return _numpy().subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return _numpy().subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return _numpy().multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        return _numpy().multiply(other, self)

    def __truediv__(self, other: Any) -> Any:
        return _numpy().true_divide(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _numpy().true_divide(other, self)

    def __floordiv__(self, other: Any) -> Any:
        return _numpy().floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _numpy().floor_divide(other, self)

    def __mod__(self, other: Any) -> Any:
        return _numpy().remainder(self, other)

    def __rmod__(self, other: Any) -> Any:
        return _numpy().remainder(other, self)

    def __divmod__(self, other: Any) -> Any:
        return _numpy().divmod(self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return _numpy().divmod(other, self)

    def __pow__(self, other: Any) -> Any:
        return _numpy().power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return _numpy().power(other, self)

    def __matmul__(self, other: Any) -> Any:
        return _numpy().matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _numpy().matmul(other, self)

    def __neg__(self) -> Any:
        return _numpy().negative(self)

    def __pos__(self) -> Any:
        return _numpy().positive(self)

    def __abs__(self) -> Any:
        return _numpy().abs(self)

    def __invert__(self) -> Any:
        return _numpy().invert(self)

    def __and__(self, other: Any) -> Any:
        return _numpy().bitwise_and(self, other)

    def __rand__(self, other: Any) -> Any:
        return _numpy().bitwise_and(other, self)

    def __or__(self, other: Any) -> Any:
        return _numpy().bitwise_or(self, other)

    def __ror__(self, other: Any) -> Any:
        return _numpy().bitwise_or(other, self)

    def __xor__(self, other: Any) -> Any:
        return _numpy().bitwise_xor(self, other)

    def __rxor__(self, other: Any) -> Any:
        return _numpy().bitwise_xor(other, self)

    def __lshift__(self, other: Any) -> Any:
        return _numpy().left_shift(self, other)

    def __rlshift__(self, other: Any) -> Any:
        return _numpy().left_shift(other, self)

    def __rshift__(self, other: Any) -> Any:
        return _numpy().right_shift(self, other)

    def __rrshift__(self, other: Any) -> Any:
        return _numpy().right_shift(other, self)

    def __eq__(self, other: object) -> Any:
        return _numpy().equal(self, other)

    def __ne__(self, other: object) -> Any:
        return _numpy().not_equal(self, other)

    def __lt__(self, other: Any) -> Any:
        return _numpy().less(self, other)

    def __le__(self, other: Any) -> Any:
        return _numpy().less_equal(self, other)

    def __gt__(self, other: Any) -> Any:
        return _numpy().greater(self, other)

    def __ge__(self, other: Any) -> Any:
        return _numpy().greater_equal(self, other)

    # -- methods: verax.numpy's functions --------------------------------------------------------
    def astype(self, dtype: Any) -> Any:
        """The array converted to another dtype."""
        return _numpy().astype(self, dtype)

    def view(self, dtype: Any = None) -> Any:
        """The bits read as another dtype; the last axis grows or shrinks as the elements' size does."""
        return importlib.import_module(".numpy.limits", __package__).viewed(self, dtype)

    def conj(self) -> Any:
        """The complex conjugates."""
        return _numpy().conj(self)

    conjugate = conj

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """The same elements in another shape."""
        given = shape[0] if len(shape) == 1 else shape
        return _numpy().reshape(self, given, order=order)

    def ravel(self) -> Any:
        """The elements in one axis."""
        return _numpy().ravel(self)

    flatten = ravel

    def transpose(self, *axes: Any) -> Any:
        """The array with its axes permuted (reversed when none are given)."""
        given = (axes[0] if len(axes) == 1 else axes) if axes else None
        return _numpy().transpose(self, given)

    def squeeze(self, axis: Any = None) -> Any:
        """The array without its axes of size 1."""
        return _numpy().squeeze(self, axis)

    def sum(
        self, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, **more: Any
    ) -> Any:
        """The sum over ``axis``."""
        return _numpy().sum(self, axis, dtype, out, keepdims, **more)

    def prod(
        self, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, **more: Any
    ) -> Any:
        """The product over ``axis``."""
        return _numpy().prod(self, axis, dtype, out, keepdims, **more)

    def mean(
        self, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False, **more: Any
    ) -> Any:
        """The mean over ``axis``."""
        return _numpy().mean(self, axis, dtype, out, keepdims, **more)

    def var(
        self,
        axis: Any = None,
        dtype: Any = None,
        out: None = None,
        ddof: int = 0,
        keepdims: bool = False,
        **more: Any,
    ) -> Any:
        """The variance over ``axis``."""
        return _numpy().var(self, axis, dtype, out, ddof, keepdims, **more)

    def std(
        self,
        axis: Any = None,
        dtype: Any = None,
        out: None = None,
        ddof: int = 0,
        keepdims: bool = False,
        **more: Any,
    ) -> Any:
        """The standard deviation over ``axis``."""
        return _numpy().std(self, axis, dtype, out, ddof, keepdims, **more)

    def max(self, axis: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        """The largest element over ``axis``."""
        return _numpy().max(self, axis, out, keepdims, **more)

    def min(self, axis: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        """The smallest element over ``axis``."""
        return _numpy().min(self, axis, out, keepdims, **more)

    def argmax(self, axis: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        """The index of the first largest element."""
        return _numpy().argmax(self, axis, out, keepdims, **more)

    def argmin(self, axis: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        """The index of the first smallest element."""
        return _numpy().argmin(self, axis, out, keepdims, **more)

    def all(self, axis: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        """Whether every element is true."""
        return _numpy().all(self, axis, out, keepdims, **more)

    def any(self, axis: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        """Whether some element is true."""
        return _numpy().any(self, axis, out, keepdims, **more)

    def cumsum(self, axis: Any = None, dtype: Any = None, out: None = None) -> Any:
        """The running sum."""
        return _numpy().cumsum(self, axis, dtype, out)

    def dot(self, other: Any, *, precision: Any = None, preferred_element_type: Any = None) -> Any:
        """The dot product with another array."""
        return _numpy().dot(self, other, precision=precision, preferred_element_type=preferred_element_type)

    def clip(self, min: Any = None, max: Any = None) -> Any:
        """The elements limited to [min, max]."""
        return _numpy().clip(self, min, max)

    def round(self, decimals: int = 0) -> Any:
        """The elements rounded, halves to even."""
        return _numpy().round(self, decimals)

    def sort(self, axis: int | None = -1, *, stable: bool = True, descending: bool = False) -> Any:
        """The elements in order along an axis."""
        return _numpy().sort(self, axis, stable=stable, descending=descending)

    def argsort(self, axis: int | None = -1, *, stable: bool = True, descending: bool = False) -> Any:
        """The indices that put the elements in order."""
        return _numpy().argsort(self, axis, stable=stable, descending=descending)

    def take(self, indices: Any, axis: int | None = None, mode: str | None = None) -> Any:
        """The elements at given indices along an axis."""
        return _numpy().take(self, indices, axis, mode=mode)

    def repeat(self, repeats: Any, axis: int | None = None) -> Any:
        """Each element so many times in a row."""
        return _numpy().repeat(self, repeats, axis)

    def swapaxes(self, axis1: int, axis2: int) -> Any:
        """The array with two axes exchanged."""
        return _numpy().swapaxes(self, axis1, axis2)

    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """The diagonal of the planes of two axes."""
        return _numpy().diagonal(self, offset, axis1, axis2)

    def trace(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
        """The sum along the diagonal."""
        return _numpy().trace(self, offset, axis1, axis2)

    def nonzero(self, *, size: int | None = None, fill_value: Any = None) -> Any:
        """The indices of the nonzero elements."""
        return _numpy().nonzero(self, size=size, fill_value=fill_value)

    def cumprod(self, axis: Any = None, dtype: Any = None, out: None = None) -> Any:
        """The running product."""
        return _numpy().cumprod(self, axis, dtype, out)

    def ptp(self, axis: Any = None, out: None = None, keepdims: bool = False, **more: Any) -> Any:
        """The largest element less the smallest."""
        return _numpy().ptp(self, axis, out, keepdims, **more)

    def searchsorted(self, v: Any, side: str = "left") -> Any:
        """Where each element of ``v`` would go into the sorted vector."""
        return _numpy().searchsorted(self, v, side)

    def copy(self) -> Any:
        """The array itself: nothing is ever written to."""
        return self
