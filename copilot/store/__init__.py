"""What outlives the process: the journal, the tables derived from it, and the accounts.

SQLite on one machine (``sqlite:////path/hotline.db``), PostgreSQL on several (``postgresql://user@host/name``).
"""

from __future__ import annotations

from pathlib import Path

from copilot.store import schema
from copilot.store.accounts import Account, Accounts, AuditLine, Role
from copilot.store.article_rows import ArticleEdit, DeskArticles, Seen, Version, VersionState
from copilot.store.articles import ArticleVersions
from copilot.store.asked import AskedQuestions
from copilot.store.audit import verify_audit
from copilot.store.catalogue_editions import CatalogueEditions, Edition, EditionState, EditLine
from copilot.store.challengers import Challengers, DecidedBy, Duel, JudgedPair
from copilot.store.contacts import Contact, Contacts
from copilot.store.disk import check_room
from copilot.store.engine import Database
from copilot.store.journal import Fault, StoredJournal
from copilot.store.labels import DecidedAppeal, LabelIssue, Labels, OpenIssue, Review
from copilot.store.order_history import Returned, SentOut
from copilot.store.outcomes import Outcomes, RankOutcome, SlotOutcome
from copilot.store.passage_reports import Outcome, PassageReports, Report
from copilot.store.precedents import StoredOrders
from copilot.store.queries import CallRow, Dispatched, OrderDetail, OrderRow, Queries
from copilot.store.reminder_mails import Due, ReminderMails

__all__ = [
    "Account",
    "Accounts",
    "ArticleEdit",
    "ArticleVersions",
    "AskedQuestions",
    "AuditLine",
    "CallRow",
    "CatalogueEditions",
    "Challengers",
    "Contact",
    "Contacts",
    "DecidedAppeal",
    "DecidedBy",
    "DeskArticles",
    "Dispatched",
    "Due",
    "Duel",
    "EditLine",
    "Edition",
    "EditionState",
    "Fault",
    "JudgedPair",
    "LabelIssue",
    "Labels",
    "OpenIssue",
    "OrderDetail",
    "OrderRow",
    "Outcome",
    "Outcomes",
    "PassageReports",
    "RankOutcome",
    "ReminderMails",
    "Report",
    "Returned",
    "Review",
    "Role",
    "Seen",
    "SentOut",
    "SlotOutcome",
    "Store",
    "Version",
    "VersionState",
]


class Store:
    """One database and everything kept in it. Threads and processes may share it.

    ``order_prefix`` are the letters that order numbers begin with. Raises BadInput for a URL or prefix that cannot be
    used, StorageProblem where a SQLite file cannot be made.
    """

    def __init__(self, url: str, order_prefix: str = "YC") -> None:
        self._database = Database(url)
        self.journal = StoredJournal(self._database, order_prefix)
        self.queries = Queries(self._database, self.journal)
        self.accounts = Accounts(self._database)
        self.labels = Labels(self._database)
        self.challengers = Challengers(self._database)
        self.settled = StoredOrders(self._database)
        self.catalogue = CatalogueEditions(self._database)
        self.articles = ArticleVersions(self._database)
        self.reports = PassageReports(self._database)
        self.asked = AskedQuestions(self._database)
        self.contacts = Contacts(self._database)
        self.reminder_mails = ReminderMails(self._database)

    def upgrade(self) -> None:
        """Make the tables, or bring those of an older version up to date. Safe when two processes start at once."""
        schema.upgrade(self._database)

    def check(self) -> None:
        """Raise StorageProblem where the database is away, read-only, or not at this program's revision."""
        with self._database.writing() as connection:
            schema.check(connection)

    def check_room(self, *folders: Path) -> None:
        """Raise StorageProblem where no room is left in ``folders`` or beside the database, if it is a file."""
        own = self._database.folder
        for folder in dict.fromkeys([*(path.resolve() for path in folders), *([own] if own else [])]):
            check_room(folder)

    def verify(self) -> list[Fault]:
        """Every break in the hash chains of the journal and of the audit; empty when nothing was changed."""
        return self.journal.verify() + verify_audit(self._database)

    def close(self) -> None:
        """Close all connections."""
        self._database.close()
