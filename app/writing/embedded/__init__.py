"""How is the shipped checkpoint run in this process? The only place that knows torch and transformers."""

from app.writing.embedded.model import EmbeddedModel

__all__ = ["EmbeddedModel"]
