"""Every error that this project raises on purpose. Each message says what happened and what to do next.

The three roots belong to the three floors, so that nothing below imports upward; whoever shows errors to people
catches ``EXPECTED``::

    HotlineError                        copilot.errors
    ├── BadInput              what was given cannot be used; nothing was changed
    │   └── PushedDown        a functional department's matter for a street, without the document that delegates it
    ├── NotFound              no call, order, account or recording of that name
    ├── Conflict              right in itself, but not in this order
    │   ├── AlreadyDecided    a second decision on one suggestion
    │   ├── AnswerOutdated    an answer that the library gives no more; its card was renewed or taken away
    │   ├── NotConfirmed      a work order whose slots no person has confirmed
    │   └── CallIsOver        the call has ended
    ├── MailProblem           the mail server is away or refuses; what was not sent can be sent again
    ├── StorageProblem        the database or the disk refused; what was acknowledged before is safe
    └── NotAllowed            this account may not do that
    ModelsError                         models.errors
    ├── BadAudio              not audio, truncated, empty, or in a form that cannot be understood
    └── ModelProblem          a model folder that is missing, of the wrong kind, or not what its digest says
    KnowledgeError                      knowledge_base.errors
    ├── BadTable              a CSV, JSON or JSONL file that lacks what is asked of it
    ├── BadDocument           a file of a document that is damaged, protected, of another kind, or too large
    ├── BadLibrary            articles or a catalogue that contradict themselves, every fault listed
    └── IndexMismatch         an index made with another embedder, precision or library than the one in use
        └── OtherFiles        an index that another process keeps level with other files
"""

from __future__ import annotations

from knowledge_base.errors import KnowledgeError
from models.errors import ModelsError


class HotlineError(Exception):
    """The root of this floor. ``str(error)`` is a sentence for the person at the screen or the terminal."""


class BadInput(HotlineError):
    """What was given cannot be used; nothing was changed."""


class PushedDown(BadInput):
    """A street or town was to have a functional department's matter, and no document that delegates it was named."""


class NotFound(HotlineError):
    """No call, order, account or recording of that name."""


class Conflict(HotlineError):
    """Right in itself, but not in this order."""


class AlreadyDecided(Conflict):
    """A second decision on one suggestion."""


class AnswerOutdated(Conflict):
    """An answer that the library gives no more; its card was renewed or taken away."""


class NotConfirmed(Conflict):
    """A work order whose slots no person has confirmed."""


class CallIsOver(Conflict):
    """The call has ended."""


class MailProblem(HotlineError):
    """The mail server is away or refuses; what was not sent can be sent again."""


class StorageProblem(HotlineError):
    """The database or the disk refused; what was acknowledged before is safe.

    ``sentence`` may be told to anybody; ``where`` (which database, what its driver calls it) helps whoever keeps the
    machine, and stands behind it in ``str(error)``.
    """

    def __init__(self, sentence: str, where: str = "") -> None:
        super().__init__(f"{sentence} ({where})" if where else sentence)
        self.sentence = sentence


class NotAllowed(HotlineError):
    """An account without the role for it."""


EXPECTED: tuple[type[Exception], ...] = (HotlineError, ModelsError, KnowledgeError)
