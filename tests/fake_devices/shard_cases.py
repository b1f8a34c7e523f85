"""Programs over a mesh of 4 x 2 devices, written for JAX and Verax alike; run by JAX, it prints what JAX makes of them.

Whole numbers, so that sums are exact. What is refused is so by both: a case then has no value.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import numpy as np

X = np.arange(32, dtype=np.float32).reshape(8, 4) - 9
Y = np.arange(16, dtype=np.float32).reshape(4, 4) - 5


class Peer:
    """JAX or Verax, and a mesh of its devices."""

    def __init__(self, module: Any, spec: Any, mesh: Any, sharding: Any) -> None:
        self.module, self.lax, self.numpy = module, module.lax, module.numpy
        self.P, self.mesh, self.sharding = spec, mesh, sharding

    def over(self, f: Any, i: Any, o: Any, **options: Any) -> Any:
        """`shard_map` over the mesh."""
        return self.module.shard_map(f, mesh=self.mesh, in_specs=i, out_specs=o, **options)

    def named(self, *entries: Any) -> Any:
        """A sharding of these entries."""
        return self.sharding(self.mesh, self.P(*entries))


def product(p: Peer) -> Any:
    """Rows by columns, each lane a block."""

    def lane(a: Any, b: Any) -> Any:
        return p.lax.psum(a @ b, "model")

    return p.over(lane, (p.P("data", "model"), p.P("model", None)), p.P("data", None))(X, Y)


def ring(p: Peer) -> Any:
    def lane(a: Any) -> Any:
        for _ in range(2):
            a = p.lax.ppermute(a, "data", [(k, (k + 1) % 4) for k in range(4)]) * 2
        return a

    return p.over(lane, p.P("data"), p.P("data"))(X)


def tree(p: Peer) -> Any:
    def lane(given: Any, w: Any) -> Any:
        return {"s": p.lax.psum(given["a"].sum(), ("data", "model")), "t": (given["b"] * w,)}

    specs = ({"a": p.P("data", "model"), "b": p.P(None, "model")}, p.P())
    return p.over(lane, specs, {"s": p.P(), "t": p.P(None, "model")})({"a": X, "b": Y}, np.float32(3))


def gradient(p: Peer) -> Any:
    def loss(x: Any) -> Any:
        def lane(a: Any) -> Any:
            return p.lax.psum((a * a).sum(), ("data", "model"))

        return p.over(lane, p.P("data", "model"), p.P())(x)

    return p.module.grad(loss)(X)


def jitted_gradient(p: Peer) -> Any:
    def loss(x: Any, w: Any) -> Any:
        def lane(a: Any, b: Any) -> Any:
            return p.lax.psum(((a @ b) ** 2).sum(), "data")

        return p.over(lane, (p.P("data"), p.P()), p.P())(x, w)

    slopes = p.module.jit(p.module.grad(loss, (0, 1)), in_shardings=(p.named("data"), p.named()))
    return slopes(X, Y)


def indices(p: Peer) -> Any:
    def lane() -> Any:
        return (p.lax.axis_index("data") * 2 + p.lax.axis_index("model"))[None, None]

    return p.over(lane, (), p.P("data", "model"))()


def of(
    *specs: Any, f: Callable[[Peer], Any] | None = None, x: Any = X, **options: Any
) -> Callable[[Peer], Any]:
    """A case: one argument cut by the first specification, joined by the second."""

    def run(p: Peer) -> Any:
        lane = f(p) if f else lambda a: a
        return p.over(lane, p.P(*specs[0]), p.P(*specs[1]), **options)(x)

    return run


def total(*axes: str) -> Callable[[Peer], Any]:
    return lambda p: lambda a: p.lax.psum(a, axes)


CASES: dict[str, Callable[[Peer], Any]] = {
    "rows": of(("data",), ("data",)),
    "columns": of((None, "data"), (None, "data")),
    "blocks": of(("data", "model"), ("data", "model")),
    "blocks turned": of(("data", "model"), ("model", "data")),
    "both along one axis": of((("data", "model"),), (("data", "model"),)),
    "the other way round": of((("model", "data"),), (("data", "model"),)),
    "nothing cut": of((), ()),
    "sums": of(("data",), (), f=total("data")),
    "sums of blocks": of(("data", "model"), (), f=total("data", "model")),
    "sums along one axis": of(("data", "model"), (None, "model"), f=total("data")),
    "equal parts joined": of(("data",), (None, "model"), f=total("data")),
    "the first lane's": of(("data",), (), check_vma=False),
    "gathered": of(("data",), ("data",), f=lambda p: lambda a: p.lax.all_gather(a, "data").sum(1)),
    "scattered": of(
        (), ("data",), f=lambda p: lambda a: p.lax.psum_scatter(a, "data", scatter_dimension=0, tiled=True)
    ),
    "exchanged": of(
        ("data",), ("data",), f=lambda p: lambda a: p.lax.all_to_all(a, "data", 1, 0, tiled=True)
    ),
    "along one axis alone": of(("data",), ("data",), axis_names={"data"}),
    "None for nothing cut": lambda p: p.over(total("data")(p), None, p.P("data"))(X),
    "product": product,
    "ring": ring,
    "tree": tree,
    "gradient": gradient,
    "jitted gradient": jitted_gradient,
    "indices": indices,
    "mapped": lambda p: p.module.vmap(p.over(total("data")(p), p.P("data"), p.P()))(np.stack([X, -X])),
    "jit with shardings": lambda p: p.module.jit(
        lambda a: a @ Y, in_shardings=p.named("data", "model"), out_shardings=p.named(None, "data")
    )(X),
    "put": lambda p: p.module.device_put(X, p.named("model", "data")),
    "constrained": lambda p: p.module.jit(lambda a: p.lax.with_sharding_constraint(a, p.named("data")) * 2)(
        X
    ),
    # -- what both refuse
    "indivisible": of(("data",), ("data",), x=X[:6]),
    "unknown axis": of(("batch",), ("data",)),
    "too many entries": of((None, None, "data"), ("data",)),
    "too many entries of a result": of(("data",), (None, None, "data")),
    "an axis twice": of(("data", "data"), ("data",)),
    "not replicated": of(("data",), ()),
    "not replicated along one axis": of((("data", "model"),), ("data",)),
    "scalars joined": of(("data",), ("data",), f=lambda p: lambda a: a.sum()),
    "too many specifications": lambda p: p.over(lambda a: a, (p.P("data"), p.P("data")), p.P("data"))(X),
    "no specification": lambda p: p.module.shard_map(lambda a: a, mesh=p.mesh, out_specs=p.P("data"))(X),
    "jit, indivisible": lambda p: p.module.jit(lambda a: a, in_shardings=p.named("data"))(X[:6]),
    "jit, result indivisible": lambda p: p.module.jit(lambda a: a, out_shardings=p.named("data"))(X[:6]),
    "jit, too many entries": lambda p: p.module.jit(lambda a: a, in_shardings=p.named(None, None, "data"))(X),
    "put, indivisible": lambda p: p.module.device_put(X[:6], p.named("data")),
    "put, a scalar": lambda p: p.module.device_put(X[0, 0], p.named("data")),
    "sharding of an unknown axis": lambda p: p.named("batch"),
    "sharding of an axis twice": lambda p: p.named("data", "data"),
    "constrained, indivisible": lambda p: p.lax.with_sharding_constraint(X[:6], p.named("data")),
}


def outcome(p: Peer, name: str) -> Any:
    """The value as lists; None where the case is refused."""
    try:
        found = CASES[name](p)
    except Exception:  # noqa: BLE001  # that it is refused is the outcome
        return None
    return [np.asarray(x).tolist() for x in p.module.tree_util.tree_leaves(found)]


if __name__ == "__main__":
    os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=8"
    import jax

    peer = Peer(
        jax,
        jax.sharding.PartitionSpec,
        jax.make_mesh((4, 2), ("data", "model"), axis_types=(jax.sharding.AxisType.Auto,) * 2),
        jax.sharding.NamedSharding,
    )
    print(json.dumps({name: outcome(peer, name) for name in CASES}))
