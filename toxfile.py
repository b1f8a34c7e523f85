"""What tox.ini cannot say: one clear sentence where Python is too old, before anything is installed."""

from tox.plugin import impl
from tox.tox_env.api import ToxEnv
from tox.tox_env.errors import Fail
from tox.tox_env.python.api import Python

OLDEST = (3, 11)  # pyproject.toml's requires-python; read by hand, for Python 3.10 has no TOML reader


@impl
def tox_on_install(tox_env: ToxEnv, arguments: object, section: str, of_type: str) -> None:
    """Refuse a Python that `requires-python` refuses: left to itself, pip fails on some dependency first."""
    if isinstance(tox_env, Python) and tox_env.base_python.version_info[:2] < OLDEST:
        needed = ".".join(map(str, OLDEST))
        found = ".".join(map(str, tox_env.base_python.version_info[:3]))
        raise Fail(
            f"Python {found}: Verax needs Python {needed} or newer. "
            f"Delete .venv and .tox, and make the environment with it: python{needed} -m venv .venv"
        )
