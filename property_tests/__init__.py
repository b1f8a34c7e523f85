"""The laws that a function should obey, the inputs that try them, and the pytest plugin."""
