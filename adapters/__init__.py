"""Other people's programs, and what the platforms that run ours promise."""

from .cupy_profile import CUPY as CUPY
from .cupy_profile import CUPY_UFUNCS as CUPY_UFUNCS
from .jax_profile import JAX as JAX
from .numpy_profile import NUMPY as NUMPY
from .numpy_profile import NUMPY_UFUNCS as NUMPY_UFUNCS
from .profiles import PROFILES as PROFILES
from .profiles import profile_of as profile_of
