"""How are the models that Heyan ships with, and an institution's own adapters, trained?"""

__all__ = ["cli", "folders", "meaning", "rehearsal"]
