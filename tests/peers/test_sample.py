"""A sample of what `tox run -e peers` runs whole: files of the libraries' own tests, on Verax, in this environment.

JAX is installed here. That it is not what runs is seen by the primitives that Verax says it executed; in the place of
jax and of jaxlib stand the packages that raise.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.peers.baseline import baseline
from tests.peers.compare import result
from tests.peers.libraries import LIBRARIES
from tests.peers.run import ended, executed, outcomes, packages, run_file

RAISING = Path(__file__).with_name("raising")
# Files of which every test that passes on JAX passes here, and which take about a second of CPU each.
FILES = (
    "chex/_src/variants_test.py",
    "jraph/_src/models_test.py",
    "optax/_src/transform_test.py",
    "optax/losses/_classification_test.py",
    "optax/losses/_segmentation_test.py",
    "optax/projections/_projections_test.py",
)


@pytest.mark.parametrize("file", FILES)
def test_every_test_of_the_file_that_passes_on_jax_passes(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [str(RAISING / name) for name in ("jax", "jaxlib")]
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([*first, *filter(None, [before])]))
    library = LIBRARIES[file.partition("/")[0]]
    ids = [one for one in baseline(library.name) if one.startswith(f"{file}::")]
    path = run_file(file, packages(), "verax", tmp_path)

    assert ended(path) in ("0", "1")
    assert list(result(library, ids, outcomes(path)).failing) == []
    assert len(ids) >= 10
    assert executed(path) > 0
