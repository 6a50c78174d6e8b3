"""The only reader of the environment. Every setting can be given as ``HOTLINE_<NAME>`` or in a ``.env`` file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from copilot.errors import BadInput


def _data_dir() -> Path:
    """``var`` of a checkout, so that two checkouts do not meet; the user's data folder for an installed wheel."""
    root = Path(__file__).resolve().parents[1]
    return root / "var" if (root / "pyproject.toml").is_file() else Path.home() / ".local/share/hotline-copilot"


class Settings(BaseSettings):
    """What an operator decides. Paths left empty mean the sample city's."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", env_file=".env", extra="ignore")

    data_dir: Path = Field(default_factory=_data_dir, description="models, indexes, the default database")
    models_folder: Path | None = Field(None, description="prepared weights; default <data_dir>/models")
    database_url: str = Field("", description="SQLAlchemy URL; default SQLite in <data_dir>/hotline.db")

    library: Path | None = Field(None, description="policy articles; default the sample city's")
    catalogue: Path | None = Field(None, description="departments and duties; default the sample city's")
    gazetteer: Path | None = Field(None, description="districts and streets; default the sample city's")
    terms: Path | None = Field(None, description="citizens' words and the articles' words for them, a city's own")
    general_terms: bool = Field(True, description="whether the general table of such words is used beside it")
    taxonomy: Path | None = Field(None, description="categories of matters, CSV; default the sample city's")
    router: Path | None = Field(None, description="trained router; default <data_dir>/router")
    challenger: Path | None = Field(
        None, description="router in the shadow of the one in service; default <router>-registry/challenger"
    )
    index: Path | None = Field(None, description="search index; default <data_dir>/index")

    speech_engine: Literal["auto", "whisper", "vosk"] = Field(
        "auto", description="auto: Vosk where a Vosk model is configured, else Whisper"
    )
    vosk_model: Path | None = Field(None, description="any Vosk model directory")
    whisper_model: Path | None = Field(None, description="a CTranslate2 Whisper folder; default the prepared one")
    embedder: str = Field("", description="a sentence-transformers folder or hub name; default the prepared e5-small")
    card_precision: float = Field(
        0.7,
        ge=0.5,
        le=0.95,
        description="所有出现的卡片合起来至少有这个比例是对的文件；每张卡片标自己的把握，可以更低。 "
        "Of all cards that are shown, this share at least is of a right document; each says its own figure, which may "
        "be lower",
    )
    hotwords: bool = Field(
        True, description="tell a recogniser which names the call may bring up next, where it can be told (Whisper)"
    )
    speech_threads: int = Field(2, ge=1, description="threads of one decoding")
    embedding_threads: int = Field(2, ge=1, description="threads of one embedding")
    workers: int = Field(4, ge=1, description="threads that hear and advise; calls beyond them wait their turn")

    reason_deletions: int = Field(
        0,
        ge=0,
        le=12,
        description="words tried on the router's probability before some are named as its reasons, each at the price "
        "of reading the appeal once more; 0: tried on what the words bring by themselves",
    )
    precedents: int = Field(20_000, ge=0, description="past orders kept in memory as reasons, the newest; 0: none")
    precedent_similarity: float = Field(
        0.92, ge=-1, le=1, description="least cosine of a past order that is shown; measured for the prepared e5-small"
    )

    smtp_host: str = Field("", description="mail server for reminders; empty: none are sent")
    smtp_port: int = Field(0, ge=0, le=65535, description="0: 587 with starttls, 465 with ssl, 25 without either")
    smtp_tls: Literal["starttls", "ssl", "none"] = Field("starttls", description="how the mail server is spoken to")
    smtp_user: str = Field("", description="login at the mail server; empty: without")
    smtp_password: SecretStr = Field(SecretStr(""), description="its password")
    smtp_from: str = Field("", description="who mails come from, such as hotline@example.org")
    smtp_ca: Path | None = Field(None, description="PEM file that the mail server's certificate is checked with")
    reminder_days: Annotated[tuple[int, ...], NoDecode] = Field(
        (30, 7, 1), description="days before an article ends on which its keepers get a mail, 1 to 60 each"
    )

    host: str = Field("127.0.0.1", description="address to listen on; loopback unless an operator says otherwise")
    port: int = Field(8012, ge=0, le=65535)
    login_hours: float = Field(10.0, gt=0, description="a login ends after one shift")
    order_prefix: str = Field("YC", min_length=2, max_length=4, description="letters of the order number")

    @field_validator("reminder_days", mode="before")
    @classmethod
    def _numbers(cls, given: object) -> object:
        return [part.strip() for part in given.split(",")] if isinstance(given, str) else given

    @field_validator("reminder_days")
    @classmethod
    def _days(cls, given: tuple[int, ...]) -> tuple[int, ...]:
        if not given or not all(1 <= days <= 60 for days in given):  # noqa: PLR2004 - as the description says
            raise ValueError("give days from 1 to 60, such as 30,7,1")
        return tuple(sorted(set(given), reverse=True))

    @property
    def models_dir(self) -> Path:
        """Where prepared weights are."""
        return self.models_folder or self.data_dir / "models"

    @property
    def router_dir(self) -> Path:
        """Where the trained router is."""
        return self.router or self.data_dir / "router"

    @property
    def index_dir(self) -> Path:
        """Where the search index is."""
        return self.index or self.data_dir / "index"

    @property
    def url(self) -> str:
        """The database, as an SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'hotline.db'}"


def load_settings() -> Settings:
    """Read the environment once. Raises BadInput naming each setting that cannot be understood."""
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"HOTLINE_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise BadInput(f"These settings cannot be used: {faults}. Correct them in the environment or .env.") from error
