"""Arrays from and to files and buffers, in NumPy's formats; known elements only."""

from __future__ import annotations

import os
from typing import IO, Any

import numpy as np

from ..arrays import Array
from ..dtypes import canonical
from .creation import asarray
from .promotion import array_of

File = str | os.PathLike[str] | IO[bytes]


def save(file: File, arr: Any, allow_pickle: bool = False) -> None:
    """Write an array to a file in NumPy's ``.npy`` format.

    Returns:
        Nothing.

    Raises:
        ValueError: ``allow_pickle`` is True: arrays are data, never code.
        TypeError: the elements are abstract.
    """
    _no_pickle("save", allow_pickle)
    np.save(file, np.asarray(array_of("save", arr)), allow_pickle=False)


def savez(file: File, *args: Any, allow_pickle: bool = False, **kwds: Any) -> None:
    """Write arrays to one file in NumPy's ``.npz`` format, by the names of keywords, else ``arr_0``, ``arr_1``, ...

    Returns:
        Nothing.

    Raises:
        ValueError: ``allow_pickle`` is True: arrays are data, never code.
        TypeError: elements are abstract.
    """
    _no_pickle("savez", allow_pickle)
    named = {name: np.asarray(array_of("savez", x)) for name, x in kwds.items()}
    np.savez(file, *(np.asarray(array_of("savez", x)) for x in args), **named)  # type: ignore[arg-type]  # names of arrays


def load(file: File, mmap_mode: Any = None, allow_pickle: bool = False, **kwargs: Any) -> Any:
    """The array of a ``.npy`` file; of an ``.npz`` file NumPy's mapping of names to arrays.

    Returns:
        An array of the file's shape and dtype.

    Raises:
        ValueError: the file holds pickled objects: arrays are data, never code.
    """
    _no_pickle("load", allow_pickle)
    found = np.load(file, mmap_mode, allow_pickle=False, **kwargs)
    return asarray(found) if isinstance(found, np.ndarray) else found


def _no_pickle(name: str, allow_pickle: bool) -> None:
    if allow_pickle:
        raise ValueError(
            f"`allow_pickle` of {name} must be False, got {allow_pickle!r}: arrays are data, never code."
        )


def frombuffer(buffer: Any, dtype: Any = float, count: int = -1, offset: int = 0) -> Array:
    """The bytes of a buffer as a vector.

    Args:
        buffer: bytes, or what has them.
        dtype: what they are; the elements are converted to the dtype that is used for it.
        count: how many elements; all by default.
        offset: the first byte.

    Returns:
        A vector of ``dtype``.

    Raises:
        ValueError: the buffer does not hold so many.
    """
    return asarray(np.frombuffer(buffer, np.dtype(dtype), count, offset), canonical(dtype))


def fromstring(string: str, dtype: Any = float, count: int = -1, *, sep: str) -> Array:
    """The numbers in a text as a vector.

    Args:
        string: the text.
        dtype: of the result.
        count: how many; all by default.
        sep: what stands between two.

    Returns:
        A vector of ``dtype``.

    Raises:
        ValueError: the text holds something else.
    """
    return asarray(np.fromstring(string, np.dtype(dtype), count, sep=sep), canonical(dtype))


def fromfile(*args: Any, **kwargs: Any) -> Array:
    """Refused, as in JAX: what it gives depends on a file's state.

    Returns:
        Nothing.

    Raises:
        NotImplementedError: always; the message says what to use.
    """
    raise NotImplementedError(  # JAX refuses it too
        "`fromfile` depends on the state of a file. Use verax.numpy.asarray(numpy.fromfile(...))."
    )


def fromiter(*args: Any, **kwargs: Any) -> Array:
    """Refused, as in JAX: what it gives depends on an iterator's state.

    Returns:
        Nothing.

    Raises:
        NotImplementedError: always; the message says what to use.
    """
    raise NotImplementedError(  # JAX refuses it too
        "`fromiter` depends on the state of an iterator. Use verax.numpy.asarray(numpy.fromiter(...))."
    )
