"""How is a model trained, from scratch or as an adapter?"""

__all__ = ["loop", "pretrain", "rendering", "tune"]
