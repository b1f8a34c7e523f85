"""Other people's programs, and what the platforms that run ours promise."""

from .cupy_profile import CUPY as CUPY
from .numpy_profile import NUMPY as NUMPY
from .profiles import PROFILES as PROFILES
from .profiles import profile_of as profile_of
