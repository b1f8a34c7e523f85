"""To a type checker, what `import verax.random` gives; at run time `verax/__init__.py` finds the real module."""

from .language.random import *
