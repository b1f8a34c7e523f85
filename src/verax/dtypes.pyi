"""To a type checker, what `import verax.dtypes` gives; at run time `verax/__init__.py` finds the real module."""

from .language.public_dtypes import *
