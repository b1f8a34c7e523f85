"""What a program may say: primitives, programs, dispatch, and JAX's vocabulary over them."""
