"""Functions of trees seen as functions of flat arrays, which is all that implementations know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import trees
from .arrays import Array
from .dispatch import Implementation, Operand, Tracer, aval_of, lift_to
from .shapes import ShapedArray


class Flat:
    """``function(*args, **kwargs)`` of trees as a function of their leaves.

    Attributes:
        out_tree: the structure of the last call's result.
    """

    def __init__(self, function: Callable[..., Any], in_tree: trees.TreeDef, name: str | None = None) -> None:
        self.function, self.in_tree = function, in_tree
        self.__name__ = name or name_of(function)
        self.out_tree: trees.TreeDef | None = None

    def __call__(self, *operands: Any) -> list[Any]:
        """The leaves of the result."""
        args, kwargs = trees.unflatten(self.in_tree, operands)
        found, self.out_tree = trees.flatten(self.function(*args, **kwargs))
        for x in found:
            check_array(x, f"a result of {self.__name__!r}", "Return arrays and numbers in trees.")
        return found

    def result(self, leaves: Sequence[Any]) -> Any:
        """The tree of the last call's structure with these leaves."""
        return trees.unflatten(self.structure(), leaves)

    def structure(self) -> trees.TreeDef:
        """The structure of the last call's result."""
        assert self.out_tree is not None, "the function has been called"
        return self.out_tree


def name_of(function: Any) -> str:
    """The name that messages and programs call a function by."""
    return str(getattr(function, "__name__", type(function).__name__))


def check_array(x: Any, what: str, mend: str) -> ShapedArray:
    """The abstract value of an operand.

    Raises:
        TypeError: it is no array and no number; the message says ``what`` it should have been.
    """
    try:
        return aval_of(x)
    except TypeError as err:
        raise TypeError(
            f"{what} must be an array or a number, got {type(x).__name__}: {x!r}. {mend}"
        ) from err


def arrays_in(tree: Any) -> list[Operand]:
    """The leaves of a tree that can own a call."""
    return [x for x in trees.leaves(tree) if isinstance(x, Array)]


def own(implementation: Implementation, x: Operand) -> Array:
    """A tracer as it is, anything else as an array of the implementation."""
    return x if isinstance(x, Tracer) else lift_to(implementation, x)


def path_of(tree: Any, index: int, name: str = "argument") -> str:
    """How a person would write the ``index``-th leaf of an argument tuple: ``argument 0['w']``."""
    import optree

    accessor = optree.tree_accessors(tree, namespace=trees.NAMESPACE)[index]
    first, rest = accessor[0], accessor[1:]
    return f"{name} {first.entry}" + "".join(step_of(e) for e in rest)


def step_of(entry: Any) -> str:
    """How a person would write one step into a tree: ``['w']``, ``[0]``, ``.mean``."""
    import optree

    if isinstance(entry, (optree.GetAttrEntry, optree.DataclassEntry, optree.NamedTupleEntry)):
        return f".{getattr(entry, 'field', entry.entry)}"
    return f"[{entry.entry!r}]"
