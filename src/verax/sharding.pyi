"""To a type checker, what `import verax.sharding` gives; at run time `verax/__init__.py` finds the real module."""

from .language.sharding import *
