"""How to run programs fast: trace levels, differentiation, batching, kernels, devices."""

from .array import FastArray as FastArray
from .devices import Device as Device
from .devices import default_device as default_device
from .devices import devices as devices
from .devices import on_device as on_device
from .implementation import implementation as implementation
from .transfer import device_get as device_get
from .transfer import device_put as device_put
