"""To a type checker, what `import verax.nn` gives; at run time `verax/__init__.py` finds the real module."""

from .language.nn import *
