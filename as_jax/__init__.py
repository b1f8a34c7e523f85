"""JAX's module tree, resolved to Verax: `verax.as_jax.install()`, `python -m verax.as_jax script.py`.

In a notebook: ``%load_ext verax.as_jax``.
"""

from typing import Any

from .finder import install as install
from .finder import installed as installed
from .finder import uninstall as uninstall


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext verax.as_jax``: from here on, `import jax` gives Verax in the notebook.

    Raises:
        ImportError: JAX itself has been imported already.
    """
    install()


def unload_ipython_extension(ipython: Any) -> None:
    """``%unload_ext verax.as_jax``: the next `import jax` finds JAX again.

    Raises nothing.
    """
    uninstall()
