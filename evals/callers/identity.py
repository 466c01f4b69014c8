"""Whether a customer has said that he is the person himself: the evaluation's own reading, not the service's."""

import re

_CLAIMS = re.compile(
    r"(?<!不)(?<!是不)(?:是我|我就是|就是我|我是)(?=$|[\s，。、…？！?!啊呀噻嘛老])|"
    r"(?<!不)(?:是|就是我?|我|我就是|^|[对嗯\s])本人(?=$|[\s，。、…说在你您])|"
    r"^[\s嗯哦喂]*(?:是|是的|对|对的)[\s，。…]*$|^(?:是的|对)\s+我"
)
_OTHER = re.compile(
    "我是他|我是她|其实是他|是他(?:爱人|老婆|媳妇|西妇|儿子|妈|哥)|我弟|打错|没这个人|不认识他|新机主|换主|换人了|"
    "爸爸(?:不在|下楼)|人都?不在了|去世|他没了|人已经走了|看守所|坐牢|他进去了|我是小朋友"
)


class Identity:
    """What has been said so far of who is on the line."""

    def __init__(self) -> None:
        self.is_proven = False
        self._is_another = False

    def hear(self, text: str, *, asked: bool) -> None:
        """Take up an answer; `asked`: to the question who it is. Who has slipped once is not believed again."""
        if _OTHER.search(text):
            self.is_proven, self._is_another = False, True
        elif asked and not self._is_another and claims(text):
            self.is_proven = True


def claims(text: str) -> bool:
    """Whether these words claim to be the person."""
    return bool(_CLAIMS.search(text))


def answers_who(text: str) -> bool:
    """Whether these words say who it is or is not."""
    return claims(text) or bool(_OTHER.search(text)) or bool(re.search("^不是|不是本人", text))
