"""`verax.ops`: JAX's types, and NumPy's values within the derived bound."""

from __future__ import annotations

from typing import Any

import jax
import jax.ops
import numpy as np
import pytest
from tests.language import test_numpy_against_jax as types
from tests.language import test_numpy_against_numpy as values

import verax
from verax.adapters.numpy_profile import NUMPY, NUMPY_UFUNCS
from verax.language import ops
from verax.language.errors import ConcretizationTypeError

IDS = np.array([2, 0, -1, 2, 5, 0], np.int32)
SHAPES = (((6,),), ((6, 2),))
UFUNCS: dict[str, Any] = {
    "segment_sum": np.add,
    "segment_prod": np.multiply,
    "segment_max": np.maximum,
    "segment_min": np.minimum,
}


def rows(name: str) -> list[Any]:
    return [
        types.Row(lambda m, x: getattr(m, name)(x, IDS, 4), ("number",), SHAPES, False),
        types.Row(lambda m, x: getattr(m, name)(x, IDS, 4, mode="clip"), ("number",), SHAPES, False),
        types.Row(lambda m, x: getattr(m, name)(x, IDS, 4, bucket_size=4), ("number",), SHAPES, False),
        types.Row(lambda m, x: getattr(m, name)(x, IDS), ("number",), SHAPES, False),
    ]


def test_every_name_is_tried() -> None:
    assert set(ops.__all__) == set(UFUNCS)


@pytest.mark.parametrize("name", sorted(UFUNCS))
def test_types_are_jax_s(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types, "jnp", jax.ops)
    assert types.disagreements(name, rows(name), 6, ops) == []


def by_hand(name: str, data: Any, ids: Any, count: int) -> Any:
    """One element after another, from what an empty segment gives."""
    limits = np.iinfo(data.dtype) if data.dtype.kind in "iu" else None
    least, largest = (limits.min, limits.max) if limits else (-np.inf, np.inf)
    start = {"segment_sum": 0, "segment_prod": 1, "segment_max": least, "segment_min": largest}[name]
    found = np.full((count, *data.shape[1:]), start, data.dtype)
    for i, segment in enumerate(ids):
        if 0 <= segment < count:
            found[segment] = UFUNCS[name](found[segment], data[i])
    return found


@pytest.mark.parametrize("name", sorted(UFUNCS))
@pytest.mark.parametrize("dtype", ["float32", "int32", "uint8"])
def test_values_are_numpy_s(name: str, dtype: str) -> None:
    random = np.random.default_rng(7)
    for shape in [(6,), (6, 2), (0,)]:
        data = (random.standard_normal(shape) * 8).astype(np.int8).astype(dtype)
        ids = IDS[: shape[0]]
        for bucket_size in (None, 4):
            program = values.program_of(
                lambda x, ids=ids, size=bucket_size: getattr(ops, name)(x, ids, 4, bucket_size=size), [data]
            )
            assert values.outside(program, [data], [by_hand(name, data, ids, 4)], NUMPY_UFUNCS) == []
            ours = [x.machine_value() for x in program(data)]
            assert values.outside(program, [data], ours, NUMPY) == []


def test_indices_below_0_name_no_segment_and_clip_to_the_first() -> None:
    data = np.arange(6, dtype=np.float32)
    for mode in (None, "drop", "clip"):
        ours, theirs = ops.segment_sum(data, IDS, 4, mode=mode), jax.ops.segment_sum(data, IDS, 4, mode=mode)
        assert np.asarray(ours).tolist() == np.asarray(theirs).tolist()


def test_messages_name_argument_value_and_mend() -> None:
    with pytest.raises(ConcretizationTypeError, match="`num_segments` of segment_sum must be given"):
        verax.jit(lambda ids: ops.segment_sum(ids, ids))(IDS)
    with pytest.raises(ValueError, match="`num_segments` of segment_max must not be negative, got -1"):
        ops.segment_max(IDS, IDS, -1)
    with pytest.raises(ValueError, match="`segment_ids` of segment_sum must be integers, one for each"):
        ops.segment_sum(IDS, IDS[:2], 3)
