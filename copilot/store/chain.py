"""The hash chain that makes a later change of the journal visible.

Each row carries the SHA-256 of its own content and of the row before it (RFC 6962 calls the idea a log; this is its
simplest form, one chain per call and one for the audit). Whoever changes a row has to change all that follow it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

GENESIS = "0" * 64


def chained(previous_hash: str, *fields: str | int | datetime) -> str:
    """The hash of a row with ``fields`` that follows the row with ``previous_hash``; 64 hexadecimal digits."""
    plain = [_moment(field) if isinstance(field, datetime) else field for field in (previous_hash, *fields)]
    text = json.dumps(plain, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
