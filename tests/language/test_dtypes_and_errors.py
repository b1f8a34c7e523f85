"""`verax.dtypes` and `verax.errors`: JAX's names, its answers, and its family of errors."""

from __future__ import annotations

from typing import Any

import jax
import jax.dtypes
import jax.errors
import jax.numpy as jnp
import numpy as np
import pytest

import verax
import verax.dtypes
import verax.errors
import verax.numpy as vnp
from verax.language.config import enable_x64

ours: Any = verax.dtypes
theirs: Any = jax.dtypes
NAMES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
]


@pytest.mark.parametrize("wide", [False, True])
def test_questions_about_dtypes_have_jax_s_answers(wide: bool) -> None:
    with enable_x64(wide), jax.enable_x64(wide):
        for name in [*NAMES, jnp.bfloat16]:
            assert ours.canonicalize_dtype(name) == theirs.canonicalize_dtype(name)
            assert ours.itemsize_bits(np.dtype(name)) == theirs.itemsize_bits(np.dtype(name))
            for kind in (np.floating, np.integer, np.inexact, np.generic, np.bool_):
                assert ours.issubdtype(np.dtype(name), kind) == theirs.issubdtype(np.dtype(name), kind)
        assert ours.result_type(np.int8(1), np.float16(2)) == theirs.result_type(np.int8(1), np.float16(2))


def test_scalar_types_are_jax_s() -> None:
    for name in ["bool", "int8", "uint16", "float16", "float32", "bfloat16"]:
        mine, other = vnp.zeros(2, name), jnp.zeros(2, name)
        assert ours.scalar_type_of(mine) is theirs.scalar_type_of(other)
    with pytest.raises(TypeError, match="NoneType"):
        ours.scalar_type_of(None)


def test_keys_are_extended() -> None:
    key = verax.random.key(0)
    assert ours.issubdtype(key.dtype, ours.prng_key)
    assert ours.issubdtype(key.dtype, ours.extended)
    assert not ours.issubdtype(key.dtype, np.floating)
    assert not ours.issubdtype(np.float32, ours.extended)
    assert issubclass(ours.prng_key, ours.extended)
    assert ours.canonicalize_dtype(key.dtype, allow_extended_dtype=True) == key.dtype


def test_limits_and_float0_are_those_of_the_formats() -> None:
    assert ours.finfo("bfloat16").bits == 16
    assert ours.iinfo("int8").max == 127
    assert ours.float0 == theirs.float0
    with pytest.raises(ValueError, match="`dtype` must be a dtype, got None"):
        ours.itemsize_bits(None)


# The classes that ours are a kind of too, where JAX's are.
ANCESTORS = (TypeError, IndexError, RuntimeError, ValueError)


@pytest.mark.parametrize("name", [n for n in dir(jax.errors) if not n.startswith("_")])
def test_an_error_is_caught_where_jax_s_is(name: str) -> None:
    mine, other = getattr(verax.errors, name), getattr(jax.errors, name)
    for ancestor in ANCESTORS:
        assert not issubclass(other, ancestor) or issubclass(mine, ancestor)
    for parent in other.__mro__:
        if parent.__module__.startswith("jax") and not parent.__name__.startswith("_"):
            assert issubclass(mine, getattr(verax.errors, parent.__name__))


def test_an_abstract_mask_raises_jax_s_error() -> None:
    x: Any = np.ones(3, np.float32)
    with pytest.raises(verax.errors.NonConcreteBooleanIndexError, match="A mask in an index must be known"):
        verax.jit(lambda x: x[x > 0])(x)
    with pytest.raises(IndexError):
        verax.jit(lambda x: x[x > 0])(x)
