"""`bridge pause` and `bridge resume`: nothing is written to a page for a while."""

from __future__ import annotations

from bridge.cli.operator_options import By, For, Id, Note, OnPage, TokenFile, Until, Url, tell


def pause(
    *,
    for_: For = None,
    until: Until = None,
    page: OnPage = None,
    by: By = None,
    note: Note = None,
    id_: Id = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Write nothing to a page, metric points neither. It is still read, and decisions go on."""
    accepted = tell(
        "pause",
        url=url,
        token_file=token_file,
        for_=for_,
        until=until,
        page=page,
        by=by,
        note=note,
        id=id_,
    )
    accepted.told("paused", endless=" until it is resumed")


def resume(
    *,
    page: OnPage = None,
    by: By = None,
    note: Note = None,
    id_: Id = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Write to a page again. Of what came and went meanwhile nothing is told."""
    accepted = tell("resume", url=url, token_file=token_file, page=page, by=by, note=note, id=id_)
    accepted.told("resumed")
