"""To a type checker, what `import verax.scipy` gives; at run time `verax/__init__.py` finds the real module."""

from .language.scipy import *
