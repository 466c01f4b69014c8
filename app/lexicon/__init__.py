"""How does a rule change, who is told what is wrong with the change, and what would it do?"""

__all__ = ["changes", "differences", "drafts", "files", "lint", "problems", "sheets", "uploads"]
