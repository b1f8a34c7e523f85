"""`shard_map`: one lane per device of a mesh, each with its part of the arguments; and shardings of `jit`."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from .. import dispatch, lax, trees
from ..arrays import Array
from ..dispatch import Tracer, aval_of
from ..flat import Flat, check_array, name_of, own, path_of
from ..meshes import Mesh
from ..sharding import PartitionSpec, Sharding, checked_spec, cut_sizes, get_mesh
from .arguments import Function, check_callable


class Infer:
    """In the place of specifications: to be found from the arguments, as JAX does along explicit axes; refused here."""


def shard_map(
    f: Function | None = None,
    /,
    *,
    out_specs: Any,
    in_specs: Any = Infer,
    mesh: Mesh | None = None,
    axis_names: Collection[Any] = frozenset(),
    check_vma: bool = True,
) -> Any:
    """Run one lane of a function per device of a mesh, each on its part of the arguments.

    Args:
        f: the function of one lane. Omit it to get a decorator.
        out_specs: how results are put together, a `PartitionSpec`, or a tree prefix of the result of these.
        in_specs: how arguments are cut, the same for the positional arguments. None cuts nothing.
        mesh: the devices; that of `set_mesh` by default.
        axis_names: the axes of the mesh that lanes are along; all by default. Along the others nothing is cut.
        check_vma: whether results must be equal in all lanes along the axes that their specification leaves out;
            else those of the first lanes are taken.

    Returns:
        A function of whole arrays.

    Raises:
        TypeError: a specification is none.
        ValueError: a specification names an unknown axis, or one twice; has more entries than an array axes; a size
            is no multiple of its parts; lanes differ where they must not; the mesh's devices are not in force.
        MismatchError: the lanes do not agree at a collective.
    """
    if f is None:
        return functools.partial(
            shard_map,
            out_specs=out_specs,
            in_specs=in_specs,
            mesh=mesh,
            axis_names=axis_names,
            check_vma=check_vma,
        )
    check_callable(f, "shard_map")
    name = name_of(f)

    @functools.wraps(f)
    def mapped(*args: Any) -> Any:
        over = get_mesh() if mesh is None else mesh
        names = tuple(n for n in over.axis_names if n in axis_names or not axis_names)
        for unknown in set(axis_names) - set(names):
            raise ValueError(
                f"`axis_names` of shard_map must be axes of the mesh, {over.axis_names}, got {unknown!r}."
            )
        leaves, tree = trees.flatten(args)
        prefix = tuple(in_specs) if isinstance(in_specs, list) else in_specs
        specs = _specs(trees.broadcast_prefix(prefix, tree, "in_specs"), names, "in_specs")
        implementation = dispatch.owner_of(leaves)
        flat = Flat(f, trees.structure((args, {})), name)
        with dispatch.using(implementation):
            blocks = []
            for i, (x, spec) in enumerate(zip(leaves, specs, strict=True)):
                what = f"{path_of(args, i)} of {name!r} under shard_map"
                check_array(x, what, "Cut arrays only.")
                blocks.append(_cut(own(implementation, x), spec, over, names, what))
            found, apart = implementation.shard_map(
                flat, [x for x, _ in blocks], [axes for _, axes in blocks], over, names
            )
            wanted = trees.broadcast_prefix(out_specs, flat.structure(), "out_specs")
            results = []
            for i, (y, axes, spec) in enumerate(
                zip(found, apart, _specs(wanted, names, "out_specs"), strict=True)
            ):
                what = f"Result {i} of {name!r} under shard_map"
                results.append(_joined(y, axes, spec, over, what, check_vma))
            return flat.result(results)

    return mapped


def _specs(given: Sequence[Any], names: Sequence[Any], argument: str) -> list[PartitionSpec]:
    for spec in given:
        if spec is not None and not isinstance(spec, PartitionSpec):
            raise TypeError(f"`{argument}` of shard_map must hold PartitionSpecs, got {spec!r}.")
        checked_spec(spec or PartitionSpec(), names, f"`{argument}` of shard_map")
    return [spec or PartitionSpec() for spec in given]


def _cut(
    x: Array, spec: PartitionSpec, mesh: Mesh, names: Sequence[Any], what: str
) -> tuple[Array, tuple[Any, ...]]:
    """An array whose parts lie along leading axes, one for each axis of the mesh that it is cut along."""
    counts = cut_sizes(spec, mesh, x.shape, what)
    shape: list[int] = []
    places: dict[Any, int] = {}
    kept = []
    entries = [*spec.names(), *[()] * (x.ndim - len(spec))]
    for size, count, axes in zip(x.shape, counts, entries, strict=True):
        for axis in axes:
            places[axis] = len(shape)
            shape.append(mesh.shape[axis])
        kept.append(len(shape))
        shape.append(size // count)
    ordered = tuple(n for n in names if n in places)
    if not ordered:
        return x, ()
    return lax.transpose(lax.reshape(x, shape), (*(places[n] for n in ordered), *kept)), ordered


def _joined(y: Array, apart: Sequence[Any], spec: PartitionSpec, mesh: Mesh, what: str, check: bool) -> Array:
    """The whole array of parts that lie along leading axes, one for each axis of ``apart``."""
    local = aval_of(y).shape[len(apart) :]
    if len(spec) > len(local):
        raise ValueError(
            f"{what} must have rank {len(spec)} at least, for its specification {spec}, got shape {local}. "
            f"Give at most one entry for each axis."
        )
    entries = [*spec.names(), *[()] * (len(local) - len(spec))]
    used = [name for axes in entries for name in axes]
    for k in reversed(range(len(apart))):
        if apart[k] not in used:
            if check:
                _require_equal(y, k, apart[k], spec, what)
            y = lax.index_in_dim(y, 0, k, keepdims=False)
    present = [n for n in apart if n in used]
    absent = [n for n in used if n not in present]
    if absent:  # all lanes along these hold the same
        lead = tuple(mesh.shape[n] for n in absent)
        shape = aval_of(y).shape
        y = lax.broadcast_in_dim(y, (*lead, *shape), tuple(range(len(lead), len(lead) + len(shape))))
        present = absent + present
    order: list[int] = []
    shape_found = []
    for k, (size, axes) in enumerate(zip(local, entries, strict=True)):
        order += [present.index(n) for n in axes]
        order.append(len(present) + k)
        shape_found.append(size * math.prod(mesh.shape[n] for n in axes))
    if not present:
        return y
    return lax.reshape(lax.transpose(y, tuple(order)), tuple(shape_found))


def _require_equal(y: Array, place: int, axis: Any, spec: PartitionSpec, what: str) -> None:
    """Refuse a result that differs between lanes where its specification says that it does not."""
    mend = (
        f"Reduce it over {axis!r} (psum, pmean, all_gather), name the axis in out_specs, or pass "
        f"check_vma=False to take the first lane's."
    )
    if isinstance(y, Tracer):
        raise ValueError(
            f"{what} must be equal in all lanes along {axis!r}, which its specification {spec} leaves out, got one "
            f"that differs as far as tracing can tell. {mend}"
        )
    rows = np.moveaxis(y.machine_value(), place, 0)
    odd = [k for k in range(1, len(rows)) if rows[k].tobytes() != rows[0].tobytes()]
    if odd:
        raise ValueError(
            f"{what} must be equal in all lanes along {axis!r}, which its specification {spec} leaves out, got "
            f"lanes {odd} that differ from lane 0. {mend}"
        )


# -- jit -------------------------------------------------------------------------------------------------------
def with_shardings(
    jitted: Callable[..., Any], in_shardings: Any, out_shardings: Any, static: Collection[int]
) -> Callable[..., Any]:
    """A jitted function whose arguments and results must fit shardings. What it computes does not depend on them.

    Raises:
        ValueError: an array does not fit, or is passed by keyword beside ``in_shardings``.
        TypeError: a sharding is none.
    """
    name = name_of(jitted)

    @functools.wraps(jitted)
    def sharded(*args: Any, **kwargs: Any) -> Any:
        if in_shardings is not None:
            if kwargs:
                raise ValueError(
                    f"The arguments of {name!r} must be positional beside `in_shardings`, got {sorted(kwargs)} "
                    f"by keyword."
                )
            dynamic = tuple(x for i, x in enumerate(args) if i not in static)
            prefix = tuple(in_shardings) if isinstance(in_shardings, list) else in_shardings
            _check_fit(dynamic, prefix, "in_shardings", name)
        found = jitted(*args, **kwargs)
        if out_shardings is not None:
            _check_fit(found, out_shardings, "out_shardings", name)
        return found

    return sharded


def _check_fit(tree: Any, prefix: Any, argument: str, name: str) -> None:
    leaves, structure = trees.flatten(tree)
    for x, sharding in zip(leaves, trees.broadcast_prefix(prefix, structure, argument), strict=True):
        if isinstance(sharding, PartitionSpec):
            counts = cut_sizes(sharding, get_mesh(), aval_of(x).shape, f"An array of {name!r}")
            assert counts is not None
        elif isinstance(sharding, Sharding):
            sharding.shard_shape(aval_of(x).shape)
        elif sharding is not None:
            raise TypeError(f"`{argument}` of jit must hold shardings, got {sharding!r} for {name!r}.")
