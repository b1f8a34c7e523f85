"""`jax.example_libraries`: Stax and the optimizers that go with it, for programs that import them."""
