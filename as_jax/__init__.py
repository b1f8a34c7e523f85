"""JAX's module tree, resolved to Verax: `verax.as_jax.install()`, `python -m verax.as_jax script.py`."""

from .finder import install as install
from .finder import installed as installed
from .finder import uninstall as uninstall
