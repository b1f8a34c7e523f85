"""Which of JAX's modules and names there are, and what each one is in Verax."""

from __future__ import annotations

# JAX's module -> Verax's.
MODULES = {
    "jax.dtypes": "verax.language.public_dtypes",
    "jax.errors": "verax.language.errors",
    "jax.lax": "verax.language.lax",
    "jax.lax.linalg": "verax.language.lax.linalg",
    "jax.nn": "verax.language.nn",
    "jax.nn.initializers": "verax.language.nn.initializers",
    "jax.numpy": "verax.language.numpy",
    "jax.numpy.fft": "verax.language.numpy.fft",
    "jax.numpy.linalg": "verax.language.numpy.linalg",
    "jax.ops": "verax.language.ops",
    "jax.random": "verax.language.random",
    "jax.scipy": "verax.language.scipy",
    "jax.scipy.linalg": "verax.language.scipy.linalg",
    "jax.sharding": "verax.language.sharding",
    "jax.scipy.special": "verax.language.scipy.special",
    "jax.tree": "verax.language.tree",
    "jax.tree_util": "verax.language.tree_util",
}

# A name of the module `jax` itself -> (Verax's module, its name there).
_TRANSFORMS = (
    "checkpoint",
    "checkpoint_policies",
    "eval_shape",
    "grad",
    "hessian",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jit",
    "jvp",
    "linear_transpose",
    "linearize",
    "make_jaxpr",
    "named_call",
    "named_scope",
    "pmap",
    "remat",
    "shard_map",
    "value_and_grad",
    "vjp",
    "vmap",
)
_PLACEMENT = ("block_until_ready", "default_backend", "device_get", "device_put", "typeof")
_DEVICES = (
    "device_count",
    "devices",
    "local_device_count",
    "local_devices",
    "make_mesh",
    "process_count",
    "process_index",
)
NAMES = {
    **{name: ("verax.language.transforms", name) for name in _TRANSFORMS},
    **{name: ("verax.language.placement", name) for name in _PLACEMENT},
    **{name: ("verax.fake_devices", name) for name in _DEVICES},
    "Array": ("verax.language.arrays", "Array"),
    "ShapeDtypeStruct": ("verax.language.shapes", "ShapeDtypeStruct"),
    "config": ("verax.language.config", "config"),
    "set_mesh": ("verax.language.sharding", "set_mesh"),
    "custom_jvp": ("verax.language.custom_rules", "custom_jvp"),
    "custom_vjp": ("verax.language.custom_rules", "custom_vjp"),
    "closure_convert": ("verax.language.closures", "closure_convert"),
    "custom_gradient": ("verax.language.closures", "custom_gradient"),
    "disable_jit": ("verax.language.eagerness", "disable_jit"),
    "float0": ("verax.language.dtypes", "float0"),
    "enable_x64": ("verax.language.config", "enable_x64"),
}
