"""Not jax: raises when it is imported."""

raise ImportError("jax itself was imported where tests run on Verax alone: the import went past as_jax.")
