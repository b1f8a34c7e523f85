"""Where the repository is, for the tests that read it."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds the rooms."""
    return Path(__file__).parents[2]
