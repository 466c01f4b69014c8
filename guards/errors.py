"""What is raised for a file of rules, words or tables that cannot be used."""


class DataFileError(ValueError):
    """A data file is missing or broken. `problems` are lines of `file:line: what`."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))
