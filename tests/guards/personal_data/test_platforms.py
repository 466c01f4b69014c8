"""Names on platforms: what tells one, and what is only said of an account."""

import pytest

from tests.guards.personal_data.test_cases import found

HITS = [
    ("淘宝会员名tb_luna77", "tb_luna77"),
    ("TG：@jack_trader01", "@jack_trader01"),
    ("我游戏里叫丶浅笑丶，区是微信一区", "丶浅笑丶"),
    ("关注我抖音：老刘跑长途5566", "老刘跑长途5566"),
    ("我的b站名叫深夜修表匠_07", "深夜修表匠_07"),
    ("你去抖音搜一下用户名大兵哥修锁_66。", "大兵哥修锁_66"),
    ("我B站叫爱吃鱼的阿猫99，投稿被锁了。", "爱吃鱼的阿猫99"),
    ("小红书@桃子酱ovo这个人骗我。", "@桃子酱ovo"),
    ("他的github账号是hl-zhangtao。", "hl-zhangtao"),
    ("王者昵称叫孤狼丶十三，麻烦解封。", "孤狼丶十三"),
    ("twitter: @linda_zhou07", "@linda_zhou07"),
    ("知乎用户名是周末不加班呀", "周末不加班呀"),
    ("快手ID：zmy88990", "zmy88990"),
    ("原神UID 108834576，充值没到。", "108834576"),
    ("豆瓣昵称雨巷里的猫2010被冒用。", "雨巷里的猫2010"),
    ("我的视频号叫大山里的老李。", "大山里的老李"),
    ("推特账号12345的密码忘了。", "12345"),
    ("我微博@山里人家，记得关注。", "@山里人家"),
]
MISSES = [
    "脸书账号password忘了。",
    "关注微博@示例晚报，参与抽奖。",
    "抖音账号怎么注销？",
    "游戏账号被盗，充了648。",
    "微博超话签到7天",
    "微信用户名不能带emoji",
    "我们官方B站账号是示例金融Pro",
    "抖音上@我的人太多了",
    "快手账号违规3次会封号吗",
    "知乎id可以改几次",
    "QQ账号登录提示code51",
    "B站账号1234忘了。",
    "微博@晚报记者，发个私信。",
]


@pytest.mark.parametrize(("text", "words"), HITS)
def test_a_name_on_a_platform_is_found_exactly(text: str, words: str) -> None:
    assert found(text) == [("online_account", words)]


@pytest.mark.parametrize("text", MISSES)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert found(text) == []
