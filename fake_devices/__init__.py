"""Meshes of pretend devices: any number, per test, in one process."""

from .lanes import run_lanes as run_lanes
from .mesh import Device as Device
from .mesh import Mesh as Mesh
from .mesh import current_mesh as current_mesh
from .mesh import device_count as device_count
from .mesh import devices as devices
from .mesh import fake_devices as fake_devices
from .mesh import local_device_count as local_device_count
from .mesh import local_devices as local_devices
from .mesh import process_count as process_count
from .mesh import process_index as process_index
