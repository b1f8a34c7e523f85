"""The transforms: their signatures and argument checks are here, their meaning is the implementations'.

Each takes and returns what its JAX namesake does.
"""

from __future__ import annotations

from .arguments import Function as Function
from .checkpointing import checkpoint as checkpoint
from .checkpointing import checkpoint_name as checkpoint_name
from .checkpointing import checkpoint_policies as checkpoint_policies
from .checkpointing import remat as remat
from .compiling import clear_caches as clear_caches
from .compiling import jit as jit
from .directions import jvp as jvp
from .directions import linearize as linearize
from .directions import vjp as vjp
from .gradients import grad as grad
from .gradients import value_and_grad as value_and_grad
from .jacobians import hessian as hessian
from .jacobians import jacfwd as jacfwd
from .jacobians import jacobian as jacobian
from .jacobians import jacrev as jacrev
from .looking import eval_shape as eval_shape
from .looking import make_jaxpr as make_jaxpr
from .looking import make_program as make_program
from .mapping import pmap as pmap
from .mapping import vmap as vmap
from .naming import named_call as named_call
from .naming import named_scope as named_scope
from .sharding import shard_map as shard_map
from .transposition import linear_transpose as linear_transpose
