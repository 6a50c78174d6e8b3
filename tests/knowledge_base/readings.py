"""What a test asks of a document that was read."""

from __future__ import annotations

from knowledge_base.readers import DocumentReading


def codes(reading: DocumentReading) -> set[str]:
    """Of everything that was found."""
    return {finding.code for finding in (*reading.not_understood, *reading.warnings)}
