"""The errors of contacts."""

from app.errors import Forbidden, NotFound


class NothingClosed(NotFound):
    """What was to be opened is not closed."""


class SamePerson(Forbidden):
    """One person cannot loosen anything alone."""
