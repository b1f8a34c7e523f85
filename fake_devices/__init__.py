"""Meshes of pretend devices: any number, per test, in one process."""

from .lanes import run_lanes as run_lanes
from .mesh import Device as Device
from .mesh import Mesh as Mesh
from .mesh import current_mesh as current_mesh
from .mesh import devices as devices
from .mesh import fake_devices as fake_devices
