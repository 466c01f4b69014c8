"""Who may no longer be called, and since when? Refusals are kept for every later request, on every replica."""

from app.contacts.events import ContactEvent, Kept, Scope
from app.contacts.ledger import Closure, Closures, Ledger
from app.contacts.references import References, open_references

__all__ = [
    "Closure",
    "Closures",
    "ContactEvent",
    "Kept",
    "Ledger",
    "References",
    "Scope",
    "events",
    "ledger",
    "lists",
    "open_references",
    "sheets",
]
