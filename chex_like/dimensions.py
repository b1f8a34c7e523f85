"""`Dimensions`: names of axis sizes, and shapes written in them."""

from __future__ import annotations

import math
import re
from collections.abc import Sized
from typing import Any


class Dimensions:
    """Sizes with one-letter names; a text of names is a shape.

    In a text, a digit is itself, ``*`` any size, and letters in parentheses one axis of the product of their sizes; in
    an assignment, ``_`` skips an axis.

    >>> dims = Dimensions(B=3, T=5, N=7)
    >>> dims["NBT"], dims["(BT)N"], dims["BT*"], dims["B1N"]
    ((7, 3, 5), (15, 7), (3, 5, None), (3, 1, 7))
    >>> dims["X_"] = (2, 9)
    >>> dims
    Dimensions(B=3, N=7, T=5, X=2)

    Raises:
        TypeError: a size is no integer and not None, a key no text, a value no collection.
        KeyError: a name is no letter, or unknown.
        ValueError: parentheses do not match, or a product is asked for of sizes that are not all positive.
    """

    def __init__(self, **dim_sizes: Any) -> None:
        for name, size in dim_sizes.items():
            self._set(name, size)

    def size(self, key: str) -> int:
        """The product of the sizes of a shape.

        Raises:
            ValueError: one of them is not positive, or any.
        """
        shape = self[key]
        if any(size is None or size <= 0 for size in shape):
            raise ValueError(f"cannot take product of shape '{key}' = {shape}: all sizes must be positive")
        return math.prod(size for size in shape if size is not None)

    def __getitem__(self, key: str) -> tuple[int | None, ...]:
        _check_key(key)
        found: list[int | None] = []
        inside: str | None = None  # the names since an open parenthesis
        for name in key:
            if name == "(":
                if inside is not None:
                    raise ValueError(f"nested parentheses are unsupported; got: '{key}'")
                inside = ""
            elif name == ")":
                if inside is None:
                    raise ValueError(f"unmatched parentheses in named shape: '{key}'")
                if not inside:
                    raise ValueError(f"found empty parentheses in named shape: '{key}'")
                found.append(self.size(inside))
                inside = None
            elif inside is not None:
                inside += name
            else:
                found.append(self._get(name))
        if inside is not None:
            raise ValueError(f"unmatched parentheses in named shape: '{key}'")
        return tuple(found)

    def __setitem__(self, key: str, value: Any) -> None:
        _check_key(key)
        if not isinstance(value, Sized):
            raise TypeError(f"value must be sized, that is have a length; got: {type(value).__name__}")
        sizes: tuple[Any, ...] = tuple(value)  # type: ignore[arg-type]  # what has a length here is iterable
        if len(key) != len(sizes):
            raise ValueError(f"key string {key!r} and shape {sizes} have different lengths")
        for name, size in zip(key, sizes, strict=True):
            self._set(name, size)

    def __delitem__(self, key: str) -> None:
        _check_key(key)
        for name in key:
            if name != "_":
                _check_name(name)
                if name not in self.__dict__:
                    raise KeyError(name)
                delattr(self, name)

    def __repr__(self) -> str:
        known = {k: v for k, v in self.__dict__.items() if _is_name(k)}
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in sorted(known.items()))})"

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"`{type(self).__name__}` has no dimension {name!r}.")

    def _get(self, name: str) -> int | None:
        if name == "*":
            return None
        if re.fullmatch("[0-9]", name):
            return int(name)
        if not _is_name(name) or name not in self.__dict__:
            raise KeyError(name)
        size: int | None = self.__dict__[name]
        return size

    def _set(self, name: str, size: Any) -> None:
        if name != "_":
            _check_name(name)
            setattr(self, name, _size(size))


def _is_name(name: str) -> bool:
    return re.fullmatch("[a-zA-Z]", name) is not None


def _check_name(name: str) -> None:
    if not _is_name(name):
        raise KeyError(f"a dimension's name must be a letter (or '_' to skip one); got: {name!r}")


def _check_key(key: Any) -> None:
    if not isinstance(key, str):
        raise TypeError(f"key must be a string; got: {type(key).__name__}")


def _size(x: Any) -> int | None:
    if x is None:
        return None
    try:
        whole = int(x)
    except ValueError:
        whole = None
    if whole is None or whole != x:
        raise TypeError(f"a size cannot be interpreted as a python int: {x!r}")
    return whole
