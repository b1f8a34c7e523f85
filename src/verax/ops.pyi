"""To a type checker, what `import verax.ops` gives; at run time `verax/__init__.py` finds the real module."""

from .language.ops import *
