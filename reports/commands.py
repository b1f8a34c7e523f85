"""The command of this room: `verax report`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(no_args_is_help=True)
@click.argument("judgements", metavar="GATE.json", type=click.Path(path_type=Path))
@click.option(
    "--out",
    default="site",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder to write to.",
)
def report(judgements: Path, out: Path) -> int:
    """Turn what `verax gate --output json:GATE.json` wrote into pages that open offline."""
    from .site import build_site, read_judgements

    pages = build_site(read_judgements(judgements), out)
    click.echo(f"{len(pages)} pages: open {out / 'index.html'}")
    return 0
