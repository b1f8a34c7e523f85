"""To a type checker, what `import verax.tree_util` gives; at run time `verax/__init__.py` finds the real module."""

from .language.tree_util import *
