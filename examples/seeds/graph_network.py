"""A graph network's loss in Jraph's shape, its edges spread over devices.

A graph is a tuple of arrays as Jraph has it, here of a batch of two, padded; messages run along edges and are added
up at their receivers by `segment_sum` (Battaglia et al., "Relational inductive biases, deep learning, and graph
networks", 2018). A large graph has more edges than a device can hold: so each lane takes a part of them, and all lanes'
sums meet in one `psum` over the nodes, as in `jraph.sharded_graphnet`. Nodes are everywhere.

The loss and its gradient must be those of the undivided graph, and no order of lanes may change them beyond rounding.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from annotated_types import Interval
from jaxtyping import Float32

import verax
import verax.numpy as vnp
from verax import Array, lax, nn, ops
from verax.fake_devices import fake_devices
from verax.sharding import PartitionSpec as P

DEVICES = 4


class GraphsTuple(NamedTuple):
    """Jraph's, less its globals. Padding is a graph of its own, the last one, whose loss counts nothing."""

    nodes: Any  # float32[nodes, 2]
    edges: Any  # float32[edges, 1]
    senders: Any  # int32[edges]
    receivers: Any  # int32[edges]
    n_node: Any  # int32[graphs]
    n_edge: Any  # int32[graphs]


class Weights(NamedTuple):
    """Those of messages, by sender and by edge, and those of what a graph says."""

    sender: Annotated[Float32[Array, "2 2"], Interval(ge=-2, le=2)]
    edge: Annotated[Float32[Array, "1 2"], Interval(ge=-2, le=2)]
    out: Annotated[Float32[Array, "2"], Interval(ge=-2, le=2)]


def graphs() -> tuple[GraphsTuple, Any]:
    """A triangle and a path of three, padded to 8 nodes and 12 edges, and what they should say."""
    rng = np.random.default_rng(0)
    pairs = [(0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2), (3, 4), (4, 5), (4, 3), (5, 4)]
    senders, receivers = np.array([*pairs, (7, 7), (7, 7)], np.int32).T
    nodes, edges = np.zeros((8, 2), np.float32), np.zeros((12, 1), np.float32)
    nodes[:6], edges[:10] = rng.standard_normal((6, 2)), rng.standard_normal((10, 1))
    counts = np.array([3, 3, 2], np.int32), np.array([6, 4, 2], np.int32)
    return GraphsTuple(nodes, edges, senders, receivers, *counts), np.array([0.5, -0.5, 0.0], np.float32)


def received(w: Weights, g: GraphsTuple) -> Any:
    """What the nodes receive along these edges: float32[nodes, 2]."""
    messages = nn.relu(vnp.asarray(g.nodes)[g.senders] @ w.sender + g.edges @ w.edge)
    return ops.segment_sum(messages, g.receivers, len(g.nodes))


def loss_of(w: Weights, g: GraphsTuple, wanted: Any, incoming: Any) -> Any:
    """The mean squared error of what the graphs say; the padding's is left out."""
    count = len(g.n_node)
    owners = vnp.repeat(vnp.arange(count), g.n_node, total_repeat_length=len(g.nodes))
    said = ops.segment_sum(vnp.tanh(g.nodes + incoming), owners, count) @ w.out
    real = vnp.arange(count) < count - 1
    return vnp.sum(vnp.where(real, (said - wanted) ** 2, 0)) / (count - 1)


def loss(w: Weights) -> Float32[Array, ""]:
    """The loss of the undivided graph."""
    g, wanted = graphs()
    return loss_of(w, g, wanted, received(w, g))


def loss_over_devices(w: Weights) -> Float32[Array, ""]:
    """The same; each device has a part of the edges."""
    g, wanted = graphs()

    def lane(w: Any, edges: Any, senders: Any, receivers: Any) -> Any:
        part = g._replace(edges=edges, senders=senders, receivers=receivers)
        return loss_of(w, g, wanted, lax.psum(received(w, part), "edges"))

    mesh = verax.make_mesh((verax.device_count(),), ("edges",))
    split = P("edges")
    run = verax.shard_map(lane, mesh=mesh, in_specs=(P(), split, split, split), out_specs=P())
    return run(w, g.edges, g.senders, g.receivers)


def weights() -> Weights:
    """Where a training would begin."""
    rng = np.random.default_rng(1)
    shapes = (2, 2), (1, 2), (2,)
    return Weights(*(vnp.asarray(rng.standard_normal(s).astype(np.float32)) for s in shapes))


def main() -> None:
    """The slope by the last weights, whole and divided, in both implementations; the verdict on the divided one."""
    with fake_devices(DEVICES):
        for implementation in ("fast", "reference"):
            with verax.using(implementation):
                w = weights()
                print(implementation, verax.grad(loss)(w).out, verax.grad(loss_over_devices)(w).out)
        print(verax.judge(loss_over_devices, weights(), order=1))


if __name__ == "__main__":
    main()
