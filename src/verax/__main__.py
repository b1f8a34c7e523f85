"""The `verax` command: a group that gathers each room's `commands.py` when it is asked for."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Sequence

import click

from .language.errors import UsageError

# A command -> the module and the attribute that hold it.
COMMANDS = {
    "gate": "verax.ci.commands:gate",
    "replay": "verax.ci.commands:replay",
    "report": "verax.reports.commands:report",
    "rule": "verax.ci.commands:rule",
}

# 0: all hold, 1: findings, 5: nothing was checked (the commands' own); 2: usage or internal error.
USAGE, INTERRUPTED = 2, 130


class _Rooms(click.Group):
    """A group whose commands are imported only when they are run, or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=_Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="verax", message="%(prog)s %(version)s")
def cli() -> None:
    """Tell the truth about array programs.

    Exit codes: 0 all hold, 1 findings, 2 usage or internal error, 5 nothing was checked.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (the process's by default) and return its exit code; errors go to stderr.

    A command hands its exit code back as its result, or through `click.Context.exit`.
    """
    try:
        result = cli.main(arguments, prog_name="verax", standalone_mode=False)
    except click.ClickException as err:
        err.show()
        return USAGE  # click would give some of them 1, which says "findings"
    except UsageError as err:
        click.echo(f"Error: {err}", err=True)
        return USAGE
    except click.Abort:
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except Exception:  # noqa: BLE001  # whatever it is, a traceback must not exit 1, which says "findings"
        traceback.print_exc()
        click.echo(
            "Error: verax itself failed, which is a bug in it. Please report the lines above.", err=True
        )
        return USAGE
    return result if isinstance(result, int) else 0


def main() -> None:
    """Run the process's command line and exit with its code."""
    sys.exit(run())


if __name__ == "__main__":
    main()
