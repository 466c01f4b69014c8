"""The stores that evidence is taken from."""

from tests.app.records.conftest import (
    clock,
    log,
    make_decision,
    postgres,
    postgres_url,
    sqlite_url,
    store,
    told,
    url,
)

__all__ = ["clock", "log", "make_decision", "postgres", "postgres_url", "sqlite_url", "store", "told", "url"]
