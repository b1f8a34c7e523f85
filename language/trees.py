"""Trees: nested containers of leaves, with JAX's semantics, kept by optree.

None, tuple, list, dict, OrderedDict, defaultdict, deque, namedtuple and registered classes are nodes;
everything else is a leaf; None has no leaves; dict keys are visited in sorted order.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from .kept_nodes import optree

NAMESPACE = "verax"
TreeDef = optree.PyTreeSpec


def flatten(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> tuple[list[Any], TreeDef]:
    """The leaves of a tree, and its structure."""
    return optree.tree_flatten(tree, is_leaf=is_leaf, namespace=NAMESPACE)


def unflatten(treedef: TreeDef, leaves: Iterable[Any]) -> Any:
    """The tree of that structure with these leaves."""
    return optree.tree_unflatten(treedef, list(leaves))


def leaves(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> list[Any]:
    """The leaves of a tree."""
    return optree.tree_leaves(tree, is_leaf=is_leaf, namespace=NAMESPACE)


def structure(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> TreeDef:
    """The structure of a tree."""
    return optree.tree_structure(tree, is_leaf=is_leaf, namespace=NAMESPACE)


def map(
    function: Callable[..., Any], tree: Any, *rest: Any, is_leaf: Callable[[Any], bool] | None = None
) -> Any:
    """Apply a function to corresponding leaves of trees of equal structure."""
    # Not optree's own, which calls the function from within C++: a lane may switch to another there, and
    # C++ does not survive that.
    found, treedef = flatten(tree, is_leaf)
    others = [treedef.flatten_up_to(r) for r in rest]
    return unflatten(treedef, [function(*xs) for xs in zip(found, *others, strict=True)])


def register_node(
    cls: type,
    flatten_function: Callable[[Any], tuple[Iterable[Any], Hashable]],
    unflatten_function: Callable[[Any, Iterable[Any]], Any],
) -> None:
    """Make a class a node: ``flatten(x) -> (children, aux)``, ``unflatten(aux, children) -> x``."""
    with warnings.catch_warnings():
        # Named tuples are nodes as they are; who registers one means another flattening, as in JAX.
        warnings.filterwarnings("ignore", "PyTree type .* is a subclass of", UserWarning)
        optree.register_pytree_node(
            cls,
            flatten_function,
            unflatten_function,
            namespace=NAMESPACE,
        )


def broadcast_prefix(prefix: Any, treedef: TreeDef, name: str) -> list[Any]:
    """One entry of ``prefix`` for each leaf of ``treedef``; None in a prefix is an entry, not a node.

    Raises:
        ValueError: the prefix does not fit the structure.
    """
    mark = object()
    full = unflatten(treedef, [mark] * treedef.num_leaves)
    found: list[Any] = []

    def spread(entry: Any, subtree: Any) -> None:
        found.extend([entry] * len(leaves(subtree)))

    try:
        optree.tree_map(
            spread, prefix, full, is_leaf=lambda x: x is None, none_is_leaf=True, namespace=NAMESPACE
        )
    except ValueError as err:
        raise ValueError(
            f"`{name}` must be an entry or a tree prefix of the arguments, got {prefix!r} for {treedef}. "
            f"Give one entry for each argument, or one for all."
        ) from err
    return found
