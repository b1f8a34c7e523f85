"""To a type checker, what `import verax.tree` gives; at run time `verax/__init__.py` finds the real module."""

from .language.tree import *
