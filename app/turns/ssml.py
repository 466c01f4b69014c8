"""Words for engines that take SSML: pauses where a caller breathes, the pace, nothing that needs a voice's own tags."""

from typing import Literal
from xml.sax.saxutils import escape

from app.approved.skeleton import sentences

Dialect = Literal["aliyun", "tencent", "w3c"]
_BREAK = {"aliyun": "300ms", "tencent": "300ms", "w3c": "300ms"}
_NAMESPACE = ' version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="zh-CN"'


def marked(spoken: str, dialect: Dialect, speech_rate: float) -> str:
    """The spoken form of a segment in one dialect.

    Tencent and W3C engines take the pace in `prosody`; Aliyun takes it beside the text, so that none is written.
    """
    pause = f'<break time="{_BREAK[dialect]}"/>'
    text = pause.join(escape(sentence) for sentence in sentences(spoken))
    if dialect == "w3c":
        return f'<speak{_NAMESPACE}><prosody rate="{round(speech_rate * 100)}%">{text}</prosody></speak>'
    if dialect == "tencent":
        return f'<speak><prosody rate="{speech_rate:g}">{text}</prosody></speak>'
    return f"<speak>{text}</speak>"
