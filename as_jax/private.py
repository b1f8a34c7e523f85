"""The names outside of JAX's documented modules that libraries touch: a row each, with who needs it.

Modules that are named here exist under `verax.as_jax` for these names only.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A name of JAX's, and what it is in Verax.

    Attributes:
        name: JAX's, with its module.
        module: Verax's module.
        attribute: its name there.
        needed_by: the libraries that touch it.
    """

    name: str
    module: str
    attribute: str
    needed_by: str


ROWS = [
    Row(
        "jax._src.compiler.backend_compile_and_load",
        "verax.as_jax.absent",
        "backend_compile_and_load",
        "chex",
    ),
    Row("jax._src.xla_bridge._backends", "verax.as_jax.backends", "BACKENDS", "chex (set_n_cpu_devices)"),
    Row("jax.lib.xla_bridge.get_backend", "verax.as_jax.backends", "get_backend", "jraph's tests"),
    Row("jax.api_util.flatten_fun", "verax.as_jax.traces", "flatten_fun", "haiku (to_dot)"),
    Row("jax.core.Atom", "verax.language.program", "Atom", "haiku"),
    Row("jax.core.Trace", "verax.as_jax.traces", "Trace", "haiku (to_dot)"),
    Row("jax.core.Tracer", "verax.as_jax.traces", "Tracer", "chex, haiku, distrax"),
    Row("jax.core.pytype_aval_mappings", "verax.as_jax.array_types", "MAPPINGS", "TFP"),
    Row("jax.custom_derivatives.SymbolicZero", "verax.language.custom_rules", "SymbolicZero", "distrax"),
    Row(
        "jax.custom_derivatives.CustomVJPPrimal", "verax.language.custom_rules", "CustomVJPPrimal", "distrax"
    ),
    Row("jax.experimental.io_callback", "verax.language.callbacks", "io_callback", "any (JAX documents it)"),
    Row("jax.core.eval_jaxpr", "verax.as_jax.jaxprs", "eval_jaxpr", "any that interprets jaxprs"),
    Row("jax.extend.core.ClosedJaxpr", "verax.as_jax.jaxprs", "ClosedJaxpr", "distrax"),
    Row("jax.extend.core.DropVar", "verax.as_jax.jaxprs", "DropVar", "haiku"),
    Row("jax.extend.core.Jaxpr", "verax.as_jax.jaxprs", "Jaxpr", "haiku"),
    Row("jax.extend.core.JaxprEqn", "verax.as_jax.jaxprs", "JaxprEqn", "haiku"),
    Row("jax.extend.core.Literal", "verax.as_jax.jaxprs", "Literal", "haiku, distrax"),
    Row("jax.extend.core.TraceTag", "verax.as_jax.traces", "TraceTag", "haiku (to_dot)"),
    Row("jax.extend.core.primitives.jit_p", "verax.language.catalogue", "jit_p", "haiku (to_dot), distrax"),
    Row("jax.extend.core.Var", "verax.language.program", "Variable", "haiku, distrax"),
    Row(
        "jax.extend.core.get_opaque_trace_state",
        "verax.as_jax.trace_state",
        "get_opaque_trace_state",
        "haiku",
    ),
    Row("jax.extend.core.jaxpr_as_fun", "verax.as_jax.jaxprs", "jaxpr_as_fun", "haiku (to_dot)"),
    Row("jax.extend.core.set_current_trace", "verax.as_jax.traces", "set_current_trace", "haiku (to_dot)"),
    Row("jax.extend.core.take_current_trace", "verax.as_jax.traces", "take_current_trace", "haiku (to_dot)"),
    Row("jax.extend.core.valid_jaxtype", "verax.as_jax.array_types", "valid_jaxtype", "distrax"),
    Row("jax.extend.linear_util.transformation", "verax.as_jax.traces", "transformation", "haiku (to_dot)"),
    Row("jax.extend.linear_util.wrap_init", "verax.as_jax.traces", "wrap_init", "haiku (to_dot), distrax"),
    Row("jax.interpreters.xla.canonicalize_dtype_handlers", "verax.as_jax.array_types", "MAPPINGS", "TFP"),
    Row("jax.version.__version__", "verax.as_jax.version", "VERSION", "haiku"),
    Row("jax.version.__version_info__", "verax.as_jax.version", "VERSION_INFO", "haiku"),
]
# Primitives, by JAX's names for them.
_PRIMITIVES = (
    "acosh add asinh atanh conj cosh div erf erf_inv exp expm1 integer_pow log log1p mul neg pow rsqrt sinh sqrt "
    "square sub tanh"
)
ROWS += [
    Row(f"jax.lax.{name}_p", "verax.language.catalogue", f"{name}_p", "distrax")
    for name in _PRIMITIVES.split()
]
PRIVATE = {row.name: row for row in ROWS}
