"""What is wrong with files of rules, or with a rule on its own examples, in words for an officer."""

import re

from app.lexicon.problems import Problem, shown

_LINE = re.compile(r"(?P<file>[^:\n]+):(?P<line>\d+): (?P<what>.*)", re.DOTALL)
_EXAMPLE = re.compile(
    r"(?P<rule>[a-z0-9_.]+) (?P<wrong>is not hit by its own example|hits its own near miss|"
    r"is not found in its own example|is found in its own near miss|"
    r"cannot be judged on its own example) (?P<text>'.*?'|\".*?\")(?:: .*)?",
    re.DOTALL,
)
_TOLD = {
    "is not hit by its own example": (
        "hit_not_found",
        "应当命中的例句“{text}”没有被这条规则命中。请加上句子里该拦的说法，或者改这个例句。",
    ),
    "hits its own near miss": (
        "miss_is_hit",
        "不该命中的例句“{text}”被这条规则命中了。请把说法写长一点，或者把这种句子里的说法写进“例外”（except）。",
    ),
    "is not found in its own example": (
        "hit_not_found",
        "正例“{text}”里没有数字是这个名目。请加上句子里叫这个数的词，或者改这个例句。",
    ),
    "is found in its own near miss": (
        "miss_is_hit",
        "反例“{text}”里有数字被认成了这个名目。请把词写长一点，或者改这个例句。",
    ),
    "cannot be judged on its own example": ("unjudgeable", "例句“{text}”判断不了，请换一个例句或者联系工程师。"),
}
_CAUSES = (
    (
        r"(\S+): there is no fact set (\S+)",
        "规则“{0}”的例句用到的事实组“{1}”不存在，请改用已有的。",
    ),
    (r"(\S+): there is no fact (\S+)", "“{0}”用到的事实“{1}”在文件开头没有，请改用已有的。"),
    (r"nothing is left of (.*)", "{0}去掉符号以后什么也不剩，请换一个词。"),
    (
        r"(?:handoff differs|roles differ) from \S+ on (\S+)",
        "场景“{0}”的闸门和场景设置不一致，请联系工程师。",
    ),
    (r"facts differ from \S+ on (\S+)", "事实“{0}”在数字的名目里和在事实表里不一致，请联系工程师。"),
    (r"lack (.*); to switch a rule off", "“{0}”不能删掉；要让它失效，请写失效日（effective.until）。"),
    (r"(\S+) is already defined at \S*?([^/\s]+)$", "规则编号“{0}”在 {1} 已经用过了，请换一个。"),
    (r"(\S+) is already defined above", "“{0}”前面已经写过了，请换一个。"),
    (r"is missing", "文件不在了，规则不完整。"),
)


def document_problem(line: str) -> Problem:
    """What was said of a file of rules, or of a rule on its own examples, in words for an officer."""
    place = _LINE.fullmatch(line)
    file, number, what = (place["file"], int(place["line"]), place["what"]) if place else (None, None, line)
    if found := _EXAMPLE.fullmatch(what):
        code, told = _TOLD[found["wrong"]]
        rule, text = found["rule"], found["text"][1:-1]
        where = f"规则“{rule}”（{file} 第 {number} 行）的"
        message = where + told.format(text=shown(text))
        return Problem(code=code, rule=rule, word=text, file=file, line=number, message=message, english=line)
    where = f"{file} 第 {number} 行：" if place else ""
    for pattern, told in _CAUSES:
        if known := re.search(pattern, what):
            message = where + told.format(*map(shown, known.groups()))
            return Problem(code="unreadable_file", file=file, line=number, message=message, english=line)
    message = f"{where or '规则文件'}读不通过，请把这条提示发给工程师。"
    return Problem(code="unreadable_file", file=file, line=number, message=message, english=line)
