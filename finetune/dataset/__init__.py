"""How do officers' scripts and recorded calls become rows to learn from?"""

__all__ = ["build", "folder", "recombination", "rows"]
