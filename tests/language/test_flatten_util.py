"""A tree as one vector, and back: values, dtypes and refusals are JAX's."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree as theirs

from verax import numpy as vnp
from verax.language.flatten_util import ravel_pytree as ours

TREES: dict[str, Any] = {
    "mixed": {"a": np.ones((2,), np.float16), "b": np.arange(3, dtype=np.int32), "c": 2.0, "d": True},
    "one dtype": [np.ones((2, 2), np.float32), (np.zeros(1, np.float32), None)],
    "a number": 3,
    "nothing": {"a": None},
    "empty arrays": [np.ones((0, 3), np.float32), np.ones(2, np.float32)],
}


@pytest.mark.parametrize("name", TREES)
def test_a_tree_goes_there_and_back_as_jaxs(name: str) -> None:
    (flat, unravel), (expected, inverse) = ours(TREES[name]), theirs(TREES[name])
    back, its = unravel(flat), inverse(expected)

    assert np.asarray(flat).tobytes() == np.asarray(expected).tobytes()
    assert flat.dtype == expected.dtype
    for x, y in zip(jax.tree.leaves(back), jax.tree.leaves(its), strict=True):
        assert (x.dtype, x.shape) == (y.dtype, y.shape)
        assert np.asarray(x).tobytes() == np.asarray(y).tobytes()


def test_vectors_of_another_dtype_are_kept_where_all_leaves_have_one() -> None:
    _, unravel = ours([vnp.ones(2), vnp.zeros(1)])
    assert [x.dtype for x in unravel(vnp.zeros(3, "int32"))] == [np.int32] * 2


def test_what_does_not_fit_is_refused() -> None:
    flat, unravel = ours(TREES["mixed"])
    with pytest.raises(ValueError, match=r"must have shape \(7,\), got \(6,\)"):
        unravel(flat[:-1])
    with pytest.raises(TypeError, match="must have dtype float32, got int32"):
        unravel(flat.astype("int32"))
