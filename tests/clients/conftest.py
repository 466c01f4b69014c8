"""The service that real clients talk to."""

from tests.app.conftest import data

__all__ = ["data"]
