"""To a type checker, what `import verax.lax` gives; at run time `verax/__init__.py` finds the real module."""

from .language.lax import *
