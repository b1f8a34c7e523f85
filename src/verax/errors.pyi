"""To a type checker, what `import verax.errors` gives; at run time `verax/__init__.py` finds the real module."""

from .language.errors import *
