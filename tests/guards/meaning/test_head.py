"""The second score: asked where the first leaves a sentence open, decides by the sum, and is missed without harm."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guards.meaning.features import BITS, LABEL_BITS, SHORTEST, features
from guards.meaning.guard import Meaning
from guards.meaning.head import Head, SecondScore, read_head
from guards.meaning.kinds import REASONS
from guards.meaning.weights import Weights
from guards.panel import script_of
from guards.policy import Policy, compile_policy, recompiled
from guards.script import Script, Segment
from guards.stream import Stream
from guards.types import Action, Case, Finding, Span, Stage
from tests.fakes import FakeEncoder

HEAD = Head(
    alarm=np.array([1, 0], dtype=np.float32),
    bias=0.0,
    kinds=np.array([[0, 0], [0, 1]], dtype=np.float32),
    kind_biases=np.zeros(2, dtype=np.float32),
    labels=("concession", "threat"),
    first=1.0,
    second=2.0,
    lower=0.0,
    upper=1.1,
    revise=3.0,
    observe=1.0,
    encoder="fake",
)
"""What scores between 0 and 1.1 is stopped above 3, noted above 1: by that and twice a vector's first number."""


def weights(**words: float) -> Weights:
    """First scores: what the characters of a sentence are worth; above 0.9 stopped, above 0.4 noted, a guarantee."""
    alarm, rarity = np.zeros(1 << BITS, dtype=np.float32), np.zeros(1 << BITS, dtype=np.float32)
    for word, worth in words.items():
        bucket = features([word])[0][-1]  # of the longest feature, the word as a whole
        alarm[bucket], rarity[bucket] = worth * SHORTEST, SHORTEST
    kinds = np.zeros((1, 1 << LABEL_BITS), dtype=np.float32)
    return Weights(alarm, rarity, 0.0, ("guarantee",), kinds, np.zeros(1, dtype=np.float32), revise=0.9, observe=0.4)


FIRST = weights(甲=-0.5, 乙=0.2, 丙=0.5, 丁=1.0, 戊=1.5)


def heard(text: str, *vector: float, case: Case = Case()) -> list[tuple[str, Action]]:  # noqa: B008  immutable
    """Rules and actions found where the encoder says this of everything; nothing if it knows nothing."""
    guard = Meaning(FIRST, SecondScore(FakeEncoder(lambda _: vector or None), HEAD))
    return [(finding.rule, finding.action) for finding in guard(script_of(text, case), case)]


@pytest.mark.parametrize(
    ("text", "vector", "found"),
    [
        ("乙", (0.0, 0.0), []),
        ("乙", (0.39, 0.0), []),
        ("乙", (0.41, 0.0), [("meaning.concession", Action.OBSERVE)]),
        ("乙", (1.5, 0.0), [("meaning.concession", Action.REVISE)]),
        ("乙", (1.5, 1.0), [("meaning.threat", Action.ESCALATE)]),
        ("丙", (0.1, 0.0), []),
        ("丁", (-1.0, 0.0), []),
        ("丁", (1.2, 0.0), [("meaning.concession", Action.REVISE)]),
    ],
)
def test_the_sum_of_both_scores_decides_where_the_first_is_open(
    text: str, vector: tuple[float, ...], found: list[tuple[str, Action]]
) -> None:
    assert heard(text, *vector) == found


@pytest.mark.parametrize(("text", "found"), [("甲", []), ("戊", [("meaning.guarantee", Action.REVISE)])])
def test_a_first_score_outside_decides_alone(text: str, found: list[tuple[str, Action]]) -> None:
    assert heard(text, 9.0, 9.0) == heard(text, -9.0, 0.0) == heard(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("乙", [("meaning.unheard", Action.OBSERVE)]),
        ("丙", [("meaning.guarantee", Action.OBSERVE), ("meaning.unheard", Action.OBSERVE)]),
        ("丁", [("meaning.guarantee", Action.REVISE), ("meaning.unheard", Action.OBSERVE)]),
    ],
)
def test_without_an_answer_the_first_score_decides_and_it_is_told(text: str, found: list[tuple[str, Action]]) -> None:
    assert heard(text) == found


def test_it_is_told_once_a_script_that_an_answer_was_missed() -> None:
    guard = Meaning(FIRST, SecondScore(FakeEncoder(lambda _: None), HEAD))
    assert guard(script_of("甲。乙了。乙。甲乙", Case()), Case()) == [
        Finding(
            "meaning.unheard",
            "meaning",
            Action.OBSERVE,
            "有的句子第一道打分拿不准，第二道没有及时答复，只按第一道的分处理，仅供留意",
            Span(2, 4),
        )
    ]


def test_one_answer_that_is_missed_leaves_the_others() -> None:
    guard = Meaning(FIRST, SecondScore(FakeEncoder(lambda said: (2.0, 0.0) if said == "乙了" else None), HEAD))
    found = guard(script_of("乙。乙了。", Case()), Case())
    assert [(each.rule, each.span) for each in found] == [
        ("meaning.concession", Span(2, 4)),
        ("meaning.unheard", Span(0, 1)),
    ]


def test_what_the_second_score_finds_keeps_to_its_scope_and_quotes_words_of_the_first() -> None:
    assert heard("乙", 1.5, 0.0, case=Case(offers=frozenset({"waiver"}))) == []
    first = weights(打包=0.6)
    guard = Meaning(first, SecondScore(FakeEncoder(lambda _: (1.5, 1.0)), HEAD))
    (finding,) = guard(script_of("打包票", Case()), Case())
    assert finding.reason == "听起来像是在威胁客户（主要因为“打包”），请人工复核"
    (finding,) = Meaning(FIRST, SecondScore(FakeEncoder(lambda _: (1.5, 1.0)), HEAD))(script_of("乙", Case()), Case())
    assert finding.reason == "听起来像是在威胁客户，请人工复核"


def test_each_open_sentence_is_asked_about_once_and_no_other() -> None:
    encoder = FakeEncoder(lambda _: (0.0, 0.0))
    guard, script = Meaning(FIRST, SecondScore(encoder, HEAD)), script_of("甲。乙！乙？戊。丙", Case())
    assert guard.undecided(script, Case()) == ["乙", "丙"]
    assert encoder.asked == []
    guard(script, Case())
    guard(script_of("甲。戊", Case()), Case())
    guard(Script(()), Case())
    assert encoder.asked == [["乙", "丙"]]


def test_without_an_encoder_nothing_is_open() -> None:
    guard = Meaning(FIRST)
    assert guard.undecided(script_of("乙", Case()), Case()) == []
    assert [each.rule for each in guard(script_of("乙。丙", Case()), Case())] == ["meaning.guarantee"]


def test_the_second_score_counts_for_so_much_at_most() -> None:
    capped = replace(HEAD, most=0.5)
    low, high = np.array([0.4, 0], dtype=np.float32), np.array([9, 0], dtype=np.float32)
    assert capped.score(0.2, low) == HEAD.score(0.2, low)
    assert capped.score(0.2, high) == pytest.approx(0.2 + 2 * 0.5) != HEAD.score(0.2, high)


@pytest.mark.parametrize("vector", [(1.0,), (1.0, 0.0, 0.0), (float("nan"), 0.0), (float("inf"), 0.0)])
def test_an_encoder_that_answers_nonsense_vouches_for_nothing(vector: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"shapes|numbers|mismatch"):
        heard("乙", *vector)


def test_a_head_for_another_encoder_is_refused() -> None:
    with pytest.raises(ValueError, match="trained for the encoder fake, not for other; train a head for this one"):
        SecondScore(FakeEncoder(lambda _: None, "other"), HEAD)


class TestPolicy:
    """What a compiled policy makes of it."""

    def test_encoder_and_head_are_part_of_its_digest(self, policy: Policy, weights: Weights) -> None:
        digests = {policy.digest}
        for encoder, digest in (("fake", ""), ("fake", "head"), ("other", "")):
            second = SecondScore(FakeEncoder(lambda _: None, encoder), replace(HEAD, encoder=encoder, digest=digest))
            compiled = compile_policy(policy.lexicon, policy.parts.institution, weights, second, is_proven=True)
            digests.add(compiled.digest)
        assert len(digests) == 4

    def test_a_policy_with_other_rules_keeps_its_second_score(self, listening: Policy) -> None:
        assert recompiled(listening, listening.lexicon).parts.meaning.second is listening.parts.meaning.second
        assert recompiled(listening, listening.lexicon).digest == listening.digest

    def test_the_encoder_is_told_nobodys_personal_data(self, listening: Policy, encoder: FakeEncoder) -> None:
        case = Case(stage=Stage.BODY, known_personal_data={"name": "欧阳三丰"})
        script = script_of("欧阳三丰，您的手机一三八一二三四五六七八我们记着。", case)
        open_ = listening.undecided(script, case)
        listening.panel.examine(script, case)
        assert encoder.asked == [open_]
        assert open_ == ["您的手机我们记着"]

    def test_what_is_nothing_but_personal_data_is_not_asked_about(
        self, listening: Policy, encoder: FakeEncoder
    ) -> None:
        guard = Meaning(FIRST, SecondScore(encoder, replace(HEAD, lower=-9.0)), lambda text, case: "***")
        assert guard.undecided(script_of("乙", Case()), Case()) == []

    def test_a_broken_encoder_blocks(self, policy: Policy, weights: Weights) -> None:
        def broken(_: str) -> tuple[float, ...]:
            raise RuntimeError

        second = SecondScore(FakeEncoder(broken), replace(HEAD, lower=-9.0, upper=9.0))
        compiled = compile_policy(policy.lexicon, policy.parts.institution, weights, second, is_proven=True)
        found = compiled.panel.examine_text("您好", Case(stage=Stage.BODY)).findings
        assert [(finding.rule, finding.action) for finding in found] == [("guard.failed", Action.BLOCK)]

    @pytest.mark.parametrize("size", [1, 3, 100])
    def test_a_stream_withholds_what_the_sum_stops(self, policy: Policy, weights: Weights, size: int) -> None:
        encoder = FakeEncoder(lambda said: (9.0, 1.0) if said == "我们知道您在哪儿" else (-9.0, 0.0))
        second = SecondScore(encoder, replace(HEAD, lower=-9.0, upper=9.0))
        compiled = compile_policy(policy.lexicon, policy.parts.institution, weights, second, is_proven=True)
        stream, text = Stream(compiled.panel, Case()), "您好。我们知道您在哪儿。再见。"
        said = [each for start in range(0, len(text), size) for each in stream.feed(text[start : start + size])]
        assert "".join([*said, *stream.close()]) == "您好。"
        assert [finding.rule for finding in stream.verdict.findings] == ["meaning.threat"]

    @pytest.fixture
    def encoder(self) -> FakeEncoder:
        return FakeEncoder(lambda _: (-9.0, 0.0))

    @pytest.fixture
    def listening(self, policy: Policy, weights: Weights, encoder: FakeEncoder) -> Policy:
        """The shipped policy with an encoder that is asked about everything."""
        second = SecondScore(encoder, replace(HEAD, lower=-9.0, upper=9.0))
        return compile_policy(policy.lexicon, policy.parts.institution, weights, second, is_proven=True)


class TestFile:
    """Reading what was trained."""

    @staticmethod
    def written(file: Path, **changes: Any) -> Path:
        """A file of the head above with changes; a part that is None is left out."""
        parts = {name: getattr(HEAD, name) for name in HEAD.__dataclass_fields__ if name != "digest"} | changes
        with file.open("wb") as out:
            np.savez_compressed(out, **{name: value for name, value in parts.items() if value is not None})
        return file

    def test_a_file_is_read_as_it_was_written(self, tmp_path: Path) -> None:
        head = read_head(self.written(tmp_path / "head.npz", most=0.75))
        assert head.most == 0.75
        assert read_head(self.written(tmp_path / "without.npz", most=None)).most == float("inf")
        assert (head.labels, head.encoder, head.width) == (HEAD.labels, "fake", 2)
        assert (head.first, head.second, head.lower, head.upper) == (1.0, 2.0, 0.0, 1.1)
        assert (head.revise, head.observe, head.bias) == (3.0, 1.0, 0.0)
        assert np.array_equal(head.alarm, HEAD.alarm)
        assert np.array_equal(head.kinds, HEAD.kinds)
        assert not head.alarm.flags.writeable
        assert len(head.digest) == 64
        assert head.digest != read_head(self.written(tmp_path / "other.npz", bias=1.0)).digest

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"alarm": None, "encoder": None}, "it lacks alarm, encoder"),
            ({"bias": "much"}, "holds no head"),
            ({"alarm": np.zeros(3)}, "other vectors or labels"),
            ({"alarm": np.zeros((2, 1))}, "other vectors or labels"),
            ({"kind_biases": np.zeros(3)}, "other vectors or labels"),
            ({"labels": ("concession", "nonsense")}, "other vectors or labels"),
            ({"labels": (), "kinds": np.zeros((0, 2)), "kind_biases": np.zeros(0)}, "other vectors or labels"),
        ],
    )
    def test_another_file_is_refused_by_name(self, changes: dict[str, Any], told: str, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=rf"^head.npz .*{told}.*; train it anew$"):
            read_head(self.written(tmp_path / "head.npz", **changes))

    def test_what_is_no_archive_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "head.npz").write_bytes(b"no archive")
        with pytest.raises(ValueError, match=r"head.npz holds no head"):
            read_head(tmp_path / "head.npz")

    def test_a_missing_file_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            read_head(tmp_path / "head.npz")


def test_every_label_of_a_head_is_a_kind_that_officers_can_read() -> None:
    assert set(HEAD.labels) <= set(REASONS)
    assert "unheard" not in REASONS


def test_a_sentence_across_segments_is_one() -> None:
    encoder = FakeEncoder(lambda _: (0.0, 0.0))
    guard = Meaning(FIRST, SecondScore(encoder, HEAD))
    script = Script((Segment(Stage.BODY, "乙", "乙"), Segment(Stage.BODY, "好。", "好。")))
    assert guard.undecided(script, Case()) == ["乙好"]
