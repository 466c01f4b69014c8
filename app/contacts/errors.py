"""The errors of contacts."""

from app.errors import Forbidden, Malformed, NotFound


class NothingClosed(NotFound):
    """What was to be opened is not closed."""


class SamePerson(Forbidden):
    """One person cannot loosen anything alone."""


class UnreadableList(Malformed):
    """A list of refusals or references has rows or columns that make no sense; `fields` names the rows."""
