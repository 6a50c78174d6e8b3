"""``hotline kb remind``: mails to those who keep articles that end soon; made for a daily cron job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.output import console
from api.cli.signing import today

if TYPE_CHECKING:
    from datetime import datetime

    from api.cli.mailing import Outbox
    from copilot.articles.reminder_mail import Letter, Plan
    from copilot.articles.reminders import Reminder
    from copilot.settings import Settings
    from copilot.store import Due, Store


def remind(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who would be sent what, and send nothing.")] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help="Also what an earlier run was cut off in, which may have arrived. No other run may be at work.",
        ),
    ] = False,
) -> None:
    """Remind by mail: each person once of each article and stage (HOTLINE_REMINDER_DAYS before it ends).

    What could not be sent is told, and sent by the next run. Ends with 1 where something could not be sent.
    """
    from api.cli.desks import opened_article_desk
    from api.cli.mailing import check_mail_settings
    from copilot.articles.reminder_mail import plan
    from copilot.settings import load_settings

    settings = load_settings()
    if not dry_run:
        check_mail_settings(settings)
    with opened_article_desk(settings) as (store, desk), _at_work(store, alone=again, dry_run=dry_run):
        ending = desk.reminders(today())
        known = dict(store.reminder_mails.known())
        if again:
            known = _let_go(known, store, dry_run)
        made = plan(ending, store.contacts.all(), known, settings.reminder_days)
        if dry_run:
            _show(made, settings)
            failed = 0
        else:
            failed = _send(made, store, settings)
    _tell_the_rest(made)
    if failed:
        raise typer.Exit(1)


@contextmanager
def _at_work(store: Store, *, alone: bool, dry_run: bool) -> Iterator[None]:
    """Side by side with other runs, or alone: what another is just sending must not be taken for left behind."""
    from copilot.errors import Conflict

    if dry_run:
        yield
        return
    with store.reminder_mails.run(alone=alone) as may:
        if not may:
            raise Conflict("Another run of 'hotline kb remind' is still at work. Try again when it has ended.")
        yield


def _let_go(known: Mapping[Due, datetime | None], store: Store, dry_run: bool) -> dict[Due, datetime | None]:
    from api.services import utc_now

    unsure = [due for due, sent in known.items() if sent is None]
    if not dry_run:
        store.reminder_mails.release(unsure, utc_now(), why="reminder_again")
    return {due: sent for due, sent in known.items() if sent is not None}


def _show(made: Plan, settings: Settings) -> None:
    from copilot.articles.reminder_mail import letter_text

    for letter in made.letters:
        console.print(f"To {letter.to.name} <{letter.to.address}>:", style="bold", markup=False)
        console.print(letter_text(letter, settings.reminder_days), markup=False)
    console.print(f"{_counted(made.letters)} would be sent. This was a trial: nothing was sent.", markup=False)


def _send(made: Plan, store: Store, settings: Settings) -> int:
    """Send the letters; how many could not be sent."""
    from api.cli.mailing import opened_outbox

    if not made.letters:
        console.print("Nothing is due.")
        return 0
    with opened_outbox(settings) as outbox:
        sent = [letter for letter in made.letters if _sent(letter, outbox, store, settings)]
    console.print(f"{_counted(sent)} sent.", markup=False)
    return len(made.letters) - len(sent)


def _sent(letter: Letter, outbox: Outbox, store: Store, settings: Settings) -> bool:
    """Claim what the letter says, hand it over, and keep what became of it."""
    from api.cli.mailing import NotSure
    from api.services import utc_now
    from copilot.articles.reminder_mail import Letter, letter_message
    from copilot.errors import MailProblem

    mails = store.reminder_mails
    claimed = mails.claim(letter.dues, utc_now())
    mine = Letter(letter.to, tuple(item for item in letter.items if item[0] in claimed))
    if not mine.items:
        return True  # another run was first
    message = letter_message(mine, settings.smtp_from, settings.reminder_days, utc_now())
    try:
        outbox.send(message)
    except NotSure as error:
        console.print(f"Not known whether it arrived, {letter.to.name}: {error}", style="red", markup=False)
        return False
    except MailProblem as error:
        mails.release(claimed, utc_now())
        told = f"Not sent to {letter.to.name} ({letter.to.address}): {error} The next run tries again."
        console.print(told, style="red", markup=False)
        return False
    mails.sent(claimed, utc_now())
    console.print(f"Sent to {letter.to.name} ({letter.to.address}): {_listed(r for _, r in mine.items)}", markup=False)
    return True


def _tell_the_rest(made: Plan) -> None:
    for department, ending in made.unreachable.items():
        told = _listed(ending)
        console.print(f"Nobody with an address keeps the articles of {department}: {told}.", style="red", markup=False)
    if made.unreachable:
        console.print("Give somebody an address: hotline users address NAME ADDRESS --for DEPARTMENT")
    for due in made.unsure:
        console.print(
            f"Not known whether {due.name} was reminded of {due.article_id} ({due.stage} days before {due.last_day}): "
            "a run was cut off. Send it with --again.",
            style="yellow",
            markup=False,
        )


def _listed(ending: Iterable[Reminder]) -> str:
    return "、".join(f"{reminder.title} ({reminder.article_id}, {reminder.last_day})" for reminder in ending)


def _counted(letters: Sequence[Letter]) -> str:
    articles = sum(len(letter.items) for letter in letters)
    mails = f"{len(letters)} mail{'s' if len(letters) != 1 else ''}"
    return f"{mails} with {articles} reminder{'s' if articles != 1 else ''}"
