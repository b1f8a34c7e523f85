"""The same script on one lane and on eight: nothing in it says how many devices there are.

A batch is spread over whatever devices the mesh has; each lane takes the gradient of its own rows, and they meet in a
mean. Sums of lanes are rounded differently from sums of rows, so the last bits of the new weights may differ between
one lane and eight. By how much they may is derived: `chex_like.assert_order_insensitive` tries many orders of both.

`python examples/seeds/lanes.py 8` runs it on 8 fake devices.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import numpy as np
from annotated_types import Interval
from jaxtyping import Float32

import verax
import verax.numpy as vnp
from verax import Array, lax
from verax.fake_devices import fake_devices
from verax.sharding import PartitionSpec as P

Weights = Annotated[Float32[Array, "3"], Interval(ge=-2, le=2)]
Rows = Annotated[Float32[Array, "8 3"], Interval(ge=-2, le=2)]
Targets = Annotated[Float32[Array, "8"], Interval(ge=-2, le=2)]

RATE = 0.25


def loss(w: Weights, x: Rows, y: Targets) -> Float32[Array, ""]:
    """Half of the mean squared error."""
    return vnp.mean((x @ w - y) ** 2) / 2


def lane(w: Any, x: Any, y: Any) -> Any:
    """One device's part of a step: the gradient of its rows, and the mean of everybody's."""
    return w - RATE * lax.pmean(verax.grad(loss)(w, x, y), "rows")


def step(w: Weights, x: Rows, y: Targets) -> Float32[Array, "3"]:
    """The weights after one step, on all the devices that there are."""
    mesh = verax.make_mesh((verax.device_count(),), ("rows",))
    return verax.shard_map(lane, mesh=mesh, in_specs=(P(), P("rows"), P("rows")), out_specs=P())(w, x, y)


def data() -> tuple[Any, Any, Any]:
    """Weights to begin with, and a batch of eight rows."""
    rng = np.random.default_rng(0)
    rows, truth = rng.standard_normal((8, 3)), rng.standard_normal(3)
    w, x, y = (vnp.asarray(a.astype(np.float32)) for a in (np.zeros(3), rows, rows @ truth))
    return w, x, y


def trained(steps: int = 20) -> Any:
    """The weights after some steps."""
    w, x, y = data()
    for _ in range(steps):
        w = step(w, x, y)
    return w


def main(count: int = 1) -> None:
    """A step in both implementations, the loss before and after some, and the verdict on a step."""
    with fake_devices(count):
        for implementation in ("fast", "reference"):
            with verax.using(implementation):
                print(implementation, step(*data()))
        w, x, y = data()
        print(f"{count} lanes: loss {loss(w, x, y)} before and {loss(trained(), x, y)} after")
        print(verax.judge(step, w, x, y))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
