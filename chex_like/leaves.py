"""The leaves of trees with their paths, in Chex's form: ``d/a2``, ``0/x``.

Trees are Verax's; where the program has imported JAX, classes that are registered with JAX alone are nodes too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..language import tree_util
from .array_kinds import imported, is_array, is_key

Path = tuple[Any, ...]


class Structure(NamedTuple):
    """What a tree is without its leaves.

    Attributes:
        ours: its structure for Verax.
        inner: those of its leaves that are nodes for JAX alone, with their places.
    """

    ours: Any
    inner: tuple[tuple[int, Any], ...]

    def __str__(self) -> str:
        return str(self.ours) + "".join(f", leaf {place}: {found}" for place, found in self.inner)


def _keys(path: Any) -> Path:
    return tuple(
        next((getattr(key, name) for name in ("idx", "key", "name") if hasattr(key, name)), key)
        for key in path
    )


def _node_of_jax(x: Any) -> bool:
    jax = imported("jax")
    if jax is None or is_array(x) or not hasattr(jax, "tree_util"):
        return False
    return not jax.tree_util.all_leaves([x])


def leaves_with_paths(tree: Any) -> list[tuple[Path, Any]]:
    """The leaves, each with the keys that lead to it."""
    found: list[tuple[Path, Any]] = []
    for path, leaf in tree_util.tree_flatten_with_path(tree, is_leaf=is_key)[0]:
        if _node_of_jax(leaf):
            below = imported("jax").tree_util.tree_flatten_with_path(leaf)[0]  # type: ignore[union-attr]  # it is imported
            found += [(_keys(path) + _keys(rest), inner) for rest, inner in below]
        else:
            found.append((_keys(path), leaf))
    return found


def leaves(tree: Any) -> list[Any]:
    """The leaves alone."""
    return [leaf for _, leaf in leaves_with_paths(tree)]


def structure(tree: Any) -> Structure:
    """What the tree is without its leaves."""
    found, ours = tree_util.tree_flatten(tree, is_leaf=is_key)
    inner = [
        (i, imported("jax").tree_util.tree_structure(x))  # type: ignore[union-attr]  # it is imported
        for i, x in enumerate(found)
        if _node_of_jax(x)
    ]
    return Structure(ours, tuple(inner))


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """The tree with a function applied to each leaf; nodes for JAX alone are mapped by JAX."""

    def mapped(x: Any) -> Any:
        return imported("jax").tree_util.tree_map(function, x) if _node_of_jax(x) else function(x)  # type: ignore[union-attr]  # it is imported

    return tree_util.tree_map(mapped, tree, is_leaf=is_key)


def shown(path: Path) -> str:
    """A path as Chex writes it."""
    return "/".join(map(str, path))
