"""The arithmetic of dimension names: "n", "2*n+1"."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Mapping

# -- sizes --------------------------------------------------------------------------------------------
_ARITHMETIC: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
}


@functools.cache
def parsed(expression: str) -> ast.expr:
    """The expression as a tree."""
    return ast.parse(expression, mode="eval").body


def size_of(expression: str | int, sizes: Mapping[str, int]) -> int:
    """The value of a size: an integer, a name, or sums, differences, products and quotients of them."""
    return expression if isinstance(expression, int) else value_in(parsed(expression), sizes)


def value_in(node: ast.expr, sizes: Mapping[str, int]) -> int:
    """The value of a parsed size.

    Raises:
        ValueError: it is no integer, name, or sum, difference, product or quotient of them.
    """
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.Name):
        return sizes[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        return _ARITHMETIC[type(node.op)](value_in(node.left, sizes), value_in(node.right, sizes))
    raise ValueError(
        f"A dimension must be an integer, a name, or +, -, * and // of them, got {ast.unparse(node)!r}."
    )


def names_in(expression: str) -> tuple[str, ...]:
    """The dimension names in a size, in order."""
    return tuple(node.id for node in ast.walk(parsed(expression)) if isinstance(node, ast.Name))
