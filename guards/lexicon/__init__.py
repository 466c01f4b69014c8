"""What do officers write, how is it read, and when does a rule apply?"""

__all__ = ["disclosures", "documents", "examples", "gates", "numbers", "reader", "roles", "rules", "scope"]
