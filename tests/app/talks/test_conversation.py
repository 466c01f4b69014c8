"""A call that is played: each step makes another one, and can be taken back."""

from app.talks.conversation import HURRIED, Conversation

OPENING = "您好，请问您是王先生本人吗？"
CALL = Conversation("talk-1", {"scenario": "collection_m1"}).answered(OPENING)


def test_the_request_holds_what_was_heard_and_counts_the_turns_of_the_agent() -> None:
    body = CALL.said("是我").body()
    assert (body["call_id"], body["turn"]) == ("talk-1", 1)
    assert body["transcript"] == [{"role": "agent", "text": OPENING}, {"role": "customer", "text": "是我"}]


def test_haste_is_heard_in_the_voice_and_silence_is_an_utterance_without_words() -> None:
    assert CALL.said("没钱", is_hurried=True).transcript[-1]["voice"] == {"chars_per_second": HURRIED}
    assert CALL.said("").transcript[-1] == {"role": "customer", "text": ""}


def test_what_was_cut_off_was_heard_so_far_else_by_half() -> None:
    assert CALL.cut(3).transcript[-1] == {"role": "agent", "text": "您好，", "interrupted": True}
    assert CALL.cut().last_words == OPENING[:7]
    assert CALL.cut(0).last_words == ""
    assert CALL.cut(99) == CALL


def test_nothing_is_cut_off_where_the_agent_did_not_speak_last() -> None:
    said = CALL.said("是我")
    assert said.cut(1) == said
    assert said.last_words == ""


def test_a_step_back_takes_the_answer_and_what_it_answered_and_leaves_the_opening() -> None:
    assert CALL.said("是我").answered("您欠款").back() == CALL
    assert CALL.back() == CALL


def test_who_says_nothing_adds_nothing() -> None:
    assert CALL.answered(None) == CALL
