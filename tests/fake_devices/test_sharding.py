"""Programs over meshes are what JAX makes of them on 8 devices of its own, and what NumPy makes of the whole arrays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax.fake_devices import Corrupt, fake_devices
from verax.sharding import Mesh, NamedSharding, PartitionSpec, get_mesh, set_mesh

from .shard_cases import CASES, Peer, X, outcome

P = PartitionSpec


@pytest.fixture(scope="module")
def of_jax() -> dict[str, Any]:
    """What JAX makes of the cases: in a process of its own, for it has as many devices as it was started with."""
    script = Path(__file__).parent / "shard_cases.py"
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("way", ["fast", "fast, scheduled", "reference"])
def test_a_program_over_a_mesh_is_jaxs(of_jax: dict[str, Any], way: str) -> None:
    implementation, _, scheduled = way.partition(", ")
    schedule = 3 if scheduled else None
    with fake_devices(mesh={"data": 4, "model": 2}, schedule=schedule) as mesh, verax.using(implementation):
        peer = Peer(verax, P, mesh, NamedSharding)
        assert {name: outcome(peer, name) for name in CASES} == of_jax
    refused = [name for name, value in of_jax.items() if value is None]
    assert refused == list(CASES)[-len(refused) :]
    assert len(refused) == 18


def test_traced_once_and_lane_by_lane_are_equal(of_jax: dict[str, Any]) -> None:
    with fake_devices(mesh={"data": 4, "model": 2}) as mesh:
        peer = Peer(verax, P, mesh, NamedSharding)
        for name, want in of_jax.items():
            if want is not None and name != "put":
                found = verax.jit(lambda name=name: CASES[name](peer))()
                assert [np.asarray(x).tolist() for x in verax.tree_util.tree_leaves(found)] == want


def test_each_device_holds_the_part_that_its_sharding_says() -> None:
    with fake_devices(mesh={"data": 4, "model": 2}) as mesh:
        for spec in (P("data", "model"), P(("model", "data")), P(None, "data"), P("model"), P()):
            sharding = NamedSharding(mesh, spec)
            seen: dict[Any, Any] = {}

            def lane(part: Any, mesh: Mesh = mesh, seen: dict[Any, Any] = seen) -> Any:
                place = int(lax.axis_index("data")), int(lax.axis_index("model"))
                seen[mesh.devices[place]] = np.asarray(part).tolist()
                return part

            verax.shard_map(lane, mesh=mesh, in_specs=spec, out_specs=spec)(X)
            where = sharding.devices_indices_map(X.shape)
            assert seen == {device: X[index].tolist() for device, index in where.items()}
            assert {np.shape(part) for part in seen.values()} == {sharding.shard_shape(X.shape)}


def test_faults_and_traffic_serve_meshes_and_jit_alike() -> None:
    def lane(part: Any) -> Any:
        return lax.psum(part, "data")

    for wrapped in (lambda f: f, verax.jit):
        with fake_devices(mesh={"data": 4, "model": 2}, faults=[Corrupt(4)]) as mesh:  # at (2, 0)
            whole = wrapped(
                verax.shard_map(lane, mesh=mesh, in_specs=P("data", "model"), out_specs=P(None, "model"))
            )
            found = np.isnan(np.asarray(whole(X)))
        assert found.tolist() == [[True, True, False, False]] * 2
        assert [(m.axis, m.lanes, m.times, m.sent) for m in mesh.traffic()] == [
            ("data", 4, 2, 2 * 2 * 3 * 16)
        ]


def test_lanes_that_differ_are_named() -> None:
    def lane(part: Any) -> Any:
        return lax.cond(lax.axis_index("i") == 2, lambda y: y + 1, lambda y: y, lax.psum(part, "i"))

    with (
        fake_devices(mesh={"i": 4}) as mesh,
        pytest.raises(ValueError, match=r"Result 0 of 'lane' .* got lanes \[2\] that differ from lane 0"),
    ):
        verax.shard_map(lane, mesh=mesh, in_specs=P("i"), out_specs=P())(X)


def test_meshes_are_made_of_the_devices_in_force() -> None:
    with fake_devices(8):
        mesh = verax.make_mesh((2, 4), ("a", "b"))
        assert mesh == Mesh(np.array(verax.devices()).reshape(2, 4), ("a", "b"))
        assert dict(mesh.shape) == {"a": 2, "b": 4}
        assert (mesh.size, mesh.axis_sizes, mesh.empty) == (8, (2, 4), False)
        assert hash(mesh) == hash(verax.make_mesh((2, 4), ("a", "b")))
        with set_mesh(mesh):
            assert get_mesh() is mesh
            run = verax.shard_map(lambda a: lax.psum(a, "b"), in_specs=P("b"), out_specs=P())
            assert np.asarray(run(X)).tolist() == X.reshape(4, 2, 4).sum(0).tolist()
        with pytest.raises(ValueError, match=r"must take at most the 8 devices .* fake_devices\(9\)"):
            verax.make_mesh((3, 3), ("a", "b"))
    with pytest.raises(ValueError, match=r"The devices of Mesh\('a': 2, 'b': 4\) must be in force"):
        verax.shard_map(lambda a: a, mesh=mesh, in_specs=P("a"), out_specs=P("a"))(X)
    with pytest.raises(ValueError, match="A mesh must be in force, got none"):
        verax.shard_map(lambda a: a, in_specs=P("a"), out_specs=P("a"))(X)


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: Mesh(np.arange(4).reshape(2, 2), ("a",)), ValueError, "must be as many as the axes"),
        (lambda: Mesh(np.arange(4).reshape(2, 2), ("a", "a")), ValueError, "must differ from each other"),
        (lambda: Mesh([1, 1], "a"), ValueError, "must name each device once"),
        (lambda: P(3), TypeError, "must be None, the name of an axis, or several"),
        (lambda: set_mesh("a"), TypeError, "must be a mesh"),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: fake_devices().__enter__(), ValueError, "either a count or a mesh"),
        (lambda: fake_devices(2, mesh={"a": 2}).__enter__(), ValueError, "either a count or a mesh"),
        (lambda: fake_devices(mesh={"a": 0}).__enter__(), ValueError, r"`mesh\['a'\]` must be at least 1"),
        (lambda: fake_devices(mesh={}).__enter__(), ValueError, "must have an axis at least"),
        (lambda: verax.jit(lambda x: x, in_shardings=3)(X), TypeError, "must hold shardings, got 3"),
    ],
)
def test_what_is_no_mesh_or_sharding_is_refused(make: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        make()
