"""JAX's programs as ours: a jaxpr is read equation by equation, each primitive by its row."""

from .errors import Unconvertible as Unconvertible
from .reading import from_jaxpr as from_jaxpr
from .reading import program_of as program_of
