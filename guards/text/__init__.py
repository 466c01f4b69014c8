"""How is a text read, whatever disguise its characters, digits and words wear?"""

__all__ = [
    "digits",
    "disguises",
    "folding",
    "lookalikes",
    "numerals",
    "reading",
    "seen",
    "sentences",
    "speech_acts",
    "words",
]
