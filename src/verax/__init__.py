"""Verax tells the truth about array programs.

This is the face: it defines nothing, and loads what it names when that is first used, so that
`import verax` costs a few milliseconds whatever stands behind it.
"""

from __future__ import annotations

import importlib
import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the same names as in the tables below, for type checkers; a test compares them
    from collections.abc import Sequence
    from types import ModuleType

    from .chex_like import check_equations as check_equations
    from .chex_like import judge as judge
    from .fake_devices import device_count as device_count
    from .fake_devices import devices as devices
    from .fake_devices import local_device_count as local_device_count
    from .fake_devices import local_devices as local_devices
    from .fake_devices import make_mesh as make_mesh
    from .fake_devices import process_count as process_count
    from .fake_devices import process_index as process_index
    from .language.arrays import Array as Array
    from .language.callbacks import effects_barrier as effects_barrier
    from .language.callbacks import io_callback as io_callback
    from .language.callbacks import pure_callback as pure_callback
    from .language.closures import closure_convert as closure_convert
    from .language.closures import custom_gradient as custom_gradient
    from .language.config import config as config
    from .language.config import enable_x64 as enable_x64
    from .language.config import explain_cache_misses as explain_cache_misses
    from .language.config import log_compiles as log_compiles
    from .language.custom_rules import custom_jvp as custom_jvp
    from .language.custom_rules import custom_vjp as custom_vjp
    from .language.dispatch import using as using
    from .language.dtypes import float0 as float0
    from .language.eagerness import disable_jit as disable_jit
    from .language.leaks import checking_leaks as checking_leaks
    from .language.nonfinite import debug_infs as debug_infs
    from .language.nonfinite import debug_nans as debug_nans
    from .language.placement import block_until_ready as block_until_ready
    from .language.placement import default_backend as default_backend
    from .language.placement import device_get as device_get
    from .language.placement import device_put as device_put
    from .language.placement import typeof as typeof
    from .language.shapes import ShapeDtypeStruct as ShapeDtypeStruct
    from .language.sharding import set_mesh as set_mesh
    from .language.subject import subject as subject
    from .language.transforms import checkpoint as checkpoint
    from .language.transforms import checkpoint_name as checkpoint_name
    from .language.transforms import checkpoint_policies as checkpoint_policies
    from .language.transforms import clear_caches as clear_caches
    from .language.transforms import (
        eval_shape as eval_shape,
    )
    from .language.transforms import (
        grad as grad,
    )
    from .language.transforms import (
        hessian as hessian,
    )
    from .language.transforms import (
        jacfwd as jacfwd,
    )
    from .language.transforms import jacobian as jacobian
    from .language.transforms import (
        jacrev as jacrev,
    )
    from .language.transforms import (
        jit as jit,
    )
    from .language.transforms import (
        jvp as jvp,
    )
    from .language.transforms import linear_transpose as linear_transpose
    from .language.transforms import (
        linearize as linearize,
    )
    from .language.transforms import make_jaxpr as make_jaxpr
    from .language.transforms import (
        make_program as make_program,
    )
    from .language.transforms import named_call as named_call
    from .language.transforms import named_scope as named_scope
    from .language.transforms import (
        pmap as pmap,
    )
    from .language.transforms import remat as remat
    from .language.transforms import shard_map as shard_map
    from .language.transforms import (
        value_and_grad as value_and_grad,
    )
    from .language.transforms import (
        vjp as vjp,
    )
    from .language.transforms import (
        vmap as vmap,
    )

    __version__: str

ROOMS = (
    "adapters",
    "as_jax",
    "chex_like",
    "ci",
    "fake_devices",
    "fast",
    "language",
    "property_tests",
    "reference",
    "reports",
)

# A public name -> the module that defines it.
_NAMES = {
    "Array": "verax.language.arrays",
    "ShapeDtypeStruct": "verax.language.shapes",
    "block_until_ready": "verax.language.placement",
    "checkpoint": "verax.language.transforms",
    "checkpoint_name": "verax.language.transforms",
    "checkpoint_policies": "verax.language.transforms",
    "checking_leaks": "verax.language.leaks",
    "clear_caches": "verax.language.transforms",
    "closure_convert": "verax.language.closures",
    "config": "verax.language.config",
    "custom_gradient": "verax.language.closures",
    "custom_jvp": "verax.language.custom_rules",
    "custom_vjp": "verax.language.custom_rules",
    "default_backend": "verax.language.placement",
    "device_count": "verax.fake_devices",
    "device_get": "verax.language.placement",
    "device_put": "verax.language.placement",
    "devices": "verax.fake_devices",
    "disable_jit": "verax.language.eagerness",
    "effects_barrier": "verax.language.callbacks",
    "enable_x64": "verax.language.config",
    "eval_shape": "verax.language.transforms",
    "debug_infs": "verax.language.nonfinite",
    "debug_nans": "verax.language.nonfinite",
    "explain_cache_misses": "verax.language.config",
    "log_compiles": "verax.language.config",
    "float0": "verax.language.dtypes",
    "grad": "verax.language.transforms",
    "hessian": "verax.language.transforms",
    "jacfwd": "verax.language.transforms",
    "jacobian": "verax.language.transforms",
    "jacrev": "verax.language.transforms",
    "jit": "verax.language.transforms",
    "check_equations": "verax.chex_like",
    "judge": "verax.chex_like",
    "io_callback": "verax.language.callbacks",
    "jvp": "verax.language.transforms",
    "linear_transpose": "verax.language.transforms",
    "linearize": "verax.language.transforms",
    "local_device_count": "verax.fake_devices",
    "local_devices": "verax.fake_devices",
    "make_mesh": "verax.fake_devices",
    "make_jaxpr": "verax.language.transforms",
    "make_program": "verax.language.transforms",
    "named_call": "verax.language.transforms",
    "named_scope": "verax.language.transforms",
    "pmap": "verax.language.transforms",
    "process_count": "verax.fake_devices",
    "process_index": "verax.fake_devices",
    "pure_callback": "verax.language.callbacks",
    "remat": "verax.language.transforms",
    "set_mesh": "verax.language.sharding",
    "shard_map": "verax.language.transforms",
    "subject": "verax.language.subject",
    "typeof": "verax.language.placement",
    "using": "verax.language.dispatch",
    "value_and_grad": "verax.language.transforms",
    "vjp": "verax.language.transforms",
    "vmap": "verax.language.transforms",
}

# A module's public name -> its real name. `import verax.numpy` and `verax.numpy` give one and the
# same module; `verax/numpy.pyi` and its like say so to type checkers.
_MODULES = {
    "dtypes": "verax.language.public_dtypes",
    "debug": "verax.language.debug",
    "errors": "verax.language.errors",
    "lax": "verax.language.lax",
    "nn": "verax.language.nn",
    "numpy": "verax.language.numpy",
    "ops": "verax.language.ops",
    "random": "verax.language.random",
    "scipy": "verax.language.scipy",
    "sharding": "verax.language.sharding",
    "tree": "verax.language.tree",
    "tree_util": "verax.language.tree_util",
}

__all__ = sorted(["__version__", *ROOMS, *_NAMES, *_MODULES])  # noqa: PLE0605  # a test compares it


def _require_rooms(folder: str) -> None:
    """Refuse a copy whose rooms are not folders: every later error would be a riddle.

    Raises:
        ImportError: a link was checked out as a text file, or left out of a wheel built from such a clone.
    """
    if not os.path.isdir(folder):  # a zip archive, which has no links to lose
        return
    for room in ROOMS:
        if not os.path.isdir(os.path.join(folder, room)):
            raise ImportError(
                f"Verax's room `{room}` must be a folder, and is a text file or missing: this copy comes from a "
                f"clone without symbolic links. Run `git config core.symlinks true`, then "
                f"`git checkout -- src/verax` (on Windows in Developer Mode), and install it again.",
                name=f"verax.{room}",
            )


class _Alias(Loader):
    """Give a module under its public name."""

    def __init__(self, real: str) -> None:
        self.real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Import the real module."""
        module = importlib.import_module(self.real)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Restore what the import system has just overwritten; the module itself has run already."""
        module.__spec__ = self.spec


class _AliasFinder(MetaPathFinder):
    """Find `verax.numpy`, `verax.numpy.linalg`, ... where they really are."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of an alias; None for every other module."""
        package, _, rest = fullname.partition(".")
        head, dot, tail = rest.partition(".")
        if package != __name__ or head not in _MODULES:
            return None
        return ModuleSpec(fullname, _Alias(_MODULES[head] + dot + tail))


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name]), name)
    elif name in _MODULES or name in ROOMS:
        value = importlib.import_module(f"{__name__}.{name}")
    elif name == "__version__":
        from importlib.metadata import version

        value = version(__name__)
    else:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}", name=name, obj=sys.modules[__name__]
        )
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)


_require_rooms(os.path.dirname(__file__))
# First: an alias has the path of the real package, where others would find its modules a second time.
sys.meta_path.insert(0, _AliasFinder())

from .language.implementations import register_implementation  # noqa: E402  # the rooms must be there

register_implementation("fast", "verax.fast")
register_implementation("reference", "verax.reference")
