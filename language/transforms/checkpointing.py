"""`checkpoint`: what a derivative keeps, and what it computes again. It changes no result."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any

from .. import dispatch, trees
from ..catalogue import checkpoint_p, name_p
from ..collecting import collected
from ..dispatch import aval_of
from ..eagerness import jit_is_disabled
from ..flat import Flat, check_array, name_of
from ..tracing import trace_closed
from .arguments import Function, check_callable, with_static

# policy(primitive, *avals, **params) -> whether the result is kept.
Policy = Callable[..., bool]


class _Beginning(dispatch.Level):
    """The level of a checkpoint that watches nothing: libraries see by it that they are in a function of its own."""


def checkpoint(
    fun: Function,
    *,
    prevent_cse: bool | Sequence[bool] = True,
    policy: Policy | None = None,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Iterable[str] = (),
) -> Function:
    """The function, of whose inner values derivatives keep only what ``policy`` says.

    By definition it is ``fun``. Fast keeps of a checkpoint its arguments, and computes the rest again when a reverse
    derivative is asked for; under a transform ``fun`` is traced, so that Python sees no values in it.

    Args:
        fun: arrays in trees in, arrays in trees out.
        prevent_cse: accepted for JAX's sake: what is computed again is never taken from before.
        policy: what is kept, one of `checkpoint_policies`, or a function of a primitive and its operands' types.
        static_argnums: positions of arguments that are not arrays.
        static_argnames: the same by name.

    Raises:
        TypeError: the policy is no function, or an argument that is not static is no array.
    """
    check_callable(fun, "checkpoint")
    if policy is not None and not callable(policy):
        raise TypeError(f"`policy` of checkpoint must be a function or None, got {policy!r}.")
    numbers = (static_argnums,) if isinstance(static_argnums, int) else tuple(static_argnums)
    names = {static_argnames} if isinstance(static_argnames, str) else set(static_argnames)

    @functools.wraps(fun)
    def kept(*args: Any, **kwargs: Any) -> Any:
        places = {i % len(args) for i in numbers if -len(args) <= i < len(args)}
        dynamic = [x for i, x in enumerate(args) if i not in places]
        leaves, tree = trees.flatten((tuple(dynamic), {k: v for k, v in kwargs.items() if k not in names}))
        for i, x in enumerate(leaves):
            check_array(
                x, f"Leaf {i} of the arguments of {name_of(fun)!r} under checkpoint", "Mark it static."
            )
        if dispatch.level_for(leaves) is None or jit_is_disabled():
            with dispatch.push(_Beginning(dispatch.current())):
                return fun(*args, **kwargs)
        if collected() is not None:
            from .. import checked_flow
            from ..checkify import as_around

            checked = checkpoint(
                as_around(fun), policy=policy, static_argnums=static_argnums, static_argnames=static_argnames
            )
            return checked_flow.call(checked, args, kwargs)
        fixed = [(i, args[i]) for i in sorted(places)]
        named = [(k, v) for k, v in kwargs.items() if k in names]
        flat = Flat(with_static(fun, fixed, named), tree, name_of(fun))
        with dispatch.using(dispatch.owner_of(leaves)):
            program, captured = trace_closed(flat, [aval_of(x) for x in leaves])
            found = dispatch.bind(checkpoint_p, *captured, *leaves, program=program, policy=policy)
        return flat.result(found)

    return kept


remat = checkpoint


def _everything(prim: Any, *avals: Any, **params: Any) -> bool:
    return True


def _nothing(prim: Any, *avals: Any, **params: Any) -> bool:
    return False


def _products(prim: Any, *avals: Any, **params: Any) -> bool:
    return getattr(prim, "kind", None) == "product"


def _products_without_batches(prim: Any, *avals: Any, **params: Any) -> bool:
    if not _products(prim) or "dimension_numbers" not in params or getattr(prim, "name", "") != "dot_general":
        return False
    _, (left, right) = params["dimension_numbers"]
    return not left and not right


def _either(first: Policy, second: Policy) -> Policy:
    return lambda prim, *avals, **params: first(prim, *avals, **params) or second(prim, *avals, **params)


def checkpoint_name(x: Any, name: str) -> Any:
    """The arrays of a tree, under a name by which policies of `checkpoint` tell what is kept; derivatives have none.

    Args:
        x: arrays in a tree, of any shapes and dtypes.
        name: see `checkpoint_policies.save_only_these_names` and its like.

    Returns:
        The same values.

    Raises:
        TypeError: a leaf is no array, or ``name`` is no string.
    """
    if not isinstance(name, str):
        raise TypeError(f"`name` of checkpoint_name must be a string, got {type(name).__name__}: {name!r}.")
    leaves, tree = trees.flatten(x)
    for i, leaf in enumerate(leaves):
        check_array(leaf, f"Leaf {i} of `x` of checkpoint_name", "Name arrays alone.")
    return trees.unflatten(tree, [dispatch.bind(name_p, leaf, name=name)[0] for leaf in leaves])


def _is_named(prim: Any) -> bool:
    return getattr(prim, "name", None) == "name"


def _only(*names: str) -> Policy:
    return lambda prim, *avals, **params: _is_named(prim) and params["name"] in names


def _named_but(*names: str) -> Policy:
    return lambda prim, *avals, **params: _is_named(prim) and params["name"] not in names


def _all_but(*names: str) -> Policy:
    return lambda prim, *avals, **params: not _is_named(prim) or params["name"] not in names


checkpoint_policies = SimpleNamespace(
    everything_saveable=_everything,
    nothing_saveable=_nothing,
    dots_saveable=_products,
    checkpoint_dots=_products,
    dots_with_no_batch_dims_saveable=_products_without_batches,
    checkpoint_dots_with_no_batch_dims=_products_without_batches,
    save_any_names_but_these=_named_but,
    save_only_these_names=_only,
    save_anything_except_these_names=_all_but,
    save_from_both_policies=_either,
)
