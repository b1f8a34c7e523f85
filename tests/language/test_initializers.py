"""`verax.nn.initializers`: JAX's types, and its draws where these rest on bits alone; the scale of the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.nn.initializers
import numpy as np
import pytest

import verax.numpy
import verax.random
from verax.language.nn import initializers as ours

theirs: Any = jax.nn.initializers
SEED = 11
SHAPES = [(3, 4), (2, 3, 4), (3, 3, 2, 5), (0, 4)]
# Families of `variance_scaling`: scale, size of the layer, distribution.
FAMILIES = {
    "glorot_normal": (1.0, "fan_avg", "truncated_normal"),
    "glorot_uniform": (1.0, "fan_avg", "uniform"),
    "he_normal": (2.0, "fan_in", "truncated_normal"),
    "he_uniform": (2.0, "fan_in", "uniform"),
    "lecun_normal": (1.0, "fan_in", "truncated_normal"),
    "lecun_uniform": (1.0, "fan_in", "uniform"),
}
ALIASES = {
    "kaiming_normal": "he_normal",
    "kaiming_uniform": "he_uniform",
    "xavier_normal": "glorot_normal",
    "xavier_uniform": "glorot_uniform",
}


def with_defaults(name: str) -> Callable[[Any], Any]:
    return lambda module: getattr(module, name)()


KERNEL = "delta_orthogonal"  # tolerance-name: JAX's, of a kernel

# What makes an initializer, from either module.
MAKERS: dict[str, Callable[[Any], Any]] = {
    "zeros": lambda m: m.zeros,
    "ones": lambda m: m.ones,
    "constant": lambda m: m.constant(-7.5),
    "uniform": lambda m: m.uniform(10.0),
    "normal": lambda m: m.normal(5.0),
    "truncated_normal": lambda m: m.truncated_normal(5.0, lower=-1.0, upper=1.5),
    "orthogonal": lambda m: m.orthogonal(2.0, column_axis=0),
    KERNEL: lambda m: getattr(m, KERNEL)(),
    "variance_scaling": lambda m: m.variance_scaling(
        3.0, "fan_out", "normal", batch_axis=0, in_axis=-1, out_axis=-2
    ),
    **{n: with_defaults(n) for n in (*FAMILIES, *ALIASES)},
}


def test_every_name_is_tried() -> None:
    assert set(ours.__all__) == {*MAKERS, "Initializer"}
    assert isinstance(ours.normal(), ours.Initializer)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("dtype", [None, "float16", "bfloat16", "float32"])
def test_types_are_jax_s(name: str, dtype: Any) -> None:
    for shape in SHAPES[1:3] if name == KERNEL else SHAPES[:3]:
        if "orthogonal" in name and dtype in ("float16", "bfloat16"):
            continue  # no factorization takes these
        found = MAKERS[name](ours)(verax.random.key(SEED), shape, dtype)
        like = jax.eval_shape(
            lambda shape=shape: MAKERS[name](theirs)(jax.random.key(SEED), shape, dtype or "float32")
        )
        assert (found.shape, found.dtype, found.weak_type) == (like.shape, like.dtype, like.weak_type)


@pytest.mark.parametrize(
    "name", ["zeros", "ones", "constant", "uniform", *(n for n in FAMILIES if "uniform" in n)]
)
def test_what_rests_on_bits_alone_is_jax_s_to_the_bit(name: str) -> None:
    for shape in SHAPES[:3]:
        found = MAKERS[name](ours)(verax.random.key(SEED), shape)
        expected = MAKERS[name](theirs)(jax.random.key(SEED), shape)
        assert np.array_equal(np.asarray(found), np.asarray(expected))


def size_of(shape: tuple[int, ...], mode: str) -> float:
    """The layer's size, as the papers define it: the last two axes are inputs and outputs, others a window."""
    window = int(np.prod(shape[:-2]))
    return {"fan_in": shape[-2] * window, "fan_avg": (shape[-2] + shape[-1]) * window / 2}[mode]


@pytest.mark.parametrize("name", [n for n in FAMILIES if "normal" in n])
def test_a_normal_draw_has_the_deviation_of_its_paper(name: str) -> None:
    scale, mode, _ = FAMILIES[name]
    for shape in SHAPES[:3]:
        draw = np.asarray(verax.random.truncated_normal(verax.random.key(SEED), -2, 2, shape, np.float32))
        variance = np.float32(scale / size_of(shape, mode))
        deviation = np.sqrt(variance) / np.float32(0.87962566103423978)
        found = np.asarray(MAKERS[name](ours)(verax.random.key(SEED), shape))
        assert np.array_equal(found, draw * deviation)


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_is_its_original(alias: str) -> None:
    assert getattr(ours, alias) is getattr(ours, ALIASES[alias])


@pytest.mark.parametrize("shape", [(4, 4), (6, 3), (3, 6), (2, 3, 2)])
def test_an_orthogonal_matrix_is_the_turned_factor_of_a_normal_one(shape: tuple[int, ...]) -> None:
    found = np.asarray(ours.orthogonal()(verax.random.key(SEED), shape)).reshape(-1, shape[-1])
    tall = found if found.shape[0] >= found.shape[1] else found.T
    drawn = np.asarray(verax.random.normal(verax.random.key(SEED), tall.shape, np.float32))
    q, r = (np.asarray(x) for x in verax.numpy.linalg.qr(drawn))
    assert np.array_equal(tall, q * np.sign(np.diagonal(r)))


def test_a_kernel_is_an_orthogonal_matrix_in_its_middle() -> None:
    kernel = np.asarray(getattr(ours, KERNEL)()(verax.random.key(SEED), (3, 5, 2, 4)))
    matrix = np.asarray(ours.orthogonal()(verax.random.key(SEED), (2, 4)))
    assert np.array_equal(kernel[1, 2], matrix)
    kernel = np.array(kernel)
    kernel[1, 2] = 0
    assert not kernel.any()


def test_a_message_names_argument_value_and_mend() -> None:
    with pytest.raises(
        ValueError, match="`mode` must be one of fan_in, fan_out, fan_avg, fan_geo_avg, got 'fan'"
    ):
        ours.variance_scaling(1.0, "fan", "normal")
    with pytest.raises(ValueError, match="`distribution` must be one of truncated_normal, normal, uniform"):
        ours.variance_scaling(1.0, "fan_in", "cauchy")
    with pytest.raises(
        ValueError, match=r"`shape` must have at least 2 axes, or `in_axis` be given, got \(3,\)"
    ):
        ours.he_normal()(verax.random.key(SEED), (3,))
    with pytest.raises(ValueError, match=r"`shape` of an orthogonal initializer must have at least 2 axes"):
        ours.orthogonal()(verax.random.key(SEED), (3,))
    with pytest.raises(ValueError, match=r"`shape` must have 3 to 5 axes, the last no shorter"):
        getattr(ours, KERNEL)()(verax.random.key(SEED), (3, 4, 2))
    assert ours.orthogonal()(verax.random.key(SEED), (0, 3)).shape == (0, 3)
