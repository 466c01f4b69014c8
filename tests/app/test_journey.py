"""The life of a phrase over HTTP, on a service that really runs: drafted, tried, approved, enforced, and taken back."""

import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from app.records import Role, Store, open_store
from app.settings import ROOT
from guards.types import Scenario
from tests.app.examples import request_body
from tests.app.lexicon.rules import rule, shipped
from tests.app.officers import Officer, officer
from tests.app.processes import Process, serving
from tests.app.services import BODY
from tests.model_server import completion, model_server

WORD = "青山绿水好心情"
RULE = rule(phrases=[WORD], examples={"hits": [f"我们{WORD}。"], "misses": ["审批结果以系统为准。"]})
CHANGE = {"title": "新词", "comment": "客户投诉", "adds": [RULE]}
REVIEW = {"text": f"给您说一句，{WORD}。", "scenario": "acquisition", "stage": "body"}
PROMISE = "promise.guaranteed_approval"
SECONDS_TO_ENFORCE = 2.0
"""From an approval's answer on; the contract's."""
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    """A model server that always says `WORD`."""
    with model_server(lambda body: completion(BODY.replace("直接说重点", f"直接说重点，{WORD}"))) as served:
        yield served.url


@pytest.fixture
async def opened(url: str) -> AsyncIterator[Store]:
    """The store of the service, for keys."""
    store = await open_store(url)
    yield store
    await store.close()


@pytest.fixture
def process(opened: Store, url: str, tmp_path: Path, model: str) -> Iterator[Process]:
    """The service on that store."""
    with serving(url, tmp_path / "data", model) as served:
        yield served


@pytest.fixture
async def caller(opened: Store) -> Officer:
    """The dialogue engine."""
    return await officer(opened, "engine", Role.CALLER)


@pytest.fixture
async def editor(opened: Store) -> Officer:
    """A person who drafts."""
    return await officer(opened, "Zhang Wei", Role.EDITOR)


@pytest.fixture
async def approver(opened: Store) -> Officer:
    """A person who approves."""
    return await officer(opened, "李合规", Role.APPROVER)


@pytest.fixture
async def auditor(opened: Store) -> Officer:
    """A person who reads."""
    return await officer(opened, "赵审计", Role.AUDITOR)


async def test_a_phrase_is_drafted_approved_enforced_and_taken_back(
    opened: Store,
    url: str,
    tmp_path: Path,
    process: Process,
    caller: Officer,
    editor: Officer,
    approver: Officer,
    auditor: Officer,
) -> None:
    before = caller.post(process, "reviews", REVIEW)
    assert (before["action"], before["policy_revision"]) == ("allow", 1)
    recorded = _spoken(process, caller)
    assert (recorded["source"], WORD in recorded["text"]) == ("model", True)

    path = f"lexicon/changes/{editor.post(process, 'lexicon/changes', CHANGE)['id']}"
    stopped = editor.post(process, f"{path}/dry-run")["newly_stopped"]
    assert (stopped["count"], stopped["by_rule"]) == (2, {"extra.one": 2})
    [example] = [each for each in stopped["examples"] if each["script_id"] == recorded["script_id"]]
    assert (example["words"], WORD in example["text"]) == ([WORD], True)
    assert editor.post(process, f"{path}/submit")["state"] == "submitted"
    await _nobody_alone_may_approve(opened, process, path, editor, auditor)
    assert caller.post(process, "reviews", REVIEW)["action"] == "allow"

    approved = approver.post(process, f"{path}/approve", {"reason": "同意"})
    assert (approved["state"], approved["revision"], approved["decided_by"]) == ("published", 2, approver.person)
    blocked = _enforced(process, caller, 2)
    assert (blocked["action"], blocked["findings"][0]["rule"]) == ("block", "extra.one")
    assert blocked["policy_digest"] != before["policy_digest"]
    assert WORD not in _spoken(process, caller)["text"]
    _says_that_it_runs(process, auditor, blocked)

    back = await officer(opened, approver.person, Role.EDITOR, Role.APPROVER)
    restored = back.post(process, "lexicon/revisions/1/restore", {"note": "误伤太多"})
    assert (restored["state"], restored["restores"], restored["retires"]) == ("submitted", 1, ["extra.one"])
    undo = f"lexicon/changes/{restored['id']}/approve"
    for same in (back, approver):
        assert same.post(process, undo, {}, 403)["error"] == "OwnChange"
    assert caller.post(process, "reviews", REVIEW)["action"] == "block"
    third = await officer(opened, "王合规", Role.APPROVER)
    assert third.post(process, undo, {})["revision"] == 3
    passed = _enforced(process, caller, 3)
    assert (passed["action"], passed["policy_digest"]) == ("allow", before["policy_digest"])
    assert WORD in _spoken(process, caller)["text"]
    _says_that_it_runs(process, auditor, passed)

    steps = [
        (each["person"], each["event"])
        for each in auditor.get(process, "audit?limit=1000")["entries"]
        if each["event"] != "key.created"
    ]
    assert steps == [
        ("service", "revision.published"),
        (editor.person, "change.drafted"),
        (editor.person, "change.submitted"),
        (approver.person, "change.approved"),
        (approver.person, "revision.published"),
        (approver.person, "change.submitted"),
        (third.person, "change.approved"),
        (third.person, "revision.published"),
    ]
    assert _verified(url).startswith("the trail is whole: ")
    _is_proven_to_somebody_outside(process, tmp_path, auditor, approver)


async def test_of_two_drafts_of_one_rule_the_second_is_refused_with_both_texts(
    process: Process, editor: Officer, approver: Officer, auditor: Officer
) -> None:
    first, second = (editor.submit(process, {"edits": [shipped(PROMISE, title=title)]}) for title in ("改一", "改二"))
    assert approver.post(process, f"{first}/approve", {})["revision"] == 2
    told = approver.post(process, f"{second}/approve", {}, 409)
    assert told["error"] == "RulesMoved"
    texts = {each["field"]: each["reason"] for each in told["fields"]}
    assert "title: 改一" in texts[f"{PROMISE}:now"]
    assert "title: 改二" in texts[f"{PROMISE}:wanted"]
    assert auditor.get(process, second)["state"] == "submitted"
    assert auditor.get(process, "lexicon/status")["revision"] == 2


async def _nobody_alone_may_approve(
    store: Store, process: Process, path: str, editor: Officer, auditor: Officer
) -> None:
    """Neither the author, whatever the keys and however they write the name, nor a role that does not approve."""
    for person in (editor.person, "ＺＨＡＮＧ ｗｅｉ", "zhang  WEI"):
        for roles in ((Role.EDITOR, Role.APPROVER), (Role.APPROVER,), tuple(Role)):
            same = await officer(store, person, *roles)
            assert same.post(process, f"{path}/approve", {}, 403)["error"] == "OwnChange", (person, roles)
            assert same.post(process, f"{path}/reject", {"reason": "不"}, 403)["error"] == "OwnChange"
    for other in (editor, auditor):
        assert other.post(process, f"{path}/approve", {}, 403)["error"] == "Forbidden"
    assert auditor.get(process, path)["state"] == "submitted"


def _spoken(process: Process, caller: Officer) -> Any:
    """A new script."""
    number = f"journey-{next(_NUMBERS)}"
    return caller.post(
        process,
        "scripts",
        request_body(Scenario.ACQUISITION, request_id=number, options={"deadline_ms": 20_000}),
    )


def _enforced(process: Process, caller: Officer, revision: int) -> Any:
    """The review that first names a revision, which was published just now."""
    return _soon(lambda: caller.post(process, "reviews", REVIEW), lambda told: told["policy_revision"] == revision)


def _says_that_it_runs(process: Process, auditor: Officer, review: Any) -> None:
    """The status comes to agree with an answer."""
    runs = (review["policy_revision"], review["policy_digest"])

    def agrees(status: Any) -> bool:
        replicas = [(each["revision"], each["digest"]) for each in status["replicas"]]
        return (status["revision"], replicas) == (runs[0], [runs])

    _soon(lambda: auditor.get(process, "lexicon/status"), agrees)


def _soon(ask: Callable[[], Any], is_so: Callable[[Any], bool]) -> Any:
    """The first answer that is so, within the contract's time."""
    latest = time.monotonic() + SECONDS_TO_ENFORCE
    while not is_so(told := ask()):
        assert time.monotonic() < latest, told
        time.sleep(0.02)
    return told


def _is_proven_to_somebody_outside(process: Process, folder: Path, auditor: Officer, approver: Officer) -> None:
    """Of what the new rule stopped there is evidence, which says who approved that rule and holds without the store."""
    [stopped, *_] = auditor.get(process, "decisions?rule=extra.one&action=block")["items"]
    evidence = auditor.get(process, f"decisions/{stopped['script_id']}/evidence")
    [fired] = [each for each in evidence["rules"] if each["rule"] == "extra.one"]
    told = fired["brought_by"]
    assert (told["approver"], told["change"]["decided_by"]) == (approver.person, approver.person)
    file = folder / "evidence.json"
    file.write_text(json.dumps(evidence), "utf-8")
    assert _printed("evidence", "verify", str(file), environment={}).startswith("holds: ")


def _verified(url: str) -> str:
    """What `heyan audit verify` says of a store in which nothing is wrong."""
    return _printed("audit", "verify", environment={"HEYAN_DATABASE_URL": url})


def _printed(*command: str, environment: dict[str, str]) -> str:
    """What a command prints that goes well."""
    told = subprocess.run(
        [sys.executable, "-m", "app", *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout
