"""How do engines that speak another dialect get the next words? Thin translations onto the one turn."""

__all__ = ["cases", "chat", "jambonz", "rasa", "schemas"]
