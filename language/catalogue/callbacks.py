"""A call of a Python function of the user's from inside a program."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Literal

from .. import trees
from ..primitive import Primitive
from ..shapes import ShapedArray
from .rules import check_params

# Whether a call may be dropped or made twice (pure), must be made once (io), or looks on (debug).
Effect = Literal["pure", "io", "debug"]
VMAP_METHODS = (
    "sequential",
    "sequential_unrolled",
    "expand_dims",
    "broadcast_all",
    "legacy_vectorized",
    None,
)


@dataclass(frozen=True)
class FlatCallback:
    """A function of trees as a function of the arrays in them, equal for equal functions and structures.

    Attributes:
        function: the user's.
        tree: the structure of its ``(args, kwargs)``.
        static: what stands in the places of leaves that are no arrays.
    """

    function: Callable[..., Any]
    tree: trees.TreeDef
    static: tuple[tuple[int, Hashable], ...] = ()

    def __call__(self, *operands: Any) -> Any:
        """What the function returns."""
        given, static = iter(operands), dict(self.static)
        leaves = [static[i] if i in static else next(given) for i in range(self.tree.num_leaves)]
        args, kwargs = trees.unflatten(self.tree, leaves)
        return self.function(*args, **kwargs)

    @property
    def __name__(self) -> str:
        return str(getattr(self.function, "__name__", type(self.function).__name__))


def _callback_rule(*avals: ShapedArray, **params: Any) -> list[ShapedArray]:
    check_params(
        "callback", params, ("function", "effect", "ordered", "vmap_method", "out_avals", "out_tree")
    )
    return list(params["out_avals"])


callback_p = Primitive("callback", "callback", _callback_rule)
