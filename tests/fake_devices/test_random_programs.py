"""Random programs of lanes: one by one in two orders, traced once, and in the reference they have one value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.fake_devices import fake_devices
from verax.sharding import PartitionSpec as P

SIZES = {"i": 3, "j": 2}


def step(rng: np.random.Generator) -> Any:
    """One step of a lane, which takes and gives 6 whole numbers below 2^16 in size: sums of six are exact."""
    name: Any = rng.choice(["i", "j"])
    n, kind = SIZES[name], rng.integers(0, 11)
    both: Any = (("i", "j"), ("j", "i"))[int(rng.integers(0, 2))]
    k = int(rng.integers(0, n))
    perm = [(a, int(b)) for a, b in enumerate(rng.permutation(n)) if rng.random() < 0.8]

    def bounded(x: Any) -> Any:
        return vnp.fmod(x, 1000.0)

    steps: list[Any] = [
        lambda x: bounded(lax.psum(x, name)),
        lambda x: bounded(lax.psum(x, both)),
        lambda x: lax.pmax(x, name),
        lambda x: x - lax.pmin(x, both),
        lambda x: lax.ppermute(x, name, perm),
        lambda x: bounded(lax.all_gather(x, name)[k] + 3 * x),
        lambda x: bounded(lax.all_gather(x, name, tiled=True).reshape(n, 6).sum(0)),
        lambda x: lax.all_to_all(x.reshape(n, -1), name, 0, 0).reshape(6),
        lambda x: bounded(vnp.tile(lax.psum_scatter(x, name, tiled=True), n) + x),
        lambda x: bounded(x * (lax.axis_index(name) + 2) + lax.axis_index(both)),
        lambda x: lax.cond(
            lax.psum(x, both).sum() > k, lambda y: bounded(lax.psum(2 * y, name)), lambda y: -y, x
        ),
    ]
    return steps[int(kind)]


@pytest.mark.parametrize("seed", range(20))
def test_a_program_has_one_value_however_it_is_run(seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps = [step(rng) for _ in range(int(rng.integers(2, 7)))]
    x = rng.integers(-99, 99, (3, 2, 6)).astype(np.float32)

    def lane(part: Any) -> Any:
        value = part[0, 0]
        for each in steps:
            value = each(value)
        return value[None, None]

    found = {}
    for way in ("in order", "shuffled", "jit", "reference"):
        schedule = seed if way == "shuffled" else None
        with (
            fake_devices(mesh=SIZES, schedule=schedule) as mesh,
            verax.using("reference" if way == "reference" else "fast"),
        ):
            spec = P("i", "j")
            run = verax.shard_map(lane, mesh=mesh, in_specs=spec, out_specs=spec)
            found[way] = np.asarray((verax.jit(run) if way == "jit" else run)(x)).tolist()
    assert found["shuffled"] == found["jit"] == found["reference"] == found["in order"]
