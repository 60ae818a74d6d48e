"""Command registry: a registry record beside the publication of the same study."""

from __future__ import annotations

from pathlib import Path

import click

from curation.commands.common import refusing, whoever
from curation.commands.holding import open_review, waiting


@click.command()
@click.argument("review", type=click.Path(path_type=Path))
@click.argument("study", required=False)
@click.option(
    "--confirm",
    "arms",
    multiple=True,
    metavar="ARM=ARM",
    help="The registry's arm is this arm of the publication; may be repeated.",
)
@click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    metavar="OUTCOME=OUTCOME",
    help="The same for outcomes; 'ID @ TIME' where there are several times.",
)
@click.option("--beside", metavar="STUDY", help="Study of the publication, where no registry number says which it is.")
@click.option("--who", help="Who confirms; by default the name of the account.")
@click.option("--reason", default="", help="Kept in the history beside the decision.")
@waiting
@refusing
def registry(
    review: Path,
    study: str | None,
    arms: tuple[str, ...],
    outcomes: tuple[str, ...],
    beside: str | None,
    who: str | None,
    reason: str,
) -> None:
    """Set registry records beside the publications of their studies, propose which arm is which, record what is confirmed.

    Example: curation registry myeloma.duckdb NCT02215980 --confirm "placebo=control"
    """
    from curation.registry.beside import together
    from curation.registry.confirm import Pair, confirm

    decided = bool(arms or outcomes)
    with open_review(review, read_only=not decided) as store:
        found = together(store.tables(), study, beside)
        if not found:
            raise KeyError(
                f"{review} has no registry record{f' of {study!r}' if study else ''}; take one in with: curation intake {review} FILE.json"
            )
        if not decided:
            from curation.registry.show import lines

            for each in found:
                for line in lines(each, str(review)):
                    click.echo(line)
            return
        if len(found) > 1:
            raise KeyError(
                f"{review} has {len(found)} registry records; name the study: {', '.join(one.registry.study for one in found)}"
            )
        done = confirm(
            store, found[0], [Pair.of(one) for one in arms], [Pair.of(one) for one in outcomes], who=whoever(who), reason=reason
        )  # fmt: skip
    for sentence in done.said:
        click.echo(sentence)
    where = f" at revision {done.revision}" if done.revision else ""
    click.echo(f"{done.rows} records of the registry changed{where}; next: curation check {review}")
