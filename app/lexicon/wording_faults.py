"""What is wrong with files of approved wording, in words for an officer."""

import re
from pathlib import PurePath

from app.lexicon.labels import CHANNELS, GENERATIONS, SCENARIOS
from app.lexicon.problems import Problem

_LINE = re.compile(r"(?P<file>[^:\n]+\.yaml):(?P<line>\d+): (?P<what>.*)", re.DOTALL)
_LABELS = {str(key): label for labels in (SCENARIOS, GENERATIONS, CHANNELS) for key, label in labels.items()}
_TOLD = (
    (
        r".*the last body may need required facts only, and no offer",
        "这一组的最后一句兜底话术只能用必填的事实，也不能提延期、分期、减免：什么都缺的时候就说它。",
    ),
    (
        r".*the last message may need required facts only, and no offer",
        "这一组的最后一条短信（message）只能用必填的事实，也不能提延期、分期、减免：什么都缺的时候就发它。",
    ),
    (r".*no message replies to what was said in a call", "短信（message）不接客户在电话里说的话，两样不能同时写。"),
    (r".*has no body that replies to what was just said", "这一组要留至少一句接客户话的兜底话术（replies）。"),
    (
        r".*a body that replies may hold no slot and no offer",
        "接客户话的兜底话术（replies）里不能有花括号，也不能提延期、分期、减免。",
    ),
    (r".*has no reply to (\S+) in (\S+) for (\S+) on (\S+)", "{0}：{1}、{2}、{3}就没有话可回了，要留至少一句。"),
    (r".*lacks (\S+) for (\S+)", "{0}、{1}没有兜底话术了，要留至少一句。"),
    (r".*lacks (\S+) on (\S+)", "{0}在{1}上没有开场和结束了，不能删。"),
    (r".*lacks (\S+)", "{0}没有话可说了，要留至少一句。"),
    (r".*may hold no slot", "这句话里不能有花括号：说这句话的时候，什么事实都不知道。"),
    (r".*unknown slot \{(.*)\}", "不认识“{{{0}}}”，请用已有的名称。"),
    (r"(?:.*\.)?\d+\.([a-z_]+)：.*Extra inputs are not permitted", "“{0}”后面是全角冒号，请改成半角的，后面空一格。"),
    (r"(?:.*\.)?([^.]+): Extra inputs are not permitted", "没有“{0}”这一项。"),
    (r".*Field required", "少了一项，请照着别的几条写全。"),
    (r"(?:\S+: )?(.+) is already defined above", "“{0}”前面已经写过了，每样只能写一次。"),
    (r".*should have at least 1 item.*", "这里要留至少一句话。"),
    (r"(?:.*: )?Input should be a valid list", "这里应当是一串话，至少一句。"),
    (r"(?:.*: )?Input should be a valid string", "这里应当是一句话；数字、是非和空值要加引号才是话。"),
    (r"(?:.*: )?Input should be (?:'.*)", "这里写的不是已有的名称，请照着别的几条写。"),
    (r"(?:.*: )?String should have at most (\d+) characters", "话术太长，最多 {0} 个字。"),
    (r"(?:.*: )?String should have at least .*", "话术不能是空的。"),
    (r"(?:.*: )?(\S+) is no tag that only a reply answers", "“{0}”不是要用这些话来回的情形，请照着别的几条写。"),
    (r"(?:.*: )?(\S+) is no tag that a customer says", "“{0}”不是客户刚说的话，核实身份之前用不上。"),
    (r"(?:.*: )?nobody is asked who he is in (\S+)", "{0}不核实身份，这里不能写 unverified。"),
    (r"(?:.*: )?(\S+) means nothing in (\S+)", "“{0}”不会在{1}里出现，请删掉。"),
    (r".*only the body may stand without text", "这一段没有写话术（text）。"),
    (r".*needs exactly one place for the body", "这里正好要有一处放正文（stage: body，不写 text）。"),
    (r"nothing fills (\S+)", "“{0}”有的时候没有，不能写在这时也要说的话里。"),
    (r".*does not say its own slot (\S+)", "补充“{0}”的话里要有“{{{0}}}”。"),
    (r".*is missing", "文件不在了。"),
    (r".*no example speaks the segment (\S+)", "“{0}”这一段在任何情况下都说不到，没有检查过，不能发布。"),
)  # fmt: skip


def fault_problem(line: str) -> Problem:
    """A problem of `file:line: what`, for an officer."""
    found = _LINE.match(line)
    file = PurePath(found["file"]).name if found else None
    number = int(found["line"]) if found else None
    what = found["what"] if found else line
    where = f"{file} 第 {number} 行：" if found else ""
    for pattern, told in _TOLD:
        if known := re.fullmatch(pattern, what, re.DOTALL):
            message = where + told.format(*(_LABELS.get(group, group) for group in known.groups()))
            return Problem(code="bad_wording", file=file, line=number, message=message, english=line)
    message = f"{where}话术有问题：{what}"
    return Problem(code="bad_wording", file=file, line=number, message=message, english=line)
