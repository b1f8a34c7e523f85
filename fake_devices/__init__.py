"""Meshes of pretend devices: any number, per test, in one process."""

from ..language.meshes import Device as Device
from ..language.meshes import Mesh as Mesh
from .block import current_block as current_block
from .faults import Corrupt as Corrupt
from .faults import Die as Die
from .faults import Reorder as Reorder
from .faults import Slow as Slow
from .lanes import run_lanes as run_lanes
from .mesh import FakeMesh as FakeMesh
from .mesh import current_mesh as current_mesh
from .mesh import device_count as device_count
from .mesh import devices as devices
from .mesh import fake_devices as fake_devices
from .mesh import local_device_count as local_device_count
from .mesh import local_devices as local_devices
from .mesh import process_count as process_count
from .mesh import process_index as process_index
from .mesh import require as require
from .mesh import require_lanes as require_lanes
from .orders import in_order as in_order
from .orders import ring as ring
from .orders import shuffled as shuffled
from .orders import tree as tree
from .standing import LaneDiedError as LaneDiedError
from .standing import MismatchError as MismatchError
from .traffic import Traffic as Traffic
