"""Rows of the trail as notices: what is told, and what never is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.notices.news import EVENTS, conflict_of, news_of
from app.parts import Parts
from app.records import ChangeState, Entry, Headline, NoticeKind
from app.records.outbox import Notice
from guards.policy import Policy
from tests.app.lexicon.rules import rule
from tests.app.notices.receivers import AT
from tests.app.services import writer
from tests.fakes import FakeModel

MOBILE = "13812345678"
LONG = "很长的话" * 2500


@pytest.fixture
def model() -> FakeModel:
    """The model that the service asks."""
    return writer()


def _entry(event: str, subject: str | None = "01K0", person: str = "张合规", **details: Any) -> Entry:
    return Entry(7, AT, person, event, subject, details, "0" * 64, "1" * 64)


def _change(**fields: Any) -> Headline:
    given: dict[str, Any] = {
        "id": "01K0",
        "subject": "lexicon",
        "state": ChangeState.SUBMITTED,
        "title": "新词",
        "author": "张合规",
        "reviewers": (),
        "created_at": AT,
        "updated_at": AT,
        "submitted_at": AT,
        "expires_at": AT + timedelta(days=14),
        "effective_from": None,
        "decided_by": None,
        "revision": None,
    }
    return Headline(**{**given, **fields})


def _plain(text: str) -> str:
    return text


def _told(entry: Entry, change: Headline | None = None) -> Notice:
    notice = news_of(entry, change, _plain)
    assert notice is not None
    return notice


def _words(notice: Notice) -> str:
    return "\n".join([notice.title, *notice.lines, notice.path])


CHANGES: Mapping[str, NoticeKind] = {
    "change.submitted": NoticeKind.WAITING,
    "change.withdrawn": NoticeKind.DECIDED,
    "change.rejected": NoticeKind.DECIDED,
    "change.expired": NoticeKind.DECIDED,
    "change.failed": NoticeKind.FAILING,
}
OTHERS: Mapping[str, NoticeKind] = {
    "lexicon.frozen": NoticeKind.PUBLISHED,
    "lexicon.unfrozen": NoticeKind.PUBLISHED,
    "line.suspended": NoticeKind.PUBLISHED,
    "line.resumed": NoticeKind.PUBLISHED,
    "contact.opening_asked": NoticeKind.WAITING,
    "store.waiver_asked": NoticeKind.WAITING,
    "store.restored": NoticeKind.FAILING,
    "person.created": NoticeKind.ACCESS,
    "person.password_changed": NoticeKind.ACCESS,
    "person.roles_changed": NoticeKind.ACCESS,
    "person.disabled": NoticeKind.ACCESS,
    "person.enabled": NoticeKind.ACCESS,
    "person.confirmed": NoticeKind.ACCESS,
    "person.locked": NoticeKind.ACCESS,
    "key.created": NoticeKind.ACCESS,
    "key.revoked": NoticeKind.ACCESS,
    "webhook.created": NoticeKind.ACCESS,
    "webhook.removed": NoticeKind.ACCESS,
}


@pytest.mark.parametrize(("event", "kind"), CHANGES.items())
def test_what_happened_to_a_change(event: str, kind: NoticeKind) -> None:
    notice = _told(_entry(event), _change())
    assert (notice.kind, notice.event, notice.at, notice.path) == (kind, event, AT, "/changes/01K0")
    assert notice.title.endswith("：新词")
    assert "张合规" in _words(notice)


@pytest.mark.parametrize(("event", "kind"), OTHERS.items())
def test_what_happened_besides(event: str, kind: NoticeKind) -> None:
    notice = _told(_entry(event, None if kind is not NoticeKind.ACCESS else "李合规", "王管理"))
    assert (notice.kind, notice.event) == (kind, event)
    assert "王管理" in _words(notice)
    assert ("李合规" in _words(notice)) is (kind is NoticeKind.ACCESS)


def test_the_rows_that_are_news_are_those() -> None:
    expected = {*CHANGES, *OTHERS, "change.reviewers_asked", "change.approved", "revision.published", "store.released"}
    assert set(EVENTS) == expected
    assert len(EVENTS) == len(expected)


@pytest.mark.parametrize("event", ["change.drafted", "change.edited", "change.commented", "person.logged_in", "x", ""])
def test_the_rest_is_no_news(event: str) -> None:
    assert news_of(_entry(event), _change(), _plain) is None


def test_the_same_row_is_the_same_notice() -> None:
    assert _told(_entry("lexicon.frozen")).key == _told(_entry("lexicon.frozen", reason="x")).key


def test_who_is_asked_and_until_when() -> None:
    notice = _told(_entry("change.submitted"), _change(reviewers=("李合规", "王合规")))
    assert "李合规、王合规" in _words(notice)
    assert "2026-12-06 10:05" in _words(notice)
    asked = _told(_entry("change.reviewers_asked", reviewers=["赵合规"]), _change(reviewers=("赵合规",)))
    assert asked.kind is NoticeKind.WAITING
    assert "赵合规" in _words(asked)
    assert news_of(_entry("change.reviewers_asked", reviewers=[]), _change(), _plain) is None


def test_an_approval_is_told_where_it_waits_for_its_time() -> None:
    when = AT + timedelta(days=1)
    notice = _told(_entry("change.approved", person="李合规", effective_from=when.isoformat()), _change())
    assert notice.kind is NoticeKind.DECIDED
    assert "2026-11-23 10:05" in _words(notice)
    assert "李合规" in _words(notice)
    assert news_of(_entry("change.approved", reason="好"), _change(), _plain) is None


def test_a_revision_is_told_with_its_number_and_who_decided() -> None:
    notice = _told(_entry("revision.published", "12", change="01K0"), _change(decided_by="李合规", revision=12))
    assert notice.kind is NoticeKind.PUBLISHED
    assert "12" in notice.title
    assert "张合规" in _words(notice)
    assert "李合规" in _words(notice)
    assert news_of(_entry("revision.published", "1"), None, _plain) is None


@pytest.mark.parametrize("event", [*CHANGES, "change.reviewers_asked", "change.approved"])
def test_a_change_that_is_gone_is_no_news(event: str) -> None:
    assert news_of(_entry(event, effective_from=AT.isoformat()), None, _plain) is None


@pytest.mark.parametrize("person", ["service", "operator", "loopback"])
def test_programs_are_told_by_what_officers_call_them(person: str) -> None:
    assert person not in _words(_told(_entry("lexicon.frozen", None, person)))


@pytest.mark.parametrize("event", [event for event in EVENTS if event.startswith(("contact.", "line.", "store."))])
def test_neither_customer_nor_line_is_told(event: str) -> None:
    """The subject is the digest of a customer's reference, or the id of a text."""
    notice = _told(_entry(event, "d1ge57" * 8, type="opted_out", sha256="ab" * 32))
    assert "d1ge57" not in _words(notice)
    assert "abab" not in _words(notice)
    assert "d1ge57" not in str(notice.as_json())


@pytest.mark.parametrize("typed", [MOBILE, f"电话{MOBILE}", f"{MOBILE[:3]}\n{MOBILE[3:]}", "一三八一二三四五六七八"])
@pytest.mark.parametrize("event", EVENTS)
def test_a_phone_number_that_was_typed_anywhere_is_masked(event: str, typed: str, policy: Policy) -> None:
    details: dict[str, Any] = {"reason": typed, "reviewers": [typed], "change": "01K0"}
    details["effective_from"] = AT.isoformat()
    change = _change(title=typed, reviewers=(typed,))
    subject = "7" if event == "revision.published" else typed
    notice = news_of(_entry(event, subject, **details), change, policy.personal_data.masked)
    assert notice is not None
    assert MOBILE not in _words(notice).replace("\n", "").replace(" ", "")
    assert typed not in _words(notice)
    assert "隐私信息" in _words(notice)


@pytest.mark.parametrize("before", [189, 193, 197, 200])
def test_what_is_cut_is_masked_before(before: int, policy: Policy) -> None:
    """Half a number is no longer found, and half of it is too much."""
    typed = "字" * before + MOBILE
    change = _change(title=typed, reviewers=(typed,))
    for entry in (_entry("change.rejected", reason=typed), _entry("change.submitted"), _entry("key.created", typed)):
        notice = news_of(entry, change, policy.personal_data.masked)
        assert notice is not None
        assert "138" not in _words(notice)
    assert "138" not in _words(conflict_of(change, 1, 2, [typed], AT, policy.personal_data.masked))


@pytest.mark.parametrize(
    "typed",
    [
        LONG,
        "一\n二\r\n三\u2028四\x0b五\x1b[31m",
        '<at user_id="all">所有人</at>',
        "<script>alert(1)</script>",
        "\u202eevil\u202c\u200b\ufeff",
        "{title} %s {{ 7*7 }} \\n",
    ],
)
@pytest.mark.parametrize("event", ["change.rejected", "revision.published", "line.suspended", "key.created"])
def test_what_was_typed_is_one_short_line(event: str, typed: str, policy: Policy) -> None:
    subject = "7" if event == "revision.published" else typed
    change = _change(title=typed, reviewers=(typed,))
    notice = news_of(_entry(event, subject, reason=typed), change, policy.personal_data.masked)
    assert notice is not None
    for line in (notice.title, *notice.lines):
        assert line.isprintable(), repr(line)
        assert len(line) < 240
    assert len(notice.lines) < 8


@pytest.mark.parametrize(
    "title",
    ["恢复话术：用不用您自己定，有想问的吗？", "改写：用不用您自己定", "旁边加一句：用不用您", "删除：用不用您自己定"],
)
def test_approved_words_that_the_service_puts_in_a_title_are_not_told(title: str) -> None:
    change = _change(subject="wording", title=title)
    for entry in (_entry("change.submitted"), _entry("change.rejected"), _entry("revision.published", "7")):
        notice = _told(entry, change)
        assert "用不用您" not in _words(notice)
        assert title.partition("：")[0] in notice.title
    assert "用不用您" not in _words(conflict_of(change, 1, 2, ["segment-01"], AT, _plain))
    assert (
        "合规口径：双十一"
        in _told(_entry("change.submitted"), _change(subject="wording", title="合规口径：双十一")).title
    )
    assert "改写：价格" in _told(_entry("change.submitted"), _change(title="改写：价格")).title


class TestConflicts:
    def test_it_names_the_change_the_revision_and_the_rules(self) -> None:
        moved = [f"extra.n{number}" for number in range(7)]
        notice = conflict_of(_change(), 1, 9, moved, AT, _plain)
        assert (notice.kind, notice.path) == (NoticeKind.CONFLICTING, "/changes/01K0")
        assert "新词" in notice.title
        assert "9" in _words(notice)
        assert "extra.n0" in _words(notice)
        assert "extra.n6" not in _words(notice)

    def test_it_is_the_same_while_the_same_is_moved(self) -> None:
        first = conflict_of(_change(), 1, 2, ["a", "b"], AT, _plain)
        assert conflict_of(_change(), 1, 3, ["b", "a"], AT, _plain).key == first.key
        assert conflict_of(_change(), 1, 3, ["a", "c"], AT, _plain).key != first.key
        assert conflict_of(_change(), 2, 3, ["a", "b"], AT, _plain).key != first.key
        assert conflict_of(_change(id="01K1"), 1, 2, ["a", "b"], AT, _plain).key != first.key


async def test_who_is_to_decide_on_a_draft_is_told_when_it_is_submitted(parts: Parts) -> None:
    made = (await parts.lifecycle.draft({"title": "补充承诺的说法", "adds": [rule()]}, "张合规")).record.id
    await parts.lifecycle.ask_reviewers(made, "张合规", ["李合规"])
    await parts.lifecycle.submit(made, "张合规")
    await parts.lifecycle.ask_reviewers(made, "张合规", ["李合规", "王合规"])
    [change] = await parts.headlines.page()
    told = [news_of(entry, change, str) for entry in await parts.trail.of(made)]
    assert [notice.title for notice in told if notice] == ["待审批：补充承诺的说法", "请您审批：补充承诺的说法"]
