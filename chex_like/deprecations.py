"""Decorators that warn of functions and arguments on their way out."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


def _warning(fun: Function, message: Callable[[tuple[Any, ...]], str | None]) -> Function:
    @functools.wraps(fun)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        said = message(args)
        if said:
            warnings.warn(said, DeprecationWarning, stacklevel=2)
        return fun(*args, **kwargs)

    return wrapped


def warn_only_n_pos_args_in_future(fun: Function, n: int) -> Function:
    """The function, which warns when it is given more than ``n`` arguments by place."""
    said = f"only the first {n} arguments can be passed positionally; the others will become keyword-only"
    return _warning(fun, lambda args: said if len(args) > n else None)


def warn_keyword_args_only_in_future(fun: Function, n: int = 0) -> Function:
    """The function, which warns when it is given an argument by place."""
    return warn_only_n_pos_args_in_future(fun, n)


def warn_deprecated_function(fun: Function, replacement: str | None = None) -> Function:
    """The function, which warns that it is deprecated, and names what replaces it."""
    name = f" {fun.__name__}" if hasattr(fun, "__name__") else ""
    mend = f" Please use {replacement} instead." if replacement else ""
    return _warning(fun, lambda _: f"The function{name} is deprecated.{mend}")


def create_deprecated_function_alias(fun: Function, new_name: str, deprecated_alias: str) -> Function:
    """The function under an old name, which warns and gives the new one."""
    return _warning(
        fun, lambda _: f"The function {deprecated_alias} is deprecated, please use {new_name} instead."
    )
