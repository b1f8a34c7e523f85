"""One program, two vocabularies: Verax's names and JAX's, so that a test is written once and run on both."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp

import verax
from verax import numpy as vnp

_NAMES = (
    "jit vmap grad value_and_grad jvp vjp linearize linear_transpose jacfwd jacrev hessian checkpoint custom_jvp "
    "custom_vjp custom_gradient closure_convert lax tree_util"
)
TRANSFORMS = _NAMES.split(" ")
OURS: Any = SimpleNamespace(np=vnp, **{name: getattr(verax, name) for name in TRANSFORMS})
THEIRS: Any = SimpleNamespace(np=jnp, **{name: getattr(jax, name) for name in TRANSFORMS})
