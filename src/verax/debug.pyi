"""To a type checker, what `import verax.debug` gives; at run time `verax/__init__.py` finds the real module."""

from .language.debug import *
