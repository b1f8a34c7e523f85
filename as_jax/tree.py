"""Which of JAX's modules and names there are, and what each one is in Verax."""

from __future__ import annotations

# JAX's module -> Verax's.
MODULES = {
    "jax.dtypes": "verax.language.public_dtypes",
    "jax.errors": "verax.language.errors",
    "jax.lax": "verax.language.lax",
    "jax.nn": "verax.language.nn",
    "jax.nn.initializers": "verax.language.nn.initializers",
    "jax.numpy": "verax.language.numpy",
    "jax.ops": "verax.language.ops",
    "jax.random": "verax.language.random",
    "jax.scipy": "verax.language.scipy",
    "jax.scipy.special": "verax.language.scipy.special",
    "jax.tree": "verax.language.tree",
    "jax.tree_util": "verax.language.tree_util",
}

# A name of the module `jax` itself -> (Verax's module, its name there).
_TRANSFORMS = (
    "eval_shape",
    "grad",
    "hessian",
    "jacfwd",
    "jacrev",
    "jit",
    "jvp",
    "linearize",
    "pmap",
    "value_and_grad",
    "vjp",
    "vmap",
)
NAMES = {
    **{name: ("verax.language.transforms", name) for name in _TRANSFORMS},
    "Array": ("verax.language.arrays", "Array"),
    "ShapeDtypeStruct": ("verax.language.shapes", "ShapeDtypeStruct"),
    "config": ("verax.language.config", "config"),
    "custom_jvp": ("verax.language.custom_rules", "custom_jvp"),
    "custom_vjp": ("verax.language.custom_rules", "custom_vjp"),
    "devices": ("verax.fake_devices", "devices"),
    "enable_x64": ("verax.language.config", "enable_x64"),
    "make_jaxpr": ("verax.language.transforms", "make_program"),
}
