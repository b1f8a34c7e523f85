"""The pytest plugin. PYTEST_DONT_REWRITE.

`pytest --verax examples/losses.py` judges the functions of a file: one item for each function and law.
`@pytest.mark.fake_devices(8)` runs a test on a mesh of pretend devices; the fixture `fake_devices` makes
one where it is called. `@pytest.mark.variants("jit", "reference")` runs a test once for each variant, which the fixture
`variant` applies to functions. Nothing of Verax is imported until one of these is used.
"""

from __future__ import annotations

import fnmatch
import importlib.util
import os
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .outcomes import SubjectReport
    from .subjects import Subject

_LINE = "verax.tally"  # the property of a report that the summary adds up


# -- options ------------------------------------------------------------------------------------------------
def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --verax and its settings."""
    group = parser.getgroup("verax", "the truth of array programs")
    group.addoption(
        "--verax",
        action="store_true",
        help="judge the functions of the files and modules that are named: one item for each function and law",
    )
    group.addoption(
        "--verax-profile",
        choices=("dev", "ci", "nightly"),
        help="how many inputs are tried, and from which seed; also sets hypothesis's profile (default: ci)",
    )
    group.addoption("--verax-seed", type=int, metavar="N", help="what inputs are drawn from")
    group.addoption("--verax-examples", type=int, metavar="N", help="inputs for each function and law")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """In a process that one under `verax.as_jax` started (a worker of xdist's), `import jax` gives Verax too."""
    if os.environ.get("VERAX_AS_JAX"):
        from ..as_jax.children import join

        join()


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark; with --verax, let modules be named as such."""
    config.addinivalue_line(
        "markers", "fake_devices(n, ...): run the test on a mesh of n pretend devices (needs no hardware)"
    )
    config.addinivalue_line(
        "markers",
        "variants(*names): run the test once for each, with the fixture `variant`: eager, jit, vmap, pmap, reference",
    )
    if config.getoption("verax"):
        config.args = [_as_path(argument) for argument in config.args]
    if config.getoption("verax_profile"):
        from hypothesis import settings

        from .profiles import register_with_hypothesis

        register_with_hypothesis()
        settings.load_profile(f"verax-{config.getoption('verax_profile')}")


def _as_path(argument: str) -> str:
    """An argument that names a module, as its file's path; every other one as it is.

    pytest's own --pyargs would take `losses.py` for the module `py` of a package `losses`, and import it.
    """
    place, colons, rest = argument.partition("::")
    if os.path.exists(place) or not all(part.isidentifier() for part in place.split(".")):
        return argument
    try:
        spec = importlib.util.find_spec(place)
    except (ImportError, ValueError):
        return argument  # pytest says that there is no such file
    except Exception as err:
        raise pytest.UsageError(f"`{place}` cannot be found: importing its package raises {err!r}.") from err
    return f"{spec.origin}{colons}{rest}" if spec is not None and spec.origin else argument


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say what the inputs are drawn from."""
    if not config.getoption("verax"):
        return None
    examples, seed = _plan(config)
    return f"verax: {examples} inputs a law, seed {seed}"


def _plan(config: pytest.Config) -> tuple[int, int]:
    """How many inputs, and from which seed."""
    from .profiles import profile_named

    profile = profile_named(config.getoption("verax_profile") or "ci")
    examples, seed = config.getoption("verax_examples"), config.getoption("verax_seed")
    return (
        profile.examples if examples is None else examples,
        profile.seed() if seed is None else seed,
    )


# -- collection -----------------------------------------------------------------------------------------------
@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect subjects instead of tests from a file that was named and is no test file."""
    config = parent.config
    if not config.getoption("verax") or not parent.session.isinitpath(module_path):
        return None
    patterns = config.getini("python_files")
    if any(fnmatch.fnmatch(module_path.name, p) for p in patterns):
        return None
    return VeraxFile.from_parent(parent, path=module_path)


class VeraxFile(pytest.File):
    """A file of subjects."""

    def collect(self) -> Iterator[pytest.Collector]:
        """One collector for each subject."""
        from ..language.errors import UsageError
        from .subjects import discover

        try:
            found = discover(str(self.path))
        except UsageError as err:
            raise self.CollectError(str(err)) from err
        for subject in found:
            yield VeraxSubject.from_parent(self, name=subject.name.rpartition("::")[2], subject=subject)


class VeraxSubject(pytest.Collector):
    """A subject: one item for each law that fits it."""

    subject: Subject

    def __init__(self, *, subject: Subject, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.subject = subject

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each law; one in all for a function that cannot be tried."""
        from .laws import LAWS

        if self.subject.problem is not None and self.subject.mark.inputs is None:
            yield VeraxItem.from_parent(self, name="inputs", law="returns")
            return
        fitting = [law.name for law in LAWS.values() if not law.fits(self.subject)]
        for law in fitting or ["value"]:
            yield VeraxItem.from_parent(self, name=law, law=law)


class Broken(Exception):
    """Raised by an item whose law does not hold; carries what is said of it."""

    def __init__(self, report: SubjectReport) -> None:
        super().__init__(report.subject)
        self.report = report


class VeraxItem(pytest.Item):
    """One law of one subject."""

    def __init__(self, *, law: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.law = law

    def runtest(self) -> None:
        """Check the law, and keep the numbers in the item's properties."""
        from .checking import check_subject

        assert isinstance(self.parent, VeraxSubject), "items are made by their subject"
        examples, seed = _plan(self.config)
        report = check_subject(self.parent.subject, [self.law], examples=examples, seed=seed)
        self.user_properties += _properties(report)
        notes = [str(f) for f in report.findings if not f.fails]
        if notes:
            self.add_report_section("call", "verax", "\n".join(notes))
        if any(f.fails for f in report.findings):
            raise Broken(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings, instead of a traceback."""
        if isinstance(excinfo.value, Broken):
            return "\n\n".join(str(f) for f in excinfo.value.report.findings if f.fails)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The function's own line, and "function [law]"."""
        assert isinstance(self.parent, VeraxSubject), "items are made by their subject"
        subject = self.parent.subject
        return self.path, max(subject.line - 1, 0), f"{self.parent.name} [{self.name}]"


def _properties(report: SubjectReport) -> list[tuple[str, object]]:
    """What JUnit and the summary get: plain values, which travel between xdist's processes."""
    tally = report.tally
    found: list[tuple[str, object]] = [
        (_LINE, f"{tally.hold} {tally.findings} {tally.unverified} {tally.ambiguous} {tally.notes}"),
        ("verax.status", str(report.status)),
        ("verax.platform", report.platform),
        ("verax.inputs", report.inputs),
        ("verax.edges", report.edges),
    ]
    worst = report.value or report.gradient
    if worst is not None:
        found += [
            ("verax.max_ulp", worst.error),
            ("verax.bound", worst.bound),
            ("verax.metric", "fractional ULP of the true value"),
        ]
    if report.findings:
        found.append(("verax.codes", " ".join(sorted({f.code for f in report.findings}))))
        found.append(("verax.worst_input", " | ".join(report.findings[0].worst_input)))
    return found


# -- summary ----------------------------------------------------------------------------------------------------
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say in one line how the laws went. Reports carry their tallies, so that it is right under xdist."""
    if not config.getoption("verax") or config.getoption("collectonly"):
        return
    totals = [0] * 5
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") != "call":
                continue
            for name, value in getattr(report, "user_properties", ()):
                if name == _LINE:
                    totals = [a + int(b) for a, b in zip(totals, str(value).split(), strict=True)]
    hold, findings, unverified, ambiguous, notes = totals
    terminalreporter.write_line(
        f"verax: {hold} hold, {findings} findings, {unverified} unverified, {ambiguous} ambiguous, {notes} notes"
    )


# -- fake devices -------------------------------------------------------------------------------------------------
@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run a test that is marked fake_devices(n) on a mesh of n devices."""
    mark = item.get_closest_marker("fake_devices")
    if mark is None:
        return (yield)
    from ..fake_devices import fake_devices as mesh_of

    with mesh_of(*mark.args, **mark.kwargs):
        return (yield)


# -- variants -----------------------------------------------------------------------------------------------------
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each variant of its mark; all of them, where the mark names none."""
    mark = metafunc.definition.get_closest_marker("variants")
    if mark is None:
        return
    if "variant" not in metafunc.fixturenames:
        pytest.fail("A test that is marked variants(...) must take the fixture `variant`.", pytrace=False)
    from ..chex_like.variant_marks import VARIANTS

    unknown = [name for name in mark.args if name not in VARIANTS]
    if unknown:
        pytest.fail(f"The mark variants(...) knows {', '.join(VARIANTS)}, got {unknown}.", pytrace=False)
    metafunc.parametrize("variant", list(mark.args or VARIANTS), indirect=True)


@pytest.fixture(name="variant")
def _variant(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A decorator of functions, which does what the test's variant says: ``variant(f, static_argnums=1)``."""
    if not hasattr(request, "param"):
        pytest.fail(
            'The fixture `variant` needs a mark: @pytest.mark.variants("jit", "eager").', pytrace=False
        )
    from ..chex_like.variant_marks import Variant

    found = Variant(request.param)
    yield found
    if not found.calls:
        pytest.fail(
            f"The test is marked variants(...), but applied `variant` to no function ({found}).",
            pytrace=False,
        )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin each test with no traces counted, where `assert_max_traces` is in use."""
    traces = sys.modules.get(f"{__name__.partition('.')[0]}.chex_like.traces")
    if traces is not None:
        traces.clear_trace_counter()


@pytest.fixture(name="fake_devices")
def _fake_devices() -> Callable[..., Any]:
    """`verax.fake_devices.fake_devices`: ``with fake_devices(8):`` runs the block on a mesh of 8."""
    from ..fake_devices import fake_devices as mesh_of

    return mesh_of
