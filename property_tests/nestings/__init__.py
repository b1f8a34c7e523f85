"""Transforms in transforms: every nesting of jvp, vjp, vmap and jit is what its plain form is."""
