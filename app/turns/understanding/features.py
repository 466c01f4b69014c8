"""An utterance as numbers: which characters follow each other, and which sounds, for what a recogniser mishears."""

import re
from collections.abc import Sequence
from functools import cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from guards.meaning.features import features
from guards.text.words import listed_readings

BITS = 24
"""Features of characters, and those of sounds, are told apart in 2**24 buckets each."""
VIEWS = 2
_FIRST_SOUND, _SOUNDS = 0x30000, 0xC0000
"""Code points of planes that hold no characters, so that a sound is never taken for one."""
_PAUSE = re.compile(r"[^\w一-鿿]+")
_NUMBER = re.compile(
    "[0-9０-９零〇一二两三四五六七八九十百千万]+(?=个?月|[号日点块元期天周毛])|(?<=[周期])[一二三四五六日天](?!样)"
)
"""Which number it is says nothing of what is meant; that there is one does."""
_NEAR = ((re.compile("^([zcs])h"), r"\1"), (re.compile("ng$"), "n"), (re.compile("^l"), "n"))
"""Syllables that a telephone and an accent make one: zh/z, ing/in, l/n."""


def counted(texts: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The buckets of all features of all texts, and for each the place of its text.

    Features of sounds follow those of characters: bucket 2**24 and above.
    """
    clean = [f"^{_PAUSE.sub('，', _NUMBER.sub('0', text.strip()))}$" for text in texts]
    views = [features(clean, BITS), features([_sounds(text) for text in clean], BITS)]
    buckets = np.concatenate([found + (view << BITS) for view, (found, _) in enumerate(views)])
    return buckets, np.concatenate([owners for _, owners in views])


def _sounds(text: str) -> str:
    return "".join(_sound(character) for character in text)


@cache
def _sound(character: str) -> str:
    """The character that stands for the syllable; itself where it has none."""
    readings = listed_readings(character)
    if not readings:
        return character
    syllable = readings[0]
    for pattern, instead in _NEAR:
        syllable = pattern.sub(instead, syllable)
    return chr(_FIRST_SOUND + crc32(syllable.encode()) % _SOUNDS)
