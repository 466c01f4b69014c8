"""Which commands does `python -m finetune` have, and what does each take?"""

__all__ = ["adapters", "corpus"]
