"""Everything that is wrong with a change of approved wording, told at once, before anybody is asked to approve it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

import yaml

from app.approved.holds import LineKind
from app.approved.replies import CALLER
from app.approved.skeleton import MAX_CHARACTERS, SLOT, channel_problems, slots_in
from app.approved.vocabulary import Vocabulary
from app.approved.wording import INSTITUTION, OTHER_FEES, SALUTATION, wording_of
from app.lexicon.labels import CHANNELS
from app.lexicon.problems import Problem, Severity, errors, nearest, shown
from app.lexicon.rewording import Rewording
from app.lexicon.uploads import syntax_problems
from app.lexicon.wording_faults import fault_problem
from app.lexicon.wording_files import EntangledTextError, Spot, Stored, WordingFiles
from guards.lexicon.documents import DocumentError
from guards.types import Channel

_FRAME_SLOTS = (INSTITUTION, SALUTATION, OTHER_FEES, CALLER)
_WITHOUT_SLOTS = frozenset({LineKind.REPLY, LineKind.BRIDGE})
_ENDS = "。？！"
_MANY = frozenset({LineKind.FALLBACK, LineKind.REPLY})
_LINE = f"{LineKind.LINE}-"


def wording_problems(
    files: WordingFiles, change: Rewording, vocabulary: Vocabulary, prompts: Mapping[str, bytes]
) -> list[Problem]:
    """Every problem of a change to these files, errors and warnings. `prompts`: what else stands beside them."""
    problems = [*_ids(files, change), *_written(files, change, vocabulary)]
    if not errors(problems) and change.changes_texts:
        problems += _whole(files, change, vocabulary, prompts)
    return problems


def changed(files: WordingFiles, change: Rewording) -> dict[str, bytes]:
    """The files with the change in them.

    Raises:
        EntangledTextError: if a text stands so among others that it cannot be taken out, or another put beside it.
    """
    if change.files:
        return {**files.contents, **{name: text.encode() for name, text in change.files.items()}}
    return files.changed({one.id: one.text for one in change.edits}, change.adds, change.retires)


def sayable_slots(kinds: Collection[LineKind], vocabulary: Vocabulary) -> set[str]:
    """The names of what may stand in braces in a text that is all of this."""
    if _WITHOUT_SLOTS & set(kinds):
        return {CALLER} if LineKind.REPLY in kinds else set()
    return set(vocabulary.slots) | (set(_FRAME_SLOTS) if LineKind.SEGMENT in kinds else set())


def _ids(files: WordingFiles, change: Rewording) -> Iterator[Problem]:
    places = [(f"edits.{index}.id", one.id) for index, one in enumerate(change.edits)]
    places += [(f"retires.{index}", one) for index, one in enumerate(change.retires)]
    often = Counter(name for _, name in places)
    places += [(f"adds.{index}.beside", one.beside) for index, one in enumerate(change.adds)]
    for place, name in places:
        stored = files.lines.get(name)
        if stored is None:
            yield _unknown(place, name)
            continue
        if often[name] > 1:
            told = f"“{shown(stored.text)}”在这次改动里出现了 {often[name]} 次，每句话只能改一次。"
            yield _problem("duplicate_id", place, stored, told, f"{name} is named twice")
        is_retired, in_list = place.startswith("retires"), [spot.many is not None for spot in stored.spots]
        if not (place.startswith("edits") or (all(in_list) if is_retired else any(in_list))):
            does = "删除" if is_retired else "在旁边加别的话"
            told = f"“{shown(stored.text)}”是固定的一段，只能改写或停用，不能{does}。"
            yield _problem("fixed_text", place, stored, told, f"{name} is not one of several texts")
    if change.files and (change.adds or change.edits or change.retires):
        told = "换整个文件的时候，不能同时一句一句地改。"
        yield Problem(code="files_and_texts", field="files", message=told, english="files or texts, not both")


def _unknown(place: str, name: str) -> Problem:
    if name.startswith(_LINE):
        told = "这是模型学会的句子，不能在这里改写，只能停用；要换说法，请改训练数据。"
        english = f"{name} is a line of a model: it can be suspended, not edited"
        return Problem(code="line_of_model", field=place, word=name, message=told, english=english)
    told = "没有这句话术，可能已经改过，请重新查找。"
    return Problem(code="unknown_line", field=place, word=name, message=told, english=f"there is no text {name}")


def _written(files: WordingFiles, change: Rewording, vocabulary: Vocabulary) -> Iterator[Problem]:
    texts = [(f"edits.{index}.text", one.id, one.text) for index, one in enumerate(change.edits)]
    texts += [(f"adds.{index}.text", one.beside, one.text) for index, one in enumerate(change.adds)]
    new: dict[tuple[str, int], str] = {}
    for place, name, text in texts:
        stored = files.lines.get(name)
        if stored is None:
            continue
        if place.startswith("edits") and text == stored.text:
            told = f"“{shown(text)}”和现在的说法一样，没有改。"
            yield _problem("same_text", place, stored, told, "the text is as it was")
        elif beside := _beside(files, stored, text):
            told = f"“{shown(text)}”在同一个地方已经有了（{beside.file} 第 {beside.line} 行）。"
            yield _problem("text_taken", place, stored, told, f"the text stands at {beside.file}:{beside.line} already")
        elif twice := [other for many in _lists(stored) if (other := new.setdefault((text, id(many)), place)) != place]:
            told = f"“{shown(text)}”在这次改动里给同一个地方写了两次，请去掉一句。"
            yield _problem("text_taken", place, stored, told, f"the text is put there by {twice[0]} already")
        yield from _text(place, stored, text, vocabulary)


def _beside(files: WordingFiles, stored: Stored, text: str) -> Spot | None:
    """Where a text is said already under the same conditions."""
    lists = _lists(stored)
    return next((spot for spot in files.spots if spot.text == text and any(spot.many is one for one in lists)), None)


def _lists(stored: Stored) -> list[yaml.SequenceNode]:
    """Those in which a text stands."""
    return [spot.many for spot in stored.spots if spot.many is not None]


def _text(place: str, stored: Stored, text: str, vocabulary: Vocabulary) -> Iterator[Problem]:
    kinds = {spot.kind for spot in stored.spots}
    if not text.strip() or text != text.strip():
        told = "话术不能是空的，前后也不能有空格。"
        yield _problem("empty_text", place, stored, told, "a text without spaces around it is expected")
        return
    if len(text) > MAX_CHARACTERS:
        told = f"话术有 {len(text)} 个字，最多 {MAX_CHARACTERS} 个字。"
        yield _problem("too_long", place, stored, told, f"at most {MAX_CHARACTERS} characters")
    if strange := [each for each in text if not each.isprintable()]:
        told = f"话术里有看不见的字符（{', '.join(f'U+{ord(each):04X}' for each in dict.fromkeys(strange))}），请删掉。"
        yield _problem("unprintable", place, stored, told, "the text holds what cannot be shown")
    yield from _slots(place, stored, text, kinds, vocabulary)
    if LineKind.FALLBACK in kinds:
        # What replies to a customer was approved with words that no model may say there.
        for channel in (each for each in Channel if not channel_problems(stored.text, each)):
            for found in channel_problems(text, channel):
                told = f"兜底话术每个渠道都会用，{CHANNELS[channel]}：{found}。"
                yield _problem("unfit_channel", place, stored, told, f"unfit for {channel}: {found}")
    if text[-1] not in _ENDS and stored.text[-1] in _ENDS:
        told = f"“{shown(text)}”没有以句号、问号或叹号结尾，后面的话会连着读。"
        yield _problem("no_end", place, stored, told, "the text does not end as a sentence", Severity.WARNING)


def _slots(place: str, stored: Stored, text: str, kinds: set[LineKind], vocabulary: Vocabulary) -> Iterator[Problem]:
    if {"{", "}"} & set(SLOT.sub("", text)):
        told = "花括号要成对，里面写事实的名称，例如 {年化利率}。"
        yield _problem("unpaired_brace", place, stored, told, "braces do not pair")
    own = sayable_slots(kinds, vocabulary)
    for name in dict.fromkeys(slots_in(text)):
        if name in own:
            continue
        if not own:
            told = f"这句话里不能有“{{{name}}}”：说这句话的时候，什么事实都不知道。"
        elif meant := nearest(name, own):
            told = f"不认识“{{{name}}}”，是不是想写“{{{meant}}}”？"
        else:
            told = f"不认识“{{{name}}}”，可以用的有：{'、'.join(sorted(own))}。"
        yield _problem("unknown_slot", place, stored, told, f"unknown slot {name}")


def _whole(
    files: WordingFiles, change: Rewording, vocabulary: Vocabulary, prompts: Mapping[str, bytes]
) -> Iterator[Problem]:
    """What only the files with the change in them can tell."""
    unreadable = [found for name, text in change.files.items() for found in syntax_problems(name, text.encode())]
    if unreadable:
        yield from unreadable
        return
    try:
        wording_of({**prompts, **changed(files, change)}, vocabulary)
    except EntangledTextError as tangled:
        spot = tangled.spot
        told = f"{spot.file} 第 {spot.line} 行的“{shown(spot.text)}”和别的内容写在同一行，请先把它分行写。"
        yield Problem(code="entangled", file=spot.file, line=spot.line, message=told, english=str(tangled))
    except DocumentError as broken:
        yield from map(fault_problem, broken.problems)


def _problem(
    code: str, place: str, stored: Stored, told: str, english: str, severity: Severity = Severity.ERROR
) -> Problem:
    return Problem(code=code, field=place, word=shown(stored.text), message=told, english=english, severity=severity)
