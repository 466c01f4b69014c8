"""What does every page stand on: templates, routes, sessions, forms, words?"""

__all__ = ["forms", "refusals", "rendering", "routing", "visitors", "words"]
