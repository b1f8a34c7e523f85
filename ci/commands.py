"""The commands of this room: `verax gate`, `verax replay`, `verax rule`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import click


@click.command(no_args_is_help=True)
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "--output", "-o", "outputs", multiple=True, metavar="FORMAT[:FILE]", help="How to print; repeatable."
)
@click.option("--seed", type=int, help="A number that goes into every seed.")
@click.option("--examples", type=int, help="Inputs for each subject and law (40).")
@click.option("--time-budget", type=float, metavar="SECONDS", help="Begin no new work after so long.")
@click.option("--select", "select", multiple=True, metavar="CODE", help="Judge these codes only.")
@click.option("--ignore", "ignore", multiple=True, metavar="CODE", help="Do not report these codes.")
@click.option("--strict", is_flag=True, default=None, help="Ambiguous results and notes fail too.")
@click.option("--workers", type=int, help="Processes (one a core).")
@click.option("--deadline", type=float, metavar="SECONDS", help="When a subject counts as hanging (300).")
@click.option("--config", "config", metavar="FILE", help="The configuration, instead of the nearest one.")
def gate(targets: tuple[str, ...], outputs: tuple[str, ...], config: str | None, **flags: Any) -> int:
    """Judge every public annotated function of the TARGETs.

    A TARGET is a module, a file, a folder of files (with a slash: mylib/), or file.py::function. The last line
    printed always reads `N hold, N findings, N unverified, N ambiguous, N notes`.

    Exit codes: 0 all hold, 1 findings, 2 usage or internal error, 5 nothing was checked.
    """
    from .configuration import Configuration, read_configuration
    from .gate import run_gate
    from .outputs import Output

    chosen = [Output(text) for text in outputs or ("table",)]
    configuration = _with_flags(read_configuration(targets, config), flags)
    assert isinstance(configuration, Configuration)
    with _progress() as progress:
        report = run_gate(targets, configuration, progress=progress)
    for output in chosen:
        output.write(report)
    if report.interrupted:
        click.echo("Interrupted. What has finished is kept: run the same command again to go on.", err=True)
    on_stdout = [output.format for output in chosen if output.file is None]
    if any(name == "json" for name in on_stdout):
        click.echo(str(report.tally), err=True)  # the standard output holds the JSON and nothing else
    elif not on_stdout:
        click.echo(str(report.tally))
    return report.exit_code


def _with_flags(configuration: Any, flags: dict[str, Any]) -> Any:
    """The configuration with what the command line says on top."""
    import msgspec

    from .configuration import check_values

    given = {name: value for name, value in flags.items() if value is not None and value != ()}
    if "ignore" in given:
        given["ignore"] = (*configuration.ignore, *_split(given["ignore"]))
    if "select" in given:
        given["select"] = _split(given["select"])
    found = msgspec.structs.replace(configuration, **given)
    check_values(found, "The command line")
    return found


def _split(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.strip() for text in codes for code in text.split(",") if code.strip())


@contextlib.contextmanager
def _progress() -> Iterator[Any]:
    """A progress bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from .wording import plain

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking for functions", total=None)

        def advance(done: int, total: int, subject: str) -> None:
            bar.update(task, completed=done, total=total, description=plain(subject))

        yield advance


@click.command(no_args_is_help=True)
@click.argument("capsule", metavar="CAPSULE")
@click.option("--live", is_flag=True, help="Import the function again and judge it as it is now.")
def replay(capsule: str, live: bool) -> int:
    """Run a stored failure again.

    By default the stored program is judged, and nothing is imported. Exit codes: 0 it holds now, 1 it
    still fails, 2 it cannot be replayed.
    """
    from .replaying import replay_capsule

    replayed = replay_capsule(capsule, live)
    click.echo(replayed.text)
    return replayed.exit_code


@click.command()
@click.argument("code", required=False)
def rule(code: str | None) -> int:
    """Explain the rule CODE, with an example; without one, list all rules."""
    from ..language.errors import UsageError
    from ..property_tests.rules import FAMILIES, RULES

    if code is None:
        for family, about in FAMILIES.items():
            click.echo(f"{family}  {about}")
            for known in (r for r in RULES.values() if r.code.startswith(family)):
                click.echo(f"  {known.code}  {known.title}")
        return 0
    if code.upper() not in RULES:
        raise UsageError(
            f"There is no rule {code!r}. `verax rule` lists them all: {', '.join(list(RULES)[:3])}, ..."
        )
    click.echo(str(RULES[code.upper()]))
    return 0
