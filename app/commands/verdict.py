"""A command that answers a question may answer no, which is exit status 1."""


class AnsweredNo(Exception):  # noqa: N818
    """The command did what it should, and what it found is not good; it has said so."""
