"""What a function hands out beside its value under `has_aux`: arrays, and anything else."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import pytest

import verax
from verax import numpy as vnp

TOKEN = object()
FACES = [(jax, jnp), (verax, vnp)]


@pytest.mark.parametrize(("face", "np_"), FACES, ids=["jax", "verax"])
def test_what_is_no_array_comes_back_itself(face: Any, np_: Any) -> None:
    def f(x: Any) -> Any:
        return (x * x).sum(), {"token": TOKEN, "name": "sum", "x": x, "none": None}

    x = np_.ones(3)
    for aux in (
        face.grad(f, has_aux=True)(x)[1],
        face.value_and_grad(f, has_aux=True)(x)[0][1],
        face.vjp(f, x, has_aux=True)[2],
    ):
        assert aux["token"] is TOKEN
        assert aux["name"] == "sum"
        assert aux["none"] is None
        assert aux["x"].tolist() == [1.0, 1.0, 1.0]


def test_the_reference_hands_it_through_too() -> None:
    with verax.using("reference"):
        gradient, aux = verax.grad(lambda x: (x * x, TOKEN), has_aux=True)(3.0)

    assert float(gradient) == 6.0
    assert aux is TOKEN
