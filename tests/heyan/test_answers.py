"""Answers as values: everything that the contract promises, and nothing that it does not."""

from datetime import timedelta
from typing import Any

import pytest

from heyan.answers import Contact, Finding, ReviewAnswer, ScriptAnswer
from tests.heyan.services import SCRIPT

REVIEW: dict[str, Any] = {
    "action": "block",
    "findings": SCRIPT["verdict"]["findings"],
    "masked_text": "尾号****0123",
    "checked": ["phrases", "personal_data"],
    "policy_revision": 7,
}

CONTACT: dict[str, Any] = {
    "ref": "u-778",
    "events": [
        {
            "type": "opt_out",
            "scope": "marketing",
            "since": "2026-11-22T02:05:31+00:00",
            "latest": "2026-11-23T02:05:31+00:00",
            "source": "call",
        }
    ],
    "closed": [
        {
            "scenario": "acquisition",
            "channel": None,
            "roles": ["contact", "unrelated"],
            "action": "do_not_call",
            "rule": "gate.opted_out",
        }
    ],
    "asked": [{"type": "opt_out", "person": "li.na", "reason": "客户要求", "at": "2026-12-01T01:00:00+00:00"}],
}


def test_a_script_is_read_with_all_that_belongs_to_it() -> None:
    answer = ScriptAnswer.read(SCRIPT)
    assert (answer.action, answer.text, answer.policy_revision) == ("speak", "您好。再见。", 7)
    assert [segment.tts_text for segment in answer.segments] == ["您好。", "再见。"]
    assert [segment.interruptible for segment in answer.segments] == [False, True]
    assert answer.delivery is not None
    assert (answer.delivery.speech_rate, answer.delivery.contact_window) == (0.8, ("09:00", "11:00"))
    assert answer.verdict.findings == (Finding("rate.annual_first", "grounding", "observe", "先说年化", (0, 2)),)
    assert answer.timing_ms is not None
    assert answer.timing_ms.total == 212.4


def test_a_call_that_must_not_be_made_has_no_words() -> None:
    silent: dict[str, Any] = {
        "text": None,
        "segments": [],
        "delivery": None,
        "strategy": None,
        "source": None,
        "model": None,
    }
    answer = ScriptAnswer.read({**SCRIPT, **silent, "action": "do_not_call"})
    assert (answer.action, answer.text, answer.segments, answer.delivery) == ("do_not_call", None, (), None)


def test_what_a_service_does_not_send_yet_is_empty_and_read_once_it_does() -> None:
    answer = ScriptAnswer.read(SCRIPT)
    assert (answer.events, answer.ignored_tags, answer.experiment, answer.policy_digest) == ((), (), None, None)
    event, arm = {"type": "opt_out", "scope": "marketing"}, {"id": "e", "arm": "a", "propensity": 0.5, "phase": "run"}
    answer = ScriptAnswer.read({**SCRIPT, "events": [event], "experiment": arm, "policy_digest": "ab"})
    assert (answer.events, answer.experiment, answer.policy_digest) == ((event,), arm, "ab")


def test_fields_of_a_newer_service_are_ignored_at_every_depth_and_kept_as_sent() -> None:
    newer: dict[str, Any] = {
        **SCRIPT,
        "mood": "calm",
        "segments": [{**segment, "ssml": "<speak/>"} for segment in SCRIPT["segments"]],
        "delivery": {**SCRIPT["delivery"], "pitch": 1},
        "timing_ms": {**SCRIPT["timing_ms"], "store": 1.0},
        "verdict": {"action": "observe", "score": 1, "findings": [{**SCRIPT["verdict"]["findings"][0], "law": "x"}]},
    }
    assert ScriptAnswer.read(newer) == ScriptAnswer.read(SCRIPT)
    assert ScriptAnswer.read(newer).as_sent["segments"][0]["ssml"] == "<speak/>"
    assert ReviewAnswer.read({**REVIEW, "mood": "calm"}) == ReviewAnswer.read(REVIEW)


def test_reviews_are_read_in_their_order() -> None:
    one, other = ReviewAnswer.read_many({"items": [REVIEW, {**REVIEW, "action": "allow", "findings": []}]})
    assert (one.action, other.action, other.findings) == ("block", "allow", ())
    assert one.checked == ("phrases", "personal_data")


def test_a_contact_is_read_with_its_times_and_what_a_newer_service_adds_is_kept_as_sent() -> None:
    contact = Contact.read(CONTACT)
    [refusal], [closed] = contact.events, contact.closed
    assert (refusal.latest - refusal.since, refusal.scope) == (timedelta(days=1), "marketing")
    assert (closed.roles, closed.channel, closed.rule) == (("contact", "unrelated"), None, "gate.opted_out")
    assert contact.asked[0]["person"] == "li.na"
    newer = {**CONTACT, "mood": "calm", "events": [{**CONTACT["events"][0], "heard_by": "asr"}]}
    assert Contact.read(newer) == contact
    assert Contact.read(newer).as_sent["mood"] == "calm"


@pytest.mark.parametrize("name", ["ref", "events", "closed"])
def test_a_contact_without_what_it_must_have_is_none(name: str) -> None:
    with pytest.raises((TypeError, KeyError)):
        Contact.read({key: value for key, value in CONTACT.items() if key != name})


@pytest.mark.parametrize("name", ["script_id", "action", "verdict", "policy_revision"])
def test_an_answer_without_what_it_must_have_is_none(name: str) -> None:
    with pytest.raises((TypeError, KeyError)):
        ScriptAnswer.read({key: value for key, value in SCRIPT.items() if key != name})
