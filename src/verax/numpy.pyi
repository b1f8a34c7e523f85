"""To a type checker, what `import verax.numpy` gives; at run time `verax/__init__.py` finds the real module."""

from .language.numpy import *
