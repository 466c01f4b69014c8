"""Settings of one process, read once from the environment."""

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import ConfigurationError
from guards.shipped import ROOT

__all__ = ["ROOT", "Settings", "read_settings"]


def user_cache() -> Path | None:
    """Heyan's folder in the cache of this user (XDG base directories); None for a user without a home."""
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        return (chosen if chosen.is_absolute() else Path.home() / ".cache") / "heyan"
    except RuntimeError:
        return None


class Settings(BaseSettings):
    """Every setting, each read from `HEYAN_<NAME>`; frozen after the start."""

    model_config = SettingsConfigDict(env_prefix="HEYAN_", frozen=True, extra="forbid")

    data_dir: Path = Field(Path("var"), description="Holds what the program writes.")
    cache_dir: Path | None = Field(
        default_factory=user_cache,
        description="Remembers what a start has proven; may be deleted. Default: heyan in the user's cache folder.",
    )
    database_url: str | None = Field(None, description="SQLAlchemy URL of the store; default: SQLite in data_dir.")
    prompts_dir: Path = Field(ROOT / "prompts", description="Vocabulary, approved wording and prompt templates.")
    lexicons_dir: Path = Field(ROOT / "lexicons", description="Rules.")
    model_dir: Path = Field(
        ROOT / "models" / "heyan-mini", description="The embedded model; on servers, what binds it."
    )
    meaning_file: Path = Field(
        ROOT / "models" / "meaning" / "weights.npz", description="Weights of the guards' second opinion."
    )
    encoder: str = Field(
        "embedded",
        description="Who gives that opinion's second score: embedded, an OpenAI-compatible server's address, or none.",
    )
    encoder_dir: Path = Field(ROOT / "models" / "meaning" / "encoder", description="The embedded encoder.")
    encoder_head: Path = Field(
        ROOT / "models" / "meaning" / "head.npz", description="What was learnt about the vectors of the encoder."
    )
    turns_dir: Path = Field(ROOT / "models" / "turns", description="Weights by which live turns are understood.")
    encoder_model: str | None = Field(None, description="Model name on the encoder's server.")
    encoder_key: str | None = Field(None, repr=False, description="Bearer key of the encoder's server.")
    model_url: str | None = Field(
        None, description="OpenAI-compatible servers, separated by commas; unset: the embedded model."
    )
    model_name: str | None = Field(None, description="Model name on those servers; unset: each one's first.")
    model_key: str | None = Field(None, description="Bearer key of those servers.")
    model_profile: Literal["auto", "compact", "full"] = Field(
        "auto", description="compact for tuned models, full for instruct models; auto: by the model's name."
    )
    adapters_file: Path | None = Field(None, description="Adapters on those servers and their routes; unset: none.")
    adapters_root: str | None = Field(
        None, description="Folder on the servers that holds what is beside that file; unset: the same as here."
    )
    threads: int = Field(0, ge=0, description="CPU threads of the embedded model; 0: all cores but one.")
    max_batch: int = Field(16, ge=1, description="Candidates that the embedded model writes at once, for all callers.")
    annual_rate_cap: Decimal = Field(Decimal(24), gt=0, description="Highest annual rate that may be said, per cent.")
    credit_limit_cap: Decimal = Field(Decimal(200_000), gt=0, description="Highest credit of one person, yuan.")
    facts_max_age: float = Field(24.0, gt=0, le=8784, description="Hours that facts may be old at the call (as_of).")
    ref_key: str | None = Field(
        None, min_length=32, repr=False, description="Keys the digests of customer.ref; unset: a key in the store."
    )
    contact_retention_days: int | None = Field(
        None, ge=365, description="Days after which a refusal counts no more; unset: refusals count for ever."
    )
    policy_max_age: float = Field(
        60.0, gt=0, description="Seconds without the store after which a process is not ready any more."
    )
    replica: str | None = Field(
        None, max_length=120, description="Name of this process among its replicas; unset: host, process and a number."
    )
    public_url: str | None = Field(
        None, description="Address at which people open this service, for links in notices; unset: no links."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    @field_validator(
        "cache_dir",
        "database_url",
        "encoder_model",
        "encoder_key",
        "model_url",
        "model_name",
        "model_key",
        "adapters_file",
        "adapters_root",
        "ref_key",
        "contact_retention_days",
        "replica",
        "public_url",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, given: object) -> object:
        return None if given == "" else given

    @field_validator("encoder")
    @classmethod
    def _is_encoder(cls, given: str) -> str:
        if given not in ("embedded", "none") and not given.startswith(("https://", "http://")):
            raise ValueError("embedded, none or an address such as http://127.0.0.1:8001 is expected")
        return given

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, given: str | None) -> str | None:
        if given is not None and not given.startswith(("https://", "http://")):
            raise ValueError("an address such as https://heyan.example.com is expected")
        return given

    @property
    def store_url(self) -> str:
        """The store's SQLAlchemy URL."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'heyan.sqlite3'}"

    @property
    def contact_retention(self) -> timedelta | None:
        """How long refusals count; None: for ever."""
        return None if self.contact_retention_days is None else timedelta(days=self.contact_retention_days)


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        ConfigurationError: naming every variable that is wrong or unknown.
    """
    known = {f"HEYAN_{name.upper()}" for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith("HEYAN_") and name not in known)
    if unknown:
        raise ConfigurationError(f"unknown settings {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    try:
        return Settings()
    except ValidationError as invalid:
        problems = [f"HEYAN_{str(error['loc'][0]).upper()}: {error['msg']}" for error in invalid.errors()]
        raise ConfigurationError("; ".join(problems)) from None
