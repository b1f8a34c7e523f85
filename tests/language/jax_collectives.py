"""Collectives by JAX's own devices: `python -m tests.language.jax_collectives FILE` writes the answers of `CASES`.

In a process of its own, for JAX makes eight devices of one CPU only before it starts; its vmap knows no groups of
lanes and no exchanges over several axes. Not held: its ppermute over axes in another order than the mesh's, which it
counts in the mesh's order, unlike its axis_index.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

GROUPS = [[0, 2], [3, 1]]
LANES = {"i": (4,), "ji": (2, 4)}


class Case(NamedTuple):
    """``function(lax, x)`` in the lanes of one axis i, or of two axes j and i, where x has a shape."""

    function: Callable[[Any, Any], Any]
    shape: tuple[int, ...]
    axes: str = "i"

    def operand(self) -> Any:
        """What all lanes hold, the lanes' axes in front."""
        shape = (*LANES[self.axes], *self.shape)
        return (np.arange(np.prod(shape)).reshape(shape) * 7 % 31).astype(np.float32)


def of(name: str, *args: Any, **kwargs: Any) -> Callable[[Any, Any], Any]:
    return lambda lax, x: getattr(lax, name)(x, *args, **kwargs)


CASES: dict[str, Case] = {}
for name in ("psum", "pmean", "pmax", "pmin"):
    CASES[name] = Case(of(name, ("i",)), (3,))
    CASES[f"{name} in groups"] = Case(of(name, "i", axis_index_groups=GROUPS), (3,))
    CASES[f"{name} over two axes"] = Case(of(name, ("i", "j")), (3,), "ji")
for tiled in (False, True):
    for axis in (0, -1):
        kind = {"axis": axis, "tiled": tiled}
        CASES[f"all_gather {kind}"] = Case(of("all_gather", "i", **kind), (3, 2))
        CASES[f"all_gather {kind} in groups"] = Case(
            of("all_gather", "i", axis_index_groups=GROUPS, **kind), (3, 2)
        )
        CASES[f"all_gather {kind} over two axes"] = Case(of("all_gather", ("i", "j"), **kind), (3, 2), "ji")
    for axis in (0, 1):
        parts = {"scatter_dimension": axis, "tiled": tiled}
        size = 8 if tiled else 4
        CASES[f"psum_scatter {parts}"] = Case(of("psum_scatter", "i", **parts), (size, size))
        grouped = of("psum_scatter", "i", axis_index_groups=GROUPS, **parts)
        CASES[f"psum_scatter {parts} in groups"] = Case(grouped, (size // 2, size // 2))
        CASES[f"psum_scatter {parts} over two axes"] = Case(
            of("psum_scatter", ("j", "i"), **parts), (8, 8), "ji"
        )
    for axes in ((0, 0), (0, 1), (1, 0)):
        text = f"all_to_all {axes}, tiled {tiled}"
        CASES[text] = Case(of("all_to_all", "i", *axes, tiled=tiled), (size, size))
        grouped = of("all_to_all", "i", *axes, tiled=tiled, axis_index_groups=GROUPS)
        CASES[f"{text} in groups"] = Case(grouped, (size // 2, size // 2))
        CASES[f"{text} over two axes"] = Case(of("all_to_all", ("j", "i"), *axes, tiled=tiled), (8, 8), "ji")
RING = [(k, (k + 3) % 8) for k in range(8)]
CASES |= {
    "all_to_all over the axes turned": Case(of("all_to_all", ("i", "j"), 0, 1), (8, 8), "ji"),
    "pswapaxes in groups": Case(of("pswapaxes", "i", 1, axis_index_groups=GROUPS), (3, 2)),
    "ppermute of some": Case(of("ppermute", "i", [(0, 2), (2, 1)]), (3,)),
    "ppermute over two axes": Case(of("ppermute", ("j", "i"), RING), (3,), "ji"),
    "ppermute of some over two axes": Case(of("ppermute", ("j", "i"), RING[:5]), (3,), "ji"),
    "pshuffle": Case(of("pshuffle", "i", [3, 0, 2, 1]), (3,)),
    "psum of truth values in groups": Case(
        lambda lax, x: lax.psum(x > 9, "i", axis_index_groups=GROUPS), (3,)
    ),
    "pmean of integers": Case(lambda lax, x: lax.pmean(x.astype(np.int32), "i"), (3,)),
    "axis_index over two axes": Case(
        lambda lax, x: x + lax.axis_index(("i", "j")).astype(np.float32), (3,), "ji"
    ),
    "axis_size over two axes": Case(lambda lax, x: x * lax.axis_size(("i", "j")), (3,), "ji"),
}


def main() -> None:
    """Run each case in a `jax.shard_map` over all its lanes' devices, and save the answers in order."""
    os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
    import jax
    from jax.sharding import Mesh, PartitionSpec

    spec_of: Any = PartitionSpec  # untyped in some releases
    found = []
    for case in CASES.values():
        sizes = LANES[case.axes]
        rank = len(sizes)
        mesh = Mesh(np.array(jax.devices()[: int(np.prod(sizes))]).reshape(sizes), tuple(case.axes))

        def lane(x: Any, case: Case = case, rank: int = rank) -> Any:
            found = case.function(jax.lax, x.reshape(x.shape[rank:]))
            return found.reshape((1,) * rank + found.shape)

        spec = spec_of(*case.axes)
        mapped = jax.shard_map(lane, mesh=mesh, in_specs=spec, out_specs=spec, check_vma=False)
        found.append(np.asarray(jax.jit(mapped)(case.operand())))
    np.savez(sys.argv[1], *found)


if __name__ == "__main__":
    main()
