from __future__ import annotations

from pathlib import Path

import pytest

from copilot.errors import BadInput
from copilot.settings import load_settings


def test_the_service_listens_on_loopback_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOTLINE_HOST", raising=False)
    assert load_settings().host == "127.0.0.1"


def test_everything_lies_in_the_data_folder_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    settings = load_settings()
    assert settings.models_dir == tmp_path / "models"
    assert settings.url == f"sqlite:///{tmp_path}/hotline.db"
    monkeypatch.setenv("HOTLINE_MODELS_FOLDER", "/srv/models")
    assert load_settings().models_dir == Path("/srv/models")


def test_a_setting_that_cannot_be_understood_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PORT", "eighty")
    with pytest.raises(BadInput, match="HOTLINE_PORT"):
        load_settings()
