"""Assertions on what trees are made of: their structure, and what kind of thing each leaf is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..language import tree_util
from .array_kinds import dtype_of, is_array, shape_of, size_of
from .assertion import assertion
from .leaves import leaves, leaves_with_paths, shown, structure

ONE_TREE = (
    "Assertions over only one tree does not make sense. Maybe you wrote `assert_trees_xxx([a, b])` instead of "
    "`assert_trees_xxx(a, b)`, or left out the function that says what differs?"
)


def wrong_leaves(tree: Any, fault: Callable[[str, Any], str | None]) -> None:
    """Raise for the leaves that have a fault, each named by its path.

    Raises:
        AssertionError: one has.
    """
    said = [fault(shown(path), leaf) for path, leaf in leaves_with_paths(tree)]
    found = [message for message in said if message]
    if found:
        raise AssertionError("\n".join(found))


@assertion
def assert_tree_no_nones(tree: Any) -> None:
    """Assert that there is no None in a tree."""
    found: list[Any] = []

    def look(x: Any) -> bool:
        found.append(x)
        return False

    structure_of = tree_util.tree_structure(tree, is_leaf=look)
    if any(x is None for x in found):
        raise AssertionError(f"Tree contains `None`(s): {structure_of}.")


@assertion
def assert_tree_has_only_ndarrays(tree: Any) -> None:
    """Assert that every leaf of a tree is an array, of any kind. Python's numbers and NumPy's scalars are none."""
    wrong_leaves(
        tree,
        lambda path, x: None if is_array(x) else f"Tree leaf '{path}' is not an ndarray (type={type(x)}).",
    )


@assertion
def assert_trees_all_equal_structs(*trees: Any) -> None:
    """Assert that trees have one structure, whatever their leaves.

    >>> assert_trees_all_equal_structs({"a": 1, "b": [2]}, {"a": 3, "b": [4]})

    Raises:
        ValueError: there is one tree only.
    """
    if len(trees) < 2:
        raise ValueError(ONE_TREE)
    first = structure(trees[0])
    for number, tree in enumerate(trees[1:], start=1):
        other = structure(tree)
        if other != first:
            raise AssertionError(
                f"Error in tree structs equality check: trees 0 and {number} do not match,\n tree 0: {first}\n "
                f"tree {number}: {other}"
            )


@assertion
def assert_trees_all_equal_comparator(
    equality_comparator: Callable[[Any, Any], bool], error_msg_fn: Callable[[Any, Any], str], *trees: Any
) -> None:
    """Assert that trees have one structure, and leaves that are equal as a function says.

    Args:
        equality_comparator: says whether two leaves are equal; it must be transitive, for leaves of each tree are
            compared with those of the first.
        error_msg_fn: says how two leaves differ.
        trees: two at least.

    Raises:
        ValueError: there is one tree only.
    """
    if len(trees) < 2:
        raise ValueError(ONE_TREE)
    assert_trees_all_equal_structs(*trees)
    first = leaves_with_paths(trees[0])
    for number, tree in enumerate(trees[1:], start=1):
        for (path, a), b in zip(first, leaves(tree), strict=True):
            if not equality_comparator(a, b):
                where = f"Trees 0 and {number} differ in leaves '{shown(path)}'"
                head = where if path else f"Trees (arrays) 0 and {number} differ"
                raise AssertionError(f"{head}: {error_msg_fn(a, b)}.")


@assertion
def assert_trees_all_equal_dtypes(*trees: Any) -> None:
    """Assert that trees have one structure, and leaves of the same dtypes."""

    def told(a: Any, b: Any) -> str:
        for x in (a, b):
            if not hasattr(x, "dtype"):
                return f"{type(x)} is not a (j-)np array (it has no `dtype`)"
        return f"types: {dtype_of(a)} != {dtype_of(b)}"

    assert_trees_all_equal_comparator(
        lambda a, b: hasattr(a, "dtype") and hasattr(b, "dtype") and dtype_of(a) == dtype_of(b), told, *trees
    )


@assertion
def assert_trees_all_equal_sizes(*trees: Any) -> None:
    """Assert that trees have one structure, and leaves with as many elements."""
    assert_trees_all_equal_comparator(
        lambda a, b: size_of(a) == size_of(b), lambda a, b: f"sizes: {size_of(a)} != {size_of(b)}", *trees
    )


@assertion
def assert_trees_all_equal_shapes(*trees: Any) -> None:
    """Assert that trees have one structure, and leaves of the same shapes.

    >>> import numpy as np
    >>> assert_trees_all_equal_shapes({"w": np.zeros(3)}, {"w": np.ones(3)})
    """
    assert_trees_all_equal_comparator(
        lambda a, b: shape_of(a) == shape_of(b),
        lambda a, b: f"shapes: {shape_of(a)} != {shape_of(b)}",
        *trees,
    )


@assertion
def assert_trees_all_equal_shapes_and_dtypes(*trees: Any) -> None:
    """Assert that trees have one structure, and leaves of the same shapes and dtypes."""
    assert_trees_all_equal_shapes(*trees)
    assert_trees_all_equal_dtypes(*trees)
