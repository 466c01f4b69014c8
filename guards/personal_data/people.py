"""Which characters are surnames, and which words that begin with one are no names."""

import re
from functools import cache

from guards.personal_data.cues import listed
from guards.text.words import frequencies, words_that_begin_with

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛"
    "伍韦申尤毕聂丛焦向柳邢骆岳齐梅莫庄辛管祝左涂谷祁舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍覃霍翁隋植甘景薄"
)
"""Surnames of one character. Those that are above all everyday words (时, 全, 和, 都, …) are left out: the known values
find those persons.
"""
_RARE = (
    "付尚艾简冷巩晏柴瞿阚鞠桑桂饶宁滕喻荣解宗卓燕麦寇戚封仇岑娄沙农佟仲窦米闵谌敖应占储蔺连阮蓝冼闫仝郗邝"
    "逯缪单井冀卞屠仰晁晋臧巫苑扈鄢郜亓宓茅茹栗粟冉符尉蒙敬刁芮昌迟羊牧巴虞郁廉狄苟竺郏邰阙糜裘楚撒"
)
"""Surnames that are everyday words or rare; only where it is said that a name follows, or a form of address does."""
_COMMON_COMPOUND = (
    *("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐"),
    *("司徒", "夏侯", "端木", "独孤", "南宫", "长孙", "宇文"),
)
COMPOUND_SURNAMES = (
    *_COMMON_COMPOUND,
    *("公冶", "申屠", "淳于", "太史", "钟离", "鲜于", "闻人", "赫连", "澹台", "濮阳"),
    *("万俟", "轩辕", "百里", "呼延", "东郭", "西门", "拓跋"),
    *("歐陽", "司馬", "諸葛"),
)
"""Surnames of two characters; the rarer ones are everyday words too, so texts are searched for the common ones only."""

# These begin sentences and words more often than names: 于李女士, 祝王先生, 向陈女士.
_FUNCTION_WORDS = "于祝向任应连曾常成万方管许关易何单付解占费"
_COMPOUND = "|".join(_COMMON_COMPOUND)
_RARER_COMPOUND = ("公冶", "申屠", "淳于", "钟离", "赫连", "澹台", "呼延", "拓跋", "万俟", "轩辕")
TITLES = (
    "先生|女士|小姐|太太|夫人|经理|老师|客服|专员|顾问|助手|助理|主任|医生|师傅|警官|法官|律师|书记|队长|所长|科长"
    "|处长|局长|老板|院长|校长|行长|主管|总监"
    "|教授|总[，,。 ]|总(?:您好|好|$)|姐|哥|阿姨|叔叔|大姐|大哥|大爷|大妈|大叔|大婶|同学|同志|爷爷|奶奶|伯伯|医师"
    "|会计|工[，,。 ]"
)
"""What a surname alone is followed by in a form of address, which is no full name."""
_WORDS = frozenset(
    listed(
        "高级 高铁 高兴 高额 高新 高度 金融 金牌 金额 马上 方便 方式 方法 方案 方面 安心 安全 安排 安装 安静 "
        "平安 任何 任意 任务 何时 何种 何人 何况 万一 万分 万事 钱包 钱款 白领 白天 常客 常用 常见 常规 程序 "
        "关系 关于 关心 关注 关联 向您 成年 成功 成员 易懂 文员 文字 文件 严格 严重 温馨 温和 管理 管家 管用 "
        "查询 查看 查收 查验 查实 申请 申报 申诉 项目 项下 游客 卫生 毕业 毕竟 康复 江湖 阳光 成为 成本 盛大 "
        "许多 许可 顾客 顾虑 于是 于此 金卡 马虎 石化 齐全 施工 曾经 章程 舒心 舒服 童心 向来 单位 单身 单独 "
        "史上 余额 余款 席位 欧元 左右 武汉 兰州 成都 郑州 苏州 江苏 杭州 广州 温州 林业 田地 季度 雷同 文明 "
        "王朝 陆军 卫星 雷达 荣誉 冷笑 封锁 胡同 顾问 高峰 齐声 文武 高潮 辛勤 叶子 谢谢 麻城 宁可 周转 周旋 "
        "孙子 孙女 孙儿 孙辈 曾孙 陈述 荣获 丛林 马匹 胡说 关怀 林立 温泉 陈列 宁静 冷汗 安抚 杜绝 卓越 祝贺 "
        "祝福 祝愿 祝您 祝你 童子 岳父 岳母 王后 白白 凌厉 高三 高二 高一 荣耀 胡闹 麦子 毛巾 桂花 张开 张家 "
        "李家 王家 赵家 陈家 刘家 谢家 周密 陈设 高薪 麻木 燕子 白发 金黄 林子 安危 查明 查清 胡涂 张贴 白云 "
        "田园 高耸 秦王 张嘴 张口 田野 李子 凌空 钱财 白银 蓝图 殷勤 陈旧 严正 高昂 庄园 谢恩 高超 高雅 徐徐 "
        "施政 熊猫 钟声 陶醉 任凭 张扬 高喊 周全 毛发 边远 张望 许诺 许昌 白痴 黄牛 洪亮 丛生 鲁莽 盛世 于今 "
        "周详 雷雨 施恩 冷清 凌迟 金秋 齐备 连成 付清 付款 付费 付诸 付出 付息 施舍 解密 钱粮 连贯 荣幸 封信 "
        "文雅 方正 唐人 盛怒 段子 丁香 雷鸣 安然 饶命 饶恕 何曾 何谓 何干 钟爱 温顺 贺喜 盛夏 简章 费尽 麻利 "
        "牛仔 何必 何苦 何不 莫测 顾盼 顾全 黄金 高考 高中 高校 高温 高龄 高清 高效 耿直 唐突 安保 易燃 尚未 "
        "应该 应当 应付 应还 应急 应收 应用 连续 连同 连带 简单 简直 解决 解释 解除 解约 占用 占比 单笔 单月 "
        "单日 单次 单方 单子 边上 宁愿 荣登 童鞋 金主 白户 黑户 马甲 金条 金豆 金币 金钱 毛病 毛利 石油 田里 "
        "查账 查到 查出 查过 安家 安康 安稳 曲线 项链 童年 万元 万块 万多 万余 千万 常驻 常住 常年 常来 常说 "
        "常去 任课 任职 任期 任性 任一 任选 武术 史地 汤圆 牛肉 牛奶 羊肉 江西 江南 江北 江边 江门 金华 黄山 "
        "黄石 黄河 石家庄 常州 徐州 温县 梅州 柳州 桂林 齐齐哈尔 安徽 安庆 安阳 安顺 鲁南 辽宁 宁波 宁夏 荣成 "
        "夏天 夏季 秋季 周一 周二 周三 周四 周五 周六 周日 周天 周末 周期 周边 周围 周年 周岁 谷物 康泰 成套 "
        "成交 成长 成绩 成果 成熟 成人 成家 文化 文本 文案 文职 石头 田径 金属 钟头 钟点 梅花 柳树 杨树 杨梅 "
        "桃树 柳絮 余下 余留 余钱 余粮 余生 余地 盛情 盛装 温柔 温暖 温度 温水 冷静 冷水 冷却 冷门 农民 农业 "
        "农村 农户 农行 农商 农信 牛人 马路 马桶 马力 马达 马拉松 龙头 龙虾 方向 方圆 方言 贺卡 武器 武装 乔迁 "
        "易得 易手 易错 左手 左边 左侧 左下 左上 江水 江里 白衣 黄衣 红衣 白酒 白菜 白条 白班 白色 白糖 白粥 "
        "黄色 黄酒 黄瓜 管床 管账 管钱 管事 管道 管控 管教 管我 管他 管你 管您 查房 查岗 查单 游戏 游泳 游玩 "
        "游乐 席间 丁点 毛重 毛衣 毛毯 毛笔 花甲 甘愿 甘蔗 景区 景点 景色 薄弱 薄利 薄荷 高数 高等 高手 高层 "
        "高管 高个 植物 植树 植入 植发"
    )
)
"""What begins with a surname and is no name, even where a form of address follows."""
PUBLIC = frozenset(
    listed(
        "孔子 孟子 孙子 庄子 老子 荀子 墨子 韩非子 鲁迅 胡适 金庸 巴金 老舍 冰心 曹操 刘备 孙权 关羽 张飞 诸葛亮 司马懿"
        " 司马迁 司马光 曹雪芹 施耐庵 罗贯中 吴承恩 李白 杜甫 白居易 苏轼 王维 李商隐 陆游 辛弃疾"
        " 李清照 欧阳修 王安石 文天祥 岳飞 郑和 李时珍 华佗 张仲景 祖冲之 张衡 蔡伦 毕昇 孙中山 毛泽东 周恩来 邓小平"
        " 朱德 宋庆龄 蔡元培 陈独秀 李大钊 梁启超 康有为 王国维 陈寅恪 林徽因 徐志摩 沈从文 钱钟书 杨绛 季羡林"
        " 张爱玲 陶行知 陈嘉庚 张謇 卢作孚 荣毅仁 梅兰芳 齐白石 徐悲鸿 张大千 钱学森 邓稼先 袁隆平 屠呦呦 华罗庚 陈景润"
        " 李四光 竺可桢 詹天佑 雷锋 焦裕禄 王进喜 李逵 武松 宋江 林冲 鲁智深 唐僧 孙悟空 猪八戒 沙僧 韩信 刘邦 项羽"
        " 秦始皇 李世民 武则天 朱元璋 康熙 乾隆 王阳明 朱熹 林则徐 左宗棠 曾国藩 李鸿章 王羲之 颜真卿 吴道子"
        " 关汉卿 汤显祖 蒲松龄 吴敬梓 屈原 贾谊 陶渊明 马可波罗 白求恩 莫言 路遥 余华 王蒙 郭沫若 茅盾 郁达夫"
        " 史密斯 朱自清 闻一多 范仲淹"
    )
)
"""Persons of history, letters and tales, of whom everybody may speak."""

_NO_GIVEN = (
    "的了吗呢吧啊是在就都也不没您你我他她它和与或把被让给请这那有个号们说到还会去拿打"
    "问找款某姓氏已将从及并等又再很太着总哥姐嫂董"
)
GIVEN = rf"(?:[\u4e00-\u9fff](?<![{_NO_GIVEN}]))"
"""A character of a given name."""
ANY_SURNAME = SURNAMES + _RARE
SURNAME = f"(?:{_COMPOUND}|[{SURNAMES}](?<![{_FUNCTION_WORDS}])|[{_FUNCTION_WORDS}](?<![{_RARE}])(?![{SURNAMES}]))"
RARER_SURNAME = (
    f"(?:{_COMPOUND}|{'|'.join(_RARER_COMPOUND)}|[{ANY_SURNAME}](?<![{_FUNCTION_WORDS}])"
    f"|[{_FUNCTION_WORDS}](?![{SURNAMES}]))"
)
"""With the surnames that are taken for one only where a name is due."""
FOREIGN = r"[\u4e00-\u9fff]{2,8}(?:·[\u4e00-\u9fff]{1,8}?){1,3}"
"""A name with a dot in it, as other peoples have them (阿卜杜拉·买买提)."""

_COMPOUNDS = frozenset((*_COMMON_COMPOUND, *_RARER_COMPOUND))
FIRST_OF_COMPOUNDS = "".join(sorted({name[0] for name in _COMPOUNDS}))
"""The characters with which these surnames begin."""
_PINYIN = (
    "(?:(?:[zcs]h|[bpmfdtnlgkhjqxzcsryw])?[iuv]?(?:ang|eng|ong|ing|an|en|in|ai|ei|ao|ou|ia|ie|iu|ue|ui|uo|er|[aeiouv]))"
)
_PINYIN_SURNAMES = (
    "wang|li|zhang|liu|chen|yang|zhao|huang|zhou|wu|xu|sun|hu|zhu|gao|lin|he|guo|ma|luo|liang|song|zheng"
    "|xie|han|tang|feng"
    "|yu|dong|xiao|cheng|cao|yuan|deng|fu|shen|zeng|peng|lu|lv|su|jiang|cai|jia|ding|wei|xue|ye|yan|pan"
    "|du|dai|xia|zhong"
    "|tian|ren|fan|fang|shi|yao|tan|liao|zou|xiong|jin|hao|kong|bai|cui|kang|mao|qiu|qin|gu|hou|shao|meng|long|wan|duan"
    "|lei|qian|yin|ouyang|sima|zhuge|shangguan"
)
LATIN = rf"(?:(?:{_PINYIN_SURNAMES}) {_PINYIN}{{1,3}}|{_PINYIN}{{2,3}} (?:{_PINYIN_SURNAMES}))(?![a-z0-9@._\-])"
"""A name in pinyin, its parts apart, in folded text."""

_TITLE = re.compile(TITLES)
_COMMON = 100
"""How often a word is counted that makes a function word of the character before it: 于今天."""


@cache
def everyday_words() -> frozenset[str]:
    """Words of two or three characters that begin with a surname."""
    return words_that_begin_with(ANY_SURNAME)


def is_full_name(text: str, start: int, end: int) -> bool:
    """Whether what looks like a surname with a given name is no word, no form of address and nobody of history."""
    name = text[start:end]
    if name in PUBLIC or name[:2] in _WORDS or name[:3] in _WORDS:
        return False
    return _TITLE.match(text, start + (2 if name[:2] in _COMPOUNDS else 1)) is None


def is_unlikely_a_word(text: str, start: int, end: int) -> bool:
    """The same, and no everyday word begins what looks like a name; for where nothing says outright that it is one."""
    name, words = text[start:end], everyday_words()
    if name[:2] in _COMPOUNDS:
        return len(name) > 2 and is_full_name(text, start, end)
    if name[0] == "费" or name in words or name[:2] in words or not is_full_name(text, start, end):
        return False
    return len(name) < 3 or name[0] not in _FUNCTION_WORDS or frequencies().get(name[1:3], 0) < _COMMON
