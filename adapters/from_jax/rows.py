"""JAX's primitives that are a function here, or a primitive of another name. All others go by their own name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...language import dispatch, lax
from ...language.catalogue import PRIMITIVES
from ...language.dispatch import aval_of
from ...language.transforms import checkpoint_name, vmap
from . import control, keys, total_order
from .parameters import own, value
from .reading import Row, leaves, read

Params = Mapping[str, Any]


def called(function: Callable[..., Any], *dropped: str) -> Row:
    """A row: a function of the operands, and of the parameters by name but for ``dropped`` ones."""

    def row(params: Params, operands: list[Any]) -> list[Any]:
        kept = own(function.__name__, {k: v for k, v in params.items() if k not in dropped})
        return leaves(function(*operands, **kept))

    return row


def listed(function: Callable[..., Any]) -> Row:
    """A row: a function of the list of operands, and of the parameters by name."""
    return lambda params, operands: leaves(function(operands, **own(function.__name__, params)))


def same(_params: Params, operands: list[Any]) -> list[Any]:
    """What says where a value lies, or what it is called, is the value."""
    return operands


def scattered(ours: str) -> Callable[[Params, list[Any]], list[Any]]:
    """A scatter whose name says how an update is combined."""

    def row(params: Params, operands: list[Any]) -> list[Any]:
        kept = {k: value(params[k]) for k in ("dimension_numbers", "mode")}
        return list(dispatch.bind(PRIMITIVES[ours], *operands, **kept))

    return row


def _scatter(params: Params, operands: list[Any]) -> list[Any]:
    """Updates replace; `scatter_apply` is a scatter with a function of its own, which no update takes part in."""
    if params["update_jaxpr"] is None:
        return scattered("scatter")(params, operands)
    operand, indices, updates = operands
    each = vmap(lambda x: read(params["update_jaxpr"], params["update_consts"], (x, lax.zeros_like(x)))[0])

    def function(x: Any) -> Any:
        shape = aval_of(x).shape
        return lax.reshape(each(lax.reshape(x, (math.prod(shape),))), shape)

    kept = {k: value(params[k]) for k in ("dimension_numbers", "mode")}
    return [lax.scatter_apply(operand, indices, function, update_shape=aval_of(updates).shape, **kept)]


def _gather(params: Params, operands: list[Any]) -> list[Any]:
    names = ("dimension_numbers", "slice_sizes", "mode", "fill_value")
    return [lax.gather(*operands, **{k: value(params[k]) for k in names})]


def _of_elements(jaxpr: Any, consts: Sequence[Any], count: int) -> Callable[[Any, Any], Any]:
    """A function of two lists of scalars as one of two lists of arrays, element by element."""
    each = vmap(lambda *scalars: read(jaxpr, consts, scalars))

    def computation(a: Any, b: Any) -> Any:
        given = leaves(a, b)
        shape = aval_of(given[0]).shape
        found = each(*(lax.reshape(x, (math.prod(shape),)) for x in given))
        back = [lax.reshape(x, shape) for x in found]
        return back if count > 1 else back[0]

    return computation


def _halves(operands: list[Any]) -> tuple[Any, Any]:
    count = len(operands) // 2
    return (operands[:count], operands[count:]) if count > 1 else (operands[0], operands[1])


def _reduce(params: Params, operands: list[Any]) -> list[Any]:
    jaxpr = params["jaxpr"]
    inner = getattr(jaxpr, "jaxpr", jaxpr)
    computation = _of_elements(inner, getattr(jaxpr, "consts", ()), len(operands) // 2)
    return leaves(lax.reduce(*_halves(operands), computation, value(params["dimensions"])))


def _reduce_window(params: Params, operands: list[Any]) -> list[Any]:
    names = ("window_dimensions", "window_strides", "padding", "base_dilation", "window_dilation")
    computation = _of_elements(params["jaxpr"], params["consts"], len(operands) // 2)
    kept = {k: value(params[k]) for k in names}
    return leaves(lax.reduce_window(*_halves(operands), computation, **kept))


def _select_and_scatter_add(params: Params, operands: list[Any]) -> list[Any]:
    names = ("window_dimensions", "window_strides", "padding")
    source, operand = operands
    chosen = getattr(lax, params["select_prim"].name)
    return [lax.select_and_scatter_add(source, operand, chosen, **{k: value(params[k]) for k in names})]


def _select_and_gather_add(params: Params, operands: list[Any]) -> list[Any]:
    names = ("window_dimensions", "window_strides", "padding", "base_dilation", "window_dilation")
    tangents, operand = operands
    chosen = getattr(lax, params["select_prim"].name)
    return [lax.select_and_gather_add(tangents, operand, chosen, **{k: value(params[k]) for k in names})]


def _approx_top_k(params: Params, operands: list[Any]) -> list[Any]:
    best = lax.approx_max_k if params["is_max_k"] else lax.approx_min_k
    return leaves(best(*operands, **{k: v for k, v in params.items() if k != "is_max_k"}))


def _ragged_dot_general(params: Params, operands: list[Any]) -> list[Any]:
    theirs = params["ragged_dot_dimension_numbers"]
    numbers = lax.RaggedDotDimensionNumbers(
        value(theirs.dot_dimension_numbers),
        value(theirs.lhs_ragged_dimensions),
        value(theirs.rhs_group_dimensions),
    )
    lhs, rhs, sizes = operands
    return [
        lax.ragged_dot_general(
            lhs,
            rhs,
            sizes,
            ragged_dot_dimension_numbers=numbers,
            preferred_element_type=params["preferred_element_type"],
            group_offset=params["group_offset"],
        )
    ]


def _scaled_dot(params: Params, operands: list[Any]) -> list[Any]:
    lhs, rhs, *scales = operands
    given = dict(zip(("lhs_scale", "rhs_scale"), scales, strict=True))
    return [lax.scaled_dot(lhs, rhs, **given, **own("scaled_dot", params))]


def _empty_scalar(params: Params, _operands: list[Any]) -> list[Any]:
    return leaves(lax.empty((), params["dtype"]))


def _combined(over: Callable[..., Any], among: Callable[..., Any]) -> Row:
    """A sum or an extreme over axes of the operand, which `vmap` has made of lanes, and among lanes of named axes."""

    def row(params: Params, operands: list[Any]) -> list[Any]:
        places = tuple(a for a in params["axes"] if isinstance(a, int))
        names = tuple(a for a in params["axes"] if not isinstance(a, int))
        found = [over(x, places) if places else x for x in operands]
        groups = params["axis_index_groups"]
        return [among(x, names, axis_index_groups=groups) for x in found] if names else found

    return row


ROWS: Mapping[str, Row] = {
    "add_any": called(lax.add),
    "name": called(checkpoint_name),
    **dict.fromkeys(("copy", "device_put", "optimization_barrier", "pvary", "reshard"), same),
    **dict.fromkeys(("sharding_constraint", "layout_constraint"), same),
    **{
        name: called(getattr(lax, name))
        for name in ("empty", "reduce_precision", "split", "tile", "unstack", "top_k", "cumlogsumexp")
    },
    **{
        name: called(getattr(lax.linalg, name))
        for name in (
            *("cholesky_update", "hessenberg", "householder_product", "ormqr", "symmetric_product"),
            *("tridiagonal", "tridiagonal_solve"),
        )
    },
    "empty2": _empty_scalar,
    "conj": called(lax.conj, "input_dtype"),
    "stack": listed(lax.stack),
    "dot_general": called(lax.dot_general, "precision", "out_sharding"),
    "scaled_dot": _scaled_dot,
    "psum": _combined(lax.reduce_sum, lax.psum),
    "pmax": _combined(lax.reduce_max, lax.pmax),
    "pmin": _combined(lax.reduce_min, lax.pmin),
    "ragged_dot_general": _ragged_dot_general,
    "rng_bit_generator": called(lax.rng_bit_generator),
    "rng_uniform": called(lax.rng_uniform),
    "gather": _gather,
    "scatter": _scatter,
    **{f"scatter-{how}": scattered(f"scatter_{how}") for how in ("add", "sub", "mul", "min", "max")},
    "reduce": _reduce,
    "reduce_window": _reduce_window,
    "select_and_scatter_add": _select_and_scatter_add,
    "select_and_gather_add": _select_and_gather_add,
    "approx_top_k": _approx_top_k,
    **control.ROWS,
    **keys.ROWS,
    **total_order.ROWS,
}
