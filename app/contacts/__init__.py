"""Who may no longer be called, and since when? Refusals are kept for every later request, on every replica."""

from app.contacts.effects import Effect, effects_of
from app.contacts.events import Change, ContactEvent, Kept, Scope
from app.contacts.ledger import Closure, Closures, Ledger
from app.contacts.references import References, open_references

__all__ = [
    "Change",
    "Closure",
    "Closures",
    "ContactEvent",
    "Effect",
    "Kept",
    "Ledger",
    "References",
    "Scope",
    "effects_of",
    "errors",
    "events",
    "ledger",
    "lists",
    "open_references",
    "sheets",
]
