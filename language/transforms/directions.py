"""The derivative along tangents, and its transpose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import dispatch, trees
from ..arrays import Array
from ..dispatch import aval_of
from ..flat import Flat, name_of, own
from .arguments import Function, check_callable, materialized, paired, tangent_of


def jvp(fun: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """The value and the derivative along ``tangents``: ``(out, out_tangent[, aux])``.

    Raises:
        TypeError: primals and tangents differ in number, structure, shape or dtype.
    """
    check_callable(fun, "jvp")
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, (tuple, list)):
            raise TypeError(
                f"`{name}` must be a tuple or list, got {type(given).__name__}. Write ({name[:-1]},)."
            )
    leaves, tree = trees.flatten((tuple(primals), {}))
    directions, other = trees.flatten((tuple(tangents), {}))
    if tree != other:
        raise TypeError(f"`tangents` must have the structure of `primals`, got {other} for {tree}.")
    implementation = dispatch.owner_of(leaves + [t for t in directions if isinstance(t, Array)])
    flat = Flat(paired(fun, has_aux), tree, name_of(fun))
    with dispatch.using(implementation):
        own_tangents = [
            tangent_of(implementation, t, x, i)
            for i, (t, x) in enumerate(zip(directions, leaves, strict=True))
        ]
        found, derivatives = implementation.jvp(flat, [own(implementation, x) for x in leaves], own_tangents)
        full = materialized(derivatives, [aval_of(x) for x in found])
    value, aux = flat.result(found)
    derivative, _ = flat.result(full)
    return (value, derivative, aux) if has_aux else (value, derivative)


def vjp(fun: Function, *primals: Any, has_aux: bool = False, reduce_axes: Sequence[Any] = ()) -> Any:
    """The value and the function that maps cotangents of it to cotangents of ``primals``.

    Returns:
        ``(out, pullback)``, with ``has_aux`` also the auxiliary value.

    Raises:
        TypeError: a primal is no array and no number.
    """
    check_callable(fun, "vjp")
    if reduce_axes:
        raise NotImplementedError(  # JAX refuses it too
            f"`reduce_axes` of vjp must be empty, got {reduce_axes!r}."
        )
    leaves, tree = trees.flatten((primals, {}))
    implementation = dispatch.owner_of(leaves)
    flat = Flat(paired(fun, has_aux), tree, name_of(fun))
    with dispatch.using(implementation):
        found, pull = implementation.vjp(flat, [own(implementation, x) for x in leaves])
    value, aux = flat.result(found)
    out_leaves, out_tree = trees.flatten(value)
    avals = [aval_of(x) for x in leaves]

    def pullback(cotangent: Any) -> Any:
        given, structure = trees.flatten(cotangent)
        if structure != out_tree:
            raise TypeError(
                f"`cotangent` must have the structure of the result, {out_tree}, got {structure}."
            )
        with dispatch.using(implementation):
            seeds = [
                tangent_of(implementation, c, y, i, "Cotangent")
                for i, (c, y) in enumerate(zip(given, out_leaves, strict=True))
            ]
            results = pull(seeds + [None] * (len(found) - len(seeds)))
            return trees.unflatten(tree, materialized(results, avals))[0]

    return (value, pullback, aux) if has_aux else (value, pullback)


def linearize(fun: Function, *primals: Any, has_aux: bool = False) -> Any:
    """The value, and the derivative at ``primals`` as a linear function of tangents.

    Returns:
        ``(out, derivative)``, with ``has_aux`` also the auxiliary value.

    Raises:
        TypeError: later, where tangents are not like the primals.
    """
    check_callable(fun, "linearize")
    leaves, tree = trees.flatten((primals, {}))
    implementation = dispatch.owner_of(leaves)
    flat = Flat(paired(fun, has_aux), tree, name_of(fun))
    with dispatch.using(implementation):
        found, linear = implementation.linearize(flat, [own(implementation, x) for x in leaves])
    avals, structure = [aval_of(x) for x in found], flat.structure()

    def derivative(*tangents: Any) -> Any:
        given, got = trees.flatten((tangents, {}))
        if got != tree:
            raise TypeError(f"`tangents` must have the structure of `primals`, {tree}, got {got}.")
        with dispatch.using(implementation):
            own_tangents = [
                tangent_of(implementation, t, x, i)
                for i, (t, x) in enumerate(zip(given, leaves, strict=True))
            ]
            return trees.unflatten(structure, materialized(linear(own_tangents), avals))[0]

    value, aux = trees.unflatten(structure, found)
    return (value, derivative, aux) if has_aux else (value, derivative)
