"""What the assertions on values check under `chexify`: the same as outside, in operations that may be traced.

Each makes its checks one leaf after the other, so that the first that fails names the first wrong leaf, and in it the
first wrong element; each returns whether all held.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from ..language.arrays import Array
from .array_kinds import host, is_array, is_jax_array, is_key, shape_of
from .leaves import Path, leaves, leaves_with_paths, map_leaves
from .structures import ONE_TREE, assert_trees_all_equal_structs


def _space(found: list[Any]) -> tuple[Any, Callable[..., None]]:
    """The array functions, and the `check`, of whoever owns the leaves."""
    jax = any(map(is_jax_array, found))
    package = __package__.rpartition(".")[0]
    namespace = importlib.import_module("jax.numpy" if jax else f"{package}.language.numpy")
    from .jitted_checks import check_of_jax, check_of_verax

    return namespace, check_of_jax if jax else check_of_verax


def _given(x: Any, xp: Any) -> Any:
    """A leaf as an array of the namespace; random keys as their bits."""
    if is_jax_array(x) and str(x.dtype).startswith("key<"):
        return importlib.import_module("jax.random").key_data(x)
    if is_key(x):
        return x.data
    if isinstance(x, Array) or is_jax_array(x):
        return x
    return xp.asarray(host(x) if is_array(x) else x)


def _first(bad: Any, xp: Any) -> tuple[str, tuple[Any, ...]]:
    """Where the first True stands: how a message writes its index, and the index."""
    at = xp.unravel_index(xp.argmax(xp.ravel(bad)), bad.shape) if bad.shape else ()
    return "[" + ", ".join("{" + f"i{k}" + "}" for k in range(len(at))) + "]", tuple(at)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def all_finite(tree_like: Any) -> Any:
    """Whether every leaf is finite."""
    pairs = leaves_with_paths(tree_like)
    xp, check = _space([x for _, x in pairs])
    label = map_leaves(lambda x: xp.where(xp.all(xp.isfinite(_given(x, xp))), 0.0, xp.nan), tree_like)
    holds = xp.asarray(True)
    for path, leaf in pairs:
        x = _given(leaf, xp)
        bad = xp.logical_not(xp.isfinite(x))
        where, at = _first(bad, xp)
        good = xp.logical_not(xp.any(bad))
        check(
            good,
            "Tree contains non-finite value: {tree}. The first is {value} at "
            f"{_escaped(repr(path))}{where}.",
            tree=label,
            value=x[at],
            **{f"i{k}": i for k, i in enumerate(at)},
        )
        holds = xp.logical_and(holds, good)
    return holds


def _compared(trees: tuple[Any, ...], said: str, strict: bool, same: Callable[[Any, Any, Any], Any]) -> Any:
    if len(trees) < 2:
        raise ValueError(ONE_TREE)
    assert_trees_all_equal_structs(*trees)
    xp, check = _space([x for tree in trees for x in leaves(tree)])
    holds = xp.asarray(True)
    for place, (path, first) in enumerate(leaves_with_paths(trees[0])):
        for number, tree in enumerate(trees[1:], start=1):
            a, b = _given(first, xp), _given(leaves(tree)[place], xp)
            head = _head(path, number) + said
            _check_alike(a, b, head, strict)
            bad = xp.logical_not(same(xp, a, b))
            where, at = _first(bad, xp)
            x, y = xp.broadcast_to(a, bad.shape), xp.broadcast_to(b, bad.shape)
            good = xp.logical_not(xp.any(bad))
            check(
                good,
                f"{_escaped(head)}: {{arr_1}} != {{arr_2}}. The first is at {where}: {{x}} != {{y}}.",
                arr_1=a,
                arr_2=b,
                x=x[at],
                y=y[at],
                **{f"i{k}": i for k, i in enumerate(at)},
            )
            holds = xp.logical_and(holds, good)
    return holds


def _head(path: Path, number: int) -> str:
    if path:
        return f"Trees 0 and {number} differ in leaves '{path}': "
    return f"Trees (arrays) 0 and {number} differ: "


def _check_alike(a: Any, b: Any, head: str, strict: bool) -> None:
    shapes, dtypes = (shape_of(a), shape_of(b)), (a.dtype, b.dtype)
    if shapes[0] != shapes[1] and (strict or (shapes[0] and shapes[1])):
        raise AssertionError(f"{head} (shapes {shapes[0]}, {shapes[1]} mismatch).")
    if strict and dtypes[0] != dtypes[1]:
        raise AssertionError(f"{head} (dtypes {dtypes[0]}, {dtypes[1]} mismatch).")


def _nan(xp: Any, x: Any) -> Any:
    return xp.not_equal(x, x)  # of every dtype


def all_equal(*trees: Any, strict: bool = False) -> Any:
    """Whether trees have equal leaves; NaN equals NaN."""
    return _compared(
        trees,
        "Values not exactly equal",
        strict,
        lambda xp, a, b: xp.logical_or(xp.equal(a, b), xp.logical_and(_nan(xp, a), _nan(xp, b))),
    )


def all_close(*trees: Any, rtol: float = 1e-06, atol: float = 0.0, strict: bool = False) -> Any:
    """Whether trees have leaves that are close; NaN equals NaN."""
    return _compared(
        trees,
        f"Values not approximately equal ({rtol=}, {atol=})",
        strict,
        lambda xp, a, b: xp.isclose(a, b, rtol=rtol, atol=atol, equal_nan=True),
    )
