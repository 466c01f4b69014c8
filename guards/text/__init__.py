"""How is a text read, whatever disguise its characters, digits and words wear?"""

__all__ = [
    "bystanders",
    "digits",
    "disguises",
    "folding",
    "idle",
    "lookalikes",
    "numerals",
    "reading",
    "seen",
    "sentences",
    "speech_acts",
    "words",
]
