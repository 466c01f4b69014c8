"""What does every page stand on: templates, routes, sessions, forms, words?"""

__all__ = ["downloads", "forms", "kept_forms", "refusals", "rendering", "routing", "visitors", "words"]
