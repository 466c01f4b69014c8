"""What is wrong with files of approved wording is told to an officer in words, and to engineers as it was said."""

import pytest

from app.lexicon.wording_faults import fault_problem

PLACE = "/srv/heyan/prompts/fallbacks.yaml:12: "


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("3: the last body may need required facts only, and no offer", "最后一句兜底话术"),
        ("3: has no body that replies to what was just said", "至少一句接客户话的"),
        ("3: a body that replies may hold no slot and no offer", "不能有花括号，也不能提"),
        ("has no reply to said_busy in acquisition for senior on ai_voice", "获客、60岁以上、语音就没有话可回"),
        ("lacks acquisition for gen_z", "获客、18–27岁没有兜底话术了"),
        ("lacks collection on sms", "催收在短信上没有开场和结束了"),
        ("lacks senior", "60岁以上没有话可说了"),
        ("3.texts.0: may hold no slot", "不能有花括号"),
        ("3.bodies.1: unknown slot {产品}", "不认识“{产品}”"),
        ("3.bodies.1: unknown slot {}", "不认识“{}”"),
        ("3.text：接下来: Extra inputs are not permitted", "“text”后面是全角冒号"),
        ("3.colour: Extra inputs are not permitted", "没有“colour”这一项"),
        ("3.text: Field required", "少了一项"),
        ("acquisition for gen_z is already defined above", "“acquisition for gen_z”前面已经写过了"),
        ("3.texts: List should have at least 1 item after validation, not 0", "至少一句话"),
        ("is missing", "文件不在了"),
        ("servicing on sms: no example speaks the segment extra", "“extra”这一段在任何情况下都说不到"),
        ("3.bodies: Input should be a valid list", "一串话，至少一句"),
        ("Input should be a valid list", "一串话，至少一句"),
        ("3.bodies.0.text: Input should be a valid string", "要加引号"),
        ("3.scenario: Input should be 'acquisition' or 'activation'", "不是已有的名称"),
        ("3.text: String should have at most 400 characters", "最多 400 个字"),
        ("3.text: String should have at least 1 character", "不能是空的"),
        ("15.tag: said_bussy is no tag that only a reply answers", "“said_bussy”不是要用这些话来回的情形"),
        ("15.scenarios: said_paid means nothing in acquisition", "“said_paid”不会在获客里出现"),
        ("3.segments.1: only the body may stand without text", "没有写话术"),
        ("3: needs exactly one place for the body", "正好要有一处放正文"),
        ("nothing fills 月利率", "“月利率”有的时候没有"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(line: str, told: str) -> None:
    problem = fault_problem(PLACE + line)
    assert (problem.code, problem.file, problem.line) == ("bad_wording", "fallbacks.yaml", 12)
    assert problem.message.startswith("fallbacks.yaml 第 12 行：")
    assert told in problem.message
    assert problem.english == PLACE + line


@pytest.mark.parametrize(
    "line", ["prompts/bridges.yaml:1: senior: rule.one: 为什么", "nowhere", "", "a:b", "{0} {} {x}", "x.yaml:3: {0} {"]
)
def test_what_nobody_foresaw_is_told_as_it_was_said(line: str) -> None:
    problem = fault_problem(line)
    assert problem.english == line
    assert "话术有问题：" in problem.message
    assert problem.message.endswith(line.rpartition(": ")[2] if ".yaml:" in line else line)
