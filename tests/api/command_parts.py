"""``hotline`` as an operator calls it, within this process."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from api.cli import app


def hotline(*words: object, typed: str = "") -> Result:
    """What came of a command; an error that it raises is raised here."""
    return CliRunner().invoke(app, [str(word) for word in words], input=typed, catch_exceptions=False)


def told(*words: object, typed: str = "", status: int = 0) -> str:
    """What a command says that ends with ``status``."""
    result = hotline(*words, typed=typed)
    assert result.exit_code == status, result.output
    return result.output
