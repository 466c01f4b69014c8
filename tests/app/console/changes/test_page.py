"""One change: read, written about, submitted, decided on, and tried, each by whom and with which errors."""

from datetime import UTC, datetime, timedelta

import pytest

from app.approved.holds import LineKind
from app.lexicon.problems import Problem
from app.parts import Parts
from app.records import ChangeState, Role
from guards.lexicon.scope import CHINA
from tests.app.console.conftest import PASSWORD, Opening
from tests.app.console.stories import drafted, line_of, published, submitted
from tests.app.lexicon.rules import rule, shipped

NO_RISK = "promise.no_risk"


async def state_of(parts: Parts, path: str) -> ChangeState:
    """Where a change of rules stands."""
    return (await parts.lifecycle.get(path.rpartition("/")[2])).record.state


class TestReading:
    async def test_each_rule_has_a_card_with_what_comes_and_what_goes(self, opened: Opening, parts: Parts) -> None:
        before = shipped("promise.guaranteed_approval")
        edit = {**before, "phrases": [*before["phrases"][1:], "稳稳下款"], "action": "escalate"}
        edit["examples"] = {**before["examples"], "hits": ["您这单稳稳下款。", *before["examples"]["hits"]]}
        edit["examples"]["hits"].remove("这款人人都能过。")
        path = await drafted(parts, title="改承诺", adds=[rule()], edits=[edit], retires=[NO_RISK])
        page = await (await opened("李合规")).open(path)
        assert "新增 1 条规则，修改 1 条规则，停用 1 条规则" in page.text
        assert "处理方式" in page.text
        assert "phrases" not in page.text
        assert '<ins class="word in">百分百包过件</ins>' in page.html
        assert '<ins class="word in">稳稳下款</ins>' in page.html
        assert f'<del class="word out">{before["phrases"][0]}</del>' in page.html
        assert '<ins class="word in">转人工</ins>' in page.html
        assert '<del class="word out">拦下</del>' in page.html
        assert '<del class="word out">稳赚</del>' in page.html
        assert "包裹过来了。" in page.text
        assert "继续修改" not in page.text
        page = await (await opened("张合规")).open(path)
        assert f"/rules/extra.one/edit?draft={path.rpartition('/')[2]}" in page.html

    async def test_of_very_many_words_the_first_are_shown_and_the_others_counted(
        self, opened: Opening, parts: Parts
    ) -> None:
        words = [f"虚假词{number:05d}号" for number in range(5_000)]
        examples = {"hits": ["虚假词00001号。"], "misses": ["包裹过来了。"]}
        path = await drafted(parts, title="很多词", adds=[rule(phrases=words, examples=examples)])
        page = await (await opened("李合规")).open(path)
        assert "虚假词00199号" in page.text
        assert page.html.count("虚假词00200号") == 0
        assert "还有 4,800 个没有列出" in page.text

    async def test_a_change_of_wording_shows_old_and_new_words(self, opened: Opening, parts: Parts) -> None:
        line = await line_of(parts, LineKind.REPLY, words="给您添烦了")
        text = line.text.replace("给您添烦了", "打扰您了")
        body = {"title": "说得短些", "edits": [{"id": line.id, "text": text}]}
        made = await parts.rewording.draft(body, "张合规")
        browser = await opened("李合规")
        page = await browser.open(f"/changes/{made.record.id}")
        assert "<mark>打扰</mark>您" in page.html
        assert "添烦" in page.text
        assert "答复" in page.text
        assert "说得短些" in (await browser.open("/changes?subject=wording")).text

    async def test_of_a_whole_file_the_texts_are_shown_that_go_and_that_come(
        self, opened: Opening, parts: Parts
    ) -> None:
        line = await line_of(parts, LineKind.REPLY, words="给您添烦了")
        file = (await parts.rewording.edition()).wording["replies.yaml"].decode()
        body = {"title": "换文件", "files": {"replies.yaml": file.replace(line.text, "好的，我记下了。")}}
        made = await parts.rewording.draft(body, "张合规")
        page = await (await opened("李合规")).open(f"/changes/{made.record.id}")
        assert "换整个文件：答复" in page.text
        assert f"<del>{line.text}</del>" in page.html
        assert "<ins>好的，我记下了。</ins>" in page.html

    async def test_what_is_let_go_of_says_since_when_it_is_held(self, opened: Opening, parts: Parts) -> None:
        line = await line_of(parts, LineKind.REPLY)
        await parts.holding.suspend(line.id, "张合规", "投诉")
        made = await parts.holding.ask_to_resume(line.id, "张合规", "改好了")
        page = await (await opened("李合规")).open(f"/changes/{made.record.id}")
        assert "恢复 1 句" in page.text
        assert "停用于 20" in page.text
        assert line.text in page.text

    async def test_who_changed_the_same_since_is_told_before_anybody_decides(
        self, opened: Opening, parts: Parts
    ) -> None:
        path = await submitted(parts, title="晚了的", edits=[shipped(NO_RISK, reason="这边的原因")])
        await published(parts, "赵合规", edits=[shipped(NO_RISK, reason="那边的原因")])
        page = await (await opened("李合规")).open(path)
        assert "写成以后，别人改过同样的规则" in page.text

    async def test_a_pause_of_a_rule_in_force_is_told_above_all_else(self, opened: Opening, parts: Parts) -> None:
        path = await submitted(parts, edits=[shipped(NO_RISK, effective={"from": "2099-01-01"})])
        page = await (await opened("李合规")).open(path)
        assert "会停掉正在生效的规则" in page.text
        assert "从发布到那天以前它什么也不拦" in page.text

    async def test_an_unknown_change_and_a_malformed_address_are_pages(self, opened: Opening) -> None:
        browser = await opened("张合规")
        page = await browser.open("/changes/01M8KP402WC9GFD187FQNG3QCP", status=404)
        assert "没有这个变更" in page.text
        await browser.open("/changes/nothing", status=422)


class TestTheAuthor:
    async def test_drafts_are_retitled_submitted_withdrawn_and_dropped(self, opened: Opening, parts: Parts) -> None:
        path = await drafted(parts)
        browser = await opened("张合规")
        await browser.open(path)
        page = await browser.send(f"{path}/text", {"title": "新的标题", "note": "客户 13812345678 投诉"})
        assert "已保存" in page.text
        assert "新的标题" in page.text
        assert "13812345678" not in page.text
        page = await browser.send(f"{path}/text", {"title": "长" * 201, "note": "理" * 2_001}, status=422)
        assert "标题有 201 个字" in page.text
        assert "说明有 2001 个字" in page.text
        assert 'id="title-wrong"' in page.html
        await browser.open(path)
        page = await browser.send(f"{path}/submit")
        assert await state_of(parts, path) is ChangeState.SUBMITTED
        assert "自己提出的变更要由另一个人审批" in page.text
        assert f"/console{path}/approve" not in page.forms
        page = await browser.send(f"{path}/withdraw")
        assert "已撤回" in page.text
        page = await browser.send(f"{path}/drop")
        assert page.response.url.path == "/console/changes"
        assert "草稿已删除" in page.text
        await browser.open(path, status=404)

    async def test_nobody_approves_what_is_ones_own(self, opened: Opening, parts: Parts) -> None:
        path = await submitted(parts)
        browser = await opened("张合规")
        page = await browser.open(path)
        sent = {"csrf": page.forms[f"/console{path}/comments"]["csrf"][0], "version": "1"}
        refused = await browser.client.post(f"/console{path}/approve", data=sent)
        assert refused.status_code == 403
        assert "自己提出的变更不能由自己审批" in refused.text
        assert await state_of(parts, path) is ChangeState.SUBMITTED

    async def test_nor_does_somebody_whom_the_author_made(self, opened: Opening, parts: Parts) -> None:
        path = await submitted(parts, adds=[rule()])
        await parts.people.create("李合规", [Role.APPROVER], PASSWORD, by="张合规")
        browser = await opened()
        await browser.sign_in("李合规", PASSWORD)
        page = await browser.open(path)
        assert "经过提出人的手，不能算另一个人" in page.text
        assert f"/console{path}/approve" not in page.forms
        token = page.forms[f"/console{path}/reject"]["csrf"][0]
        sent = {"csrf": token, "version": "1", "when": "now"}
        refused = await browser.client.post(f"/console{path}/approve", data=sent)
        assert (refused.status_code, "请另一个管理员先在" in refused.text) == (403, True)
        assert await state_of(parts, path) is ChangeState.SUBMITTED

    async def test_an_editor_alone_neither_approves_nor_sees_the_form(self, opened: Opening, parts: Parts) -> None:
        path = await submitted(parts)
        browser = await opened("赵起草", Role.EDITOR)
        page = await browser.open(path)
        assert f"/console{path}/approve" not in page.forms
        sent = {"csrf": page.forms[f"/console{path}/comments"]["csrf"][0]}
        assert (await browser.client.post(f"/console{path}/approve", data=sent)).status_code == 403
        auditor = await opened("钱审计", Role.AUDITOR)
        page = await auditor.open(path)
        assert [name for name in page.forms if path in name] == []


class TestDeciding:
    async def test_what_is_approved_is_published_at_once(self, opened: Opening, parts: Parts) -> None:
        path = await submitted(parts)
        browser = await opened("李合规")
        await browser.open(path)
        page = await browser.send(f"{path}/approve", {"reason": "同意"})
        assert "已发布" in page.text
        assert "发布为第 2 版" in page.text
        assert "同意" in page.text
        assert await state_of(parts, path) is ChangeState.PUBLISHED

    async def test_or_waits_for_a_minute_in_beijing(self, opened: Opening, parts: Parts) -> None:
        path = await submitted(parts)
        browser = await opened("李合规")
        await browser.open(path)
        page = await browser.send(f"{path}/approve", {"when": "later", "day": "", "clock": "9点"}, status=422)
        assert "请选生效的日期" in page.text
        assert "请选生效的时间" in page.text
        page = await browser.send(f"{path}/approve", {"when": "now", "day": "2099-01-01", "clock": ""}, status=422)
        assert "要到时再生效，请选“定时生效”" in page.text
        past = {"when": "later", "day": "2020-01-01", "clock": "09:30"}
        page = await browser.send(f"{path}/approve", past, status=422)
        assert "已经过去" in page.text
        day = datetime.now(CHINA).date() + timedelta(days=2)
        page = await browser.send(f"{path}/approve", {"when": "later", "day": f"{day}", "clock": "09:30"})
        assert f"{day} 09:30 自动生效" in page.text
        record = (await parts.lifecycle.get(path.rpartition("/")[2])).record
        assert record.effective_from == datetime(day.year, day.month, day.day, 1, 30, tzinfo=UTC)
        page = await browser.send(f"{path}/reject", {"why": "改主意了"})
        assert "改主意了" in page.text

    async def test_a_rejection_needs_a_reason_and_keeps_no_personal_data(self, opened: Opening, parts: Parts) -> None:
        path = await submitted(parts)
        browser = await opened("李合规")
        await browser.open(path)
        page = await browser.send(f"{path}/reject", {"why": "  "}, status=422)
        assert "请写上驳回的理由" in page.text
        assert 'id="why-wrong"' in page.html
        page = await browser.send(f"{path}/reject", {"why": "客户 13812345678 没有投诉"})
        assert "已驳回" in page.text
        assert "没有投诉" in page.text
        assert "13812345678" not in page.text

    async def test_another_text_than_was_read_is_not_approved(self, opened: Opening, parts: Parts) -> None:
        path = await submitted(parts)
        browser = await opened("李合规")
        await browser.open(path)
        identity = path.rpartition("/")[2]
        await parts.lifecycle.withdraw(identity, "张合规")
        await parts.lifecycle.edit(identity, {"title": "偷偷改了"}, "张合规")
        await parts.lifecycle.submit(identity, "张合规")
        page = await browser.send(f"{path}/approve", status=409)
        assert "在您看过之后又改了" in page.text

    async def test_a_conflict_shows_what_both_changed(self, opened: Opening, parts: Parts) -> None:
        path = await submitted(parts, edits=[shipped(NO_RISK, reason="这边的原因")])
        await published(parts, "赵合规", edits=[shipped(NO_RISK, reason="那边的原因", action="revise")])
        browser = await opened("李合规")
        await browser.open(path)
        page = await browser.send(f"{path}/approve", status=409)
        assert "别人也改了同样的规则" in page.text
        both = page.html[page.html.index('class="versus"') :]
        assert both.index("那边的原因") < both.index("这个变更要改的") < both.index("这边的原因")
        assert "改写" in both
        assert await state_of(parts, path) is ChangeState.SUBMITTED

    async def test_what_would_stop_approved_wording_says_word_and_wording(
        self, opened: Opening, parts: Parts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = await submitted(parts)
        told = "规则“extra.one”（承诺）会拦下已审定的话术“我们百分百包过件”里的“百分百包过件”，不能发布。"
        problem = Problem(code="stops_wording", message=told, english="extra.one stops approved wording")
        monkeypatch.setattr(parts.lifecycle._examiner, "judged", lambda proposal: [problem])
        browser = await opened("李合规")
        await browser.open(path)
        page = await browser.send(f"{path}/approve", status=422)
        assert "会拦下已审定的话术" in page.text
        assert "stops approved" not in page.text


class TestFailing:
    async def test_what_could_not_be_published_in_time_says_why_and_comes_back(
        self, opened: Opening, parts: Parts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = await submitted(parts)
        soon = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=5)
        await parts.lifecycle.approve(path.rpartition("/")[2], "李合规", effective_from=soon)
        problem = Problem(code="stops_wording", message="会拦下话术（fallbacks.yaml:6）。", english="it stops wording")
        monkeypatch.setattr(parts.lifecycle._examiner, "judged", lambda proposal: [problem])
        monkeypatch.setattr(parts.lifecycle._approvals, "_clock", lambda: soon)
        assert await parts.lifecycle.publish_due() == []
        browser = await opened("张合规")
        assert "没有发布成功，请看原因" in (await browser.open("/changes")).text
        page = await browser.open(path)
        assert "到时间没有发布成功：会拦下话术（兜底话术第 6 行）。" in page.text
        assert "stops" not in page.text
        await browser.send(f"{path}/withdraw")
        assert await state_of(parts, path) is ChangeState.DRAFT


class TestTalking:
    async def test_people_ask_each_other_and_the_timeline_tells(self, opened: Opening, parts: Parts) -> None:
        path = await submitted(parts)
        await opened("李合规", Role.APPROVER)
        await opened("赵起草", Role.EDITOR)
        browser = await opened("张合规")
        page = await browser.open(path)
        assert 'value="李合规"' in page.html
        assert 'value="赵起草"' not in page.html
        page = await browser.send(f"{path}/reviewers", status=422)
        assert "请至少选一个人" in page.text
        page = await browser.send(f"{path}/reviewers", {"reviewers": ["李合规", "没有这个人"]})
        assert "已请 李合规" in page.text
        page = await browser.send(f"{path}/comments", {"comment": ""}, status=422)
        assert "请写上留言" in page.text
        page = await browser.send(f"{path}/comments", {"comment": "请看\n<b>这里</b> 13812345678"})
        assert "&lt;b&gt;这里&lt;/b&gt;" in page.html
        assert "13812345678" not in page.text
        story = page.text[page.text.index("经过") :]
        steps = ["写成草稿", "提交审批", "请人审批：李合规", "留言"]
        assert sorted(steps, key=story.index) == steps
