"""The desk at which articles of the knowledge base are edited: drafted, checked before they are submitted, published.

The service and the command line work through it, so that both refuse the same. Like the rest of the core it reads no
clock: whoever calls says when and on which day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from copilot.articles.concern import CONFIRMED, Concern, WithdrawnAs, concern, reason_of, withdrawn_as
from copilot.articles.reminders import Reminder, reminders
from copilot.articles.shelf import Shelved, Versions, shelved, shelved_one
from copilot.errors import BadInput, Conflict, NotFound
from copilot.store.article_rows import Seen, Version, VersionState
from copilot.store.articles import ArticleVersions
from knowledge_base.articles.content import Content, changed_content, empty_content, new_id, plain_content, read_content
from knowledge_base.articles.difference import Difference, difference
from knowledge_base.articles.limits import too_long
from knowledge_base.articles.splitting import split
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.errors import BadLibrary
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.library import Library, check_library, digest, overlaid
from knowledge_base.neighbours import Neighbours
from knowledge_base.policy import ArticleStatus, Passage, PolicyArticle
from knowledge_base.readers import Surroundings

_SHORT = 40
"""Characters of a title by which a fault of it that is too long names it."""


class ArticleDesk:
    """What people do with articles. ``base`` is the library of the files as they are now."""

    def __init__(
        self,
        articles: ArticleVersions,
        base: Callable[[], Library],
        catalogue: Callable[[], ResponsibilityCatalogue],
        gazetteer: Gazetteer,
    ) -> None:
        self.articles = articles
        self._base = base
        self._catalogue = catalogue
        self._gazetteer = gazetteer
        self._known: tuple[tuple[str, str], Library] | None = None
        self._near: tuple[Library, Neighbours] | None = None

    @property
    def surroundings(self) -> Surroundings:
        """What documents are read for: the city's departments and places."""
        return Surroundings(self._catalogue(), self._gazetteer)

    # -- looking ------------------------------------------------------------------------------------------------------

    def library(self, day: date) -> Library:
        """Files and desk together, as they count on ``day``."""
        base = self._base()
        key = (base.version, self.articles.stamp(day))
        if self._known is None or self._known[0] != key:
            desk = self.articles.overlay(day)
            self._known = (base.version, desk.stamp), overlaid(base, desk.articles, desk.withdrawn)
        return self._known[1]

    def shelf(self, day: date) -> list[Shelved]:
        """Every article there is, and every draft of one that there is not yet, with how it stands on ``day``."""
        return shelved(self.library(day), day, self._versions(day))

    def overview(self, day: date) -> tuple[list[Shelved], list[Reminder]]:
        """:meth:`shelf` and :meth:`reminders` of one moment, for half of what both cost."""
        library, versions = self.library(day), self._versions(day)
        ending = reminders(library, day, versions.open.values(), versions.coming.values())
        return shelved(library, day, versions), ending

    def shelved(self, article_id: str, day: date) -> Shelved:
        """One of them, or one whose only draft was given up. Raises NotFound."""
        found = shelved_one(self.library(day), day, self._versions(day), article_id)
        if found is None:
            raise NotFound(f"There is no article {article_id}. Search the list, or begin a new one.")
        return found

    def _versions(self, day: date) -> Versions:
        coming = reversed(self.articles.coming(day))  # of several the next
        return Versions(
            self.articles.counting(day),
            {version.article_id: version for version in self.articles.being_made()},
            {version.article_id: version for version in coming},
            {version.article_id: version for version in self.articles.given_up()},
            self.articles.unlisted(day),
        )

    def reminders(self, day: date) -> list[Reminder]:
        """Articles that end soon, and what follows them; the most pressing first."""
        return reminders(self.library(day), day, self.articles.being_made(), self.articles.coming(day))

    def article(self, article_id: str, day: date) -> PolicyArticle | None:
        """The article as it counts on ``day``, withdrawn or not."""
        return self.library(day).find(article_id)

    def faults(self, article_id: str, content: Content, day: date, library: Library | None = None) -> tuple[str, ...]:
        """Everything that keeps a draft from being submitted, one sentence each.

        ``library`` is that of ``day``, for whoever asks of many drafts at once.
        """
        called = f"{article_id} ({str(content.get('title', ''))[:_SHORT]})"
        long = tuple(f"{called}: {fault}" for fault in too_long(content))
        try:
            article = read_content(article_id, content)
        except BadLibrary as error:
            return (*error.faults, *long)
        around = list(self._neighbours(library or self.library(day)).around(article))
        others = [a for a in around if a.article_id != article_id]
        catalogue = self._catalogue()
        before = set(check_library(around, catalogue, self._gazetteer))
        after = check_library([*others, article], catalogue, self._gazetteer)
        name = f"{article_id} ("
        return (*(fault for fault in after if fault not in before or fault.startswith(name)), *long)

    def _neighbours(self, library: Library) -> Neighbours:
        near = self._near
        if near is None or near[0] is not library:
            near = self._near = library, Neighbours(library.articles)
        return near[1]

    def passages(self, article_id: str, content: Content) -> tuple[Passage, ...]:
        """What could be quoted of a draft; nothing while it lacks a title, a text or its first day."""
        try:
            article = read_content(article_id, content)
        except BadLibrary:
            return ()
        return split(article, article.effective_to)

    def difference(self, article_id: str, number: int, against: int | None = None) -> Difference:
        """What a version changes, compared with ``against``, or else with the one it began from. Raises NotFound."""
        version, content = self.articles.with_content(article_id, number)
        base = version.base if against is None else against
        before: Content = {} if base is None else self.articles.with_content(article_id, base)[1]
        return difference(before, content)

    def concern(self, article_id: str, number: int) -> Concern | None:
        """Whether a version that is worked on rests on one that was withdrawn as wrong. Raises NotFound."""
        version, content = self.articles.with_content(article_id, number)
        if not version.open:
            return None
        wrong = [v for v in self.articles.of(article_id) if withdrawn_as(v) is WithdrawnAs.WRONG]
        if not wrong:
            return None
        before = [self.articles.with_content(article_id, v.number) for v in wrong]
        base = None if version.base is None else self.articles.with_content(article_id, version.base)
        return concern((version, content), base, self.articles.edits(article_id, number), before)

    # -- making -------------------------------------------------------------------------------------------------------

    def begin(
        self, article_id: str, by: str, at: datetime, day: date, *, said: str = "", copy_of: int | None = None
    ) -> Version:
        """A draft of an article that there is, beginning as it counts now, or as the version ``copy_of``.

        Raises NotFound, Conflict where somebody works on it already.
        """
        if copy_of is not None:
            source, content = self.articles.with_content(article_id, copy_of)
            if source.open:
                raise Conflict(f"Version {copy_of} of {article_id} is {source.state.value}. Work on that one.")
            given_up = source.state in (VersionState.REFUSED, VersionState.DISCARDED)
            return self.articles.begin(article_id, content, by, at, said=said, copy_of=copy_of if given_up else None)
        self._adopt(article_id, at, day)
        return self.articles.begin(article_id, self.beginning(article_id), by, at, said=said)

    def beginning(self, article_id: str) -> Content:
        """What a draft begins with: what was decided last, so that nothing that is coming gets lost.

        While nothing was decided but the file's own wording, that is the file as it is now: it may have been imported
        anew since. Raises NotFound.
        """
        decided = (VersionState.PUBLISHED, VersionState.WITHDRAWN)
        last = next((v for v in self.articles.of(article_id) if v.state in decided), None)
        file = self._base().find(article_id)
        if file is not None and (last is None or last.origin == "library"):
            return plain_content(file)
        if last is None:
            raise NotFound(f"There is no article {article_id}. Search the list, or begin a new one.")
        return self.articles.with_content(article_id, last.number)[1]

    def _adopt(self, article_id: str, at: datetime, day: date) -> None:
        """Let the history of an article of the files begin with the file."""
        article = self._base().find(article_id)
        if article is not None and not self.articles.of(article_id):
            self.articles.adopt(article_id, plain_content(article), digest([article]), at, day)

    def begin_new(
        self,
        fields: Mapping[str, Any],
        by: str,
        at: datetime,
        day: date,
        *,
        article_id: str = "",
        origin: str = "edited",
        said: str = "",
    ) -> Version:
        """A draft of an article that there is not yet. Without an id it gets one that follows from number or title.

        Raises BadTable for fields that will not do, Conflict for an id that is taken.
        """
        content = changed_content(empty_content(), fields)
        _refuse_long(content)
        wanted = article_id.strip() or new_id(content)
        if self.library(day).find(wanted) is not None or self.articles.of(wanted):
            raise Conflict(f"There is an article {wanted} already. Open that one, or choose another id.")
        return self.articles.begin(wanted, content, by, at, origin=origin, said=said)

    def edit(self, seen: Seen, fields: Mapping[str, Any], by: str, at: datetime) -> Version:
        """Give fields of a draft the values that somebody typed.

        Raises Conflict where somebody was first, BadTable for a wrong value, BadInput for one longer than its field.
        """
        _refuse_long(fields)
        return self.take_over(seen, fields, by, at)

    def take_over(self, seen: Seen, fields: Mapping[str, Any], by: str, at: datetime) -> Version:
        """The same of what a file says: what is too long there is a fault of the draft, for a person to shorten."""
        _, content = self.articles.with_content(seen.article_id, seen.number)
        after = changed_content(content, fields)
        changed = {name: value for name, value in after.items() if content.get(name) != value}
        if not changed:
            raise BadInput("That changes nothing. Give at least one field another value.")
        return self.articles.change(seen, after, changed, by, at)

    def confirm_corrected(self, seen: Seen, said: str, by: str, at: datetime) -> Version:
        """Answer for a draft of what was withdrawn as wrong: say what was changed. Raises Conflict, BadInput."""
        found = self.concern(seen.article_id, seen.number)
        if found is None:
            raise BadInput("The draft does not rest on a version that was withdrawn as wrong. Submit it as it is.")
        if not said.strip():
            raise BadInput("Say what was changed, or why the wording was right after all: the checker reads that.")
        _, content = self.articles.with_content(seen.article_id, seen.number)
        told = {CONFIRMED: {"version": found.number, "note": said.strip()}}
        return self.articles.change(seen, content, told, by, at)

    def _refuse_unanswered(self, article_id: str, number: int) -> None:
        found = self.concern(article_id, number)
        if found is not None and found.confirmed is None:
            raise BadInput(
                f"Version {found.number} of {article_id} was withdrawn as wrong ({found.reason}). "
                "Correct the draft, and confirm what was changed, before it is submitted."
            )

    def submit(self, seen: Seen, publish_on: date | None, by: str, at: datetime, day: date, said: str = "") -> Version:
        """Ask another person to check the draft; published on ``publish_on``, or as soon as that makes sense.

        Raises BadLibrary with every fault, BadInput for a day that has passed or a draft that changes nothing.
        """
        if publish_on is not None and publish_on < day:
            raise BadInput(f"{publish_on} has passed. Name today or a later day.")
        version, article = self._checked(seen.article_id, seen.number, day)
        self._refuse_unanswered(seen.article_id, seen.number)
        mark = digest([article])
        if version.base is not None:
            base = self.articles.get(seen.article_id, version.base)
            if base.state is VersionState.PUBLISHED and base.digest == mark:
                raise BadInput(f"The draft is the same as version {base.number}. Change something, or discard it.")
        return self.articles.submit(seen, mark, publish_on or self._soonest(version, article, day), by, at, said)

    def _checked(self, article_id: str, number: int, day: date) -> tuple[Version, PolicyArticle]:
        version, content = self.articles.with_content(article_id, number)
        faults = self.faults(article_id, content, day)
        if faults:
            raise BadLibrary(faults)
        return version, read_content(article_id, content)

    def _soonest(self, version: Version, article: PolicyArticle, day: date) -> date:
        """A wording that holds from a later day on leaves its place to the one that holds until then."""
        base = None if version.base is None else self.articles.get(version.article_id, version.base)
        coming = base.publish_on if base is not None and base.state is VersionState.PUBLISHED else None
        now = self.article(version.article_id, day)
        holds = now is not None and now.status is ArticleStatus.PUBLISHED and now.in_force_on(day)
        return max(day, coming or day, article.effective_from if holds else day)

    def approve(self, seen: Seen, by: str, at: datetime, day: date) -> Version:
        """Publish it. Raises NotAllowed for one of its makers, BadLibrary where other articles have changed since."""
        self._checked(seen.article_id, seen.number, day)
        self._refuse_unanswered(seen.article_id, seen.number)  # withdrawn while it waited
        return self.articles.approve(seen, by, at, day)

    def withdraw(
        self,
        article_id: str,
        by: str,
        at: datetime,
        day: date,
        reason: str,
        number: int = 0,
        because: WithdrawnAs = WithdrawnAs.OTHER,
    ) -> Version:
        """Nobody is shown the article any more, from now on. ``number`` is a version, by default the one that counts.

        What was withdrawn as wrong is not published again before somebody says what was changed. Raises NotFound,
        Conflict where it is withdrawn already.
        """
        if not reason.strip():
            raise BadInput("Say why the article is withdrawn: whoever looks for it reads that.")
        self._adopt(article_id, at, day)
        if not number:
            counting = self.articles.counting(day).get(article_id)
            if counting is None:
                raise NotFound(f"There is no published article {article_id}. Search the list.")
            number = counting.number
        return self.articles.withdraw(article_id, number, by, at, day, reason_of(because, reason))


def _refuse_long(fields: Mapping[str, Any]) -> None:
    if faults := too_long(fields):
        raise BadInput(" ".join(faults))
