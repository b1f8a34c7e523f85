"""Not jaxlib: raises when it is imported."""

raise ImportError("jaxlib itself was imported where tests run on Verax alone: the import went past as_jax.")
