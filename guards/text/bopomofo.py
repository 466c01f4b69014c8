"""Bopomofo in Latin letters: ㄅㄠ is bao."""

import re
from collections.abc import Iterator

_SIGNS = "ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙ"
_LETTERS = "b p m f d t n l g k h j q x zh ch sh r z c s"
_INITIALS = dict(zip(_SIGNS, _LETTERS.split(" "), strict=True))
_VOWEL_SIGNS = "ㄚㄛㄜㄝㄞㄟㄠㄡㄢㄣㄤㄥㄦㄧㄨㄩ"
_VOWELS = "a o e e ai ei ao ou an en ang eng er i u v"
_FINALS = {
    **dict(zip(_VOWEL_SIGNS, _VOWELS.split(" "), strict=True)),
    "ㄧㄚ": "ia", "ㄧㄛ": "o", "ㄧㄝ": "ie", "ㄧㄞ": "ai", "ㄧㄠ": "iao", "ㄧㄡ": "iu", "ㄧㄢ": "ian", "ㄧㄣ": "in",
    "ㄧㄤ": "iang", "ㄧㄥ": "ing", "ㄨㄚ": "ua", "ㄨㄛ": "uo", "ㄨㄞ": "uai", "ㄨㄟ": "ui", "ㄨㄢ": "uan", "ㄨㄣ": "un",
    "ㄨㄤ": "uang", "ㄨㄥ": "ong", "ㄩㄝ": "ue", "ㄩㄢ": "uan", "ㄩㄣ": "un", "ㄩㄥ": "iong",
}  # fmt: skip
_SYLLABLE = re.compile("([ㄅ-ㄙ]?)([ㄧㄨㄩ]?[ㄚ-ㄦ]|[ㄧㄨㄩ])|([ㄓ-ㄙ])")
_ALONE = {"i": "yi", "u": "wu", "v": "yu", "in": "yin", "ing": "ying", "ui": "wei", "un": "wen", "ong": "weng"}
_ROUNDED = frozenset("jqx")


def in_letters(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """The syllables of a text that begins at `start`, each with its place."""
    for found in _SYLLABLE.finditer(text):
        initial, final = _INITIALS.get(found[1] or found[3], ""), _FINALS.get(found[2] or "", "")
        yield _spelt(initial, final, is_rounded="ㄩ" in found[0]), start + found.start(), start + found.end()


def _spelt(initial: str, final: str, *, is_rounded: bool) -> str:
    if not final:
        return f"{initial}i"
    if initial:
        return initial + (final.replace("v", "u") if initial in _ROUNDED else final.replace("ue", "ve"))
    if is_rounded:
        return {"v": "yu", "ue": "yue", "uan": "yuan", "un": "yun", "iong": "yong"}[final]
    if final in _ALONE:
        return _ALONE[final]
    if final == "iu":
        return "you"
    return f"y{final[1:]}" if final[0] == "i" else f"w{final[1:]}" if final[0] == "u" else final
