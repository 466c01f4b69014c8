"""The personal data guard: what it finds, what it must leave alone, and where."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from guards.personal_data.guard import PersonalData
from guards.personal_data.presidio import GROUPS, Recognisers
from guards.script import Guard, Script, Segment
from guards.types import Action, Case, Fact, Finding, Quantity, Stage

GUARD = PersonalData(allowed=["010-88886666", "投诉请写信到help@example.com", "北京市海淀区中关村大街1号"])
_: Guard = GUARD


def script(text: str) -> Script:
    """One body segment."""
    return Script((Segment(Stage.BODY, text, text),))


def findings(text: str, **known: str) -> list[Finding]:
    """What the guard finds, given what is known of the customer."""
    return GUARD(script(text), Case(known_personal_data=known))


def found(text: str, **known: str) -> list[tuple[str, str]]:
    """Kind and exact words of every finding."""
    return [
        (finding.rule.removeprefix("personal_data."), text[finding.span.start : finding.span.end])
        for finding in findings(text, **known)
        if finding.span is not None
    ]


SPOKEN = frozenset("零〇一二三四五六七八九")
HITS = {
    "mobile": [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "138.1234.5678",
        "138/1234/5678",
        "1 3 8 1 2 3 4 5 6 7 8",
        "1、3、8、1、2、3、4、5、6、7、8",
        "+86 138 1234 5678",
        "+86-13812345678",
        "+86 (138)12345678",
        "8613812345678",
        "008613812345678",
        "013812345678",
        "１３８１２３４５６７８",
        "①③⑧①②③④⑤⑥⑦⑧",
        "𝟏𝟑𝟖𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖",
        "一三八一二三四五六七八",
        "幺三八幺二三四五六七八",
        "壹叁捌壹贰叁肆伍陆柒捌",
        "幺三八1234五六七八",
        "1三8一2三4五6七8",
        "138\u200b1234\u200b5678",
        "138—1234—5678",
        "138\n1234\n5678",
        "一三八-一二三四-五六七八",
        "幺三八，幺二三四，五六七八",
        "幺三八幺二三四勾拐洞洞",
        "一三八 1234 五六七八",
        "138_1234_5678",
        "138😀1234😀5678",
        "13.81.23.45.67.8",
        "138/12345/678",
        "1381-23456-78",
        "138 &#49;234 5678",
        "138<b>1234</b>5678",
        "138&nbsp;1234&nbsp;5678",
        "138\u202e1234\ufeff5678",
        "138 1234-5678",
    ],
    "landline": [
        "010-12345678",
        "0755-2345678",
        "01023456789",
        "010)23456789",
        "021 6234 5678-801",
        "零一零八八八八六六六七",
        "零一零，八八八八，六六六七",
        "010.8888.6667",
        "0755 2345 678",
        "+86 755 2345678",
        "+8675523456789",
        "010-12345678转801",
        "0 1 0 8 8 8 8 6 6 6 7",
    ],
    "id_card": [
        "11010119900307123X",
        "110101199003071234",
        "110101 19900307 1234",
        "110101-19900307-123x",
        "１１０１０１１９９００３０７１２３Ｘ",
        "11010119900307123×",
        "一一零一零一一九九零零三零七一二三四",
        "一一零一零一一九九零零三零七一二三叉",
        "110101900307123",
        "1 1 0 1 0 1 1 9 9 0 0 3 0 7 1 2 3 4",
        "110101.1990.0307.7758",
        "110101/1990/0307/7758",
        "110101，19900307，7758",
        "110101 1990 03 07 123×",
        "110101—19900307—123 X",
        "一一零一零一 一九九零零三零七 一二三艾克斯",
        "幺幺洞幺洞幺幺勾勾洞洞三洞拐幺二三四",
        "１１０１０１-１９９００３０７-１２３４",
        "110101 900307 123",
        "110101.900307.123",
        "110101·900307·123",
    ],
    "bank_card": [
        "6222021234567890123",
        "6222 0212 3456 7890 123",
        "6222-0212-3456-7890",
        "6222.0212.3456.7890",
        "622202 1234567890123",
        "4111111111111111",
        "4222222222222",
        "６２２２０２１２３４５６７８９０",
        "六二二二零二一二三四五六七八九零",
        "6、2、2、2、0、2、1、2、3、4、5、6、7、8、9、0",
        "6222 0212 3456 7890 12 3",
        "6222,0212,3456,7890,123",
        "6222·0212·3456·7890",
        "6222—0212—3456—7890",
        "62220 21234 56789 0123",
        "62 22 02 12 34 56 78 90",
        "622202/1234567890123",
        "4111/111111/111111",
        "六二二二 零二一二 三四五六 七八九零",
        "六二二二，零二一二，三四五六，七八九零",
        "6222〇212三四五六7890",
    ],
    "uscc": [
        "91110000600037341L",
        "91110000600037341l",
        "９１１１００００６０００３７３４１Ｌ",
        "91110000 60003734 1L",
    ],
    "passport": [
        "E12345678",
        "EA1234567",
        "G12345678",
        "e12345678",
        "Ｅ12345678",
        "E 12345678",
        "E-1234-5678",
        "E一二三四五六七八",
    ],
    "hk_macao_permit": ["C12345678", "H12345678", "M1234567890", "CA1234567", "C 1234 5678", "H幺二三四五六七八"],
    "taiwan_permit": ["T12345678", "L12345678"],
    "email": [
        "wang.xm@example.com",
        "WANG@EXAMPLE.COM.CN",
        "wang ＠ example．com",
        "wang艾特qq点com",
        "wang(at)qq.com",
        "wang[at]qq.com",
        "zhangsan艾特qq点康姆",
        "zhangsan at qq dot com",
        "zhang点san艾特gmail点com",
        "zhang下划线san艾特163点com",
        "幺三八幺二三四艾特一六三点康姆",
        "wang爱特扣扣点com",
        "wang@qq。com",
    ],
    "licence_plate": [
        "京A12345",
        "粤BD12345",
        "沪AF1234",
        "京A·12345",
        "粤B 1234学",
        "川A12345D",
        "京 A 12345",
        "京A一二三四五",
        "京Ａ１２３４５",
    ],
    "address": [
        "广东省深圳市南山区科技园路12号3栋502室",
        "北京市朝阳区建国路88号",
        "朝阳区建国路八十八号",
        "四川省绵阳市安县花荄镇红星村3组",
        "苏州市幸福小区12栋3单元401室",
        "幸福小区三栋二单元五零一室",
        "幸福小区十二栋三单元四零一",
        "阳光花园A座1203室",
        "万科城5号楼2单元301",
        "朝阳区建国路甲88号",
        "建国路八十八号",
        "翠竹苑三单元五零二室",
    ],
}

CONTEXT_HITS = [
    ("alipay", "支付宝账号zhang88", "zhang88"),
    ("online_account", "抖音号ab_99", "ab_99"),
    ("date_of_birth", "您生日是1990年3月7日吗", "1990年3月7日"),
    ("certificate", "军官证号：南字第1234567号", "南字第1234567号"),
    ("workplace", "您在华丰机械厂上班", "华丰机械厂"),
    ("wechat", "加我微信号abc_12345聊", "abc_12345"),
    ("wechat", "我的微信：wxid-98765", "wxid-98765"),
    ("wechat", "加V：zhang_san1", "zhang_san1"),
    ("wechat", "VX abcdef1", "abcdef1"),
    ("wechat", "薇信是12345678", "12345678"),
    ("id_card", "订单号110101199003077758", "110101199003077758"),
    ("wechat", "加我微 abc123", "abc123"),
    ("wechat", "加V信 abc1234", "abc1234"),
    ("wechat", "加个薇：abc1234", "abc1234"),
    ("wechat", "薇信zhang_2020", "zhang_2020"),
    ("wechat", "徽信：wxabc123", "wxabc123"),
    ("wechat", "威信 zhangsan", "zhangsan"),
    ("wechat", "w信：abc12345", "abc12345"),
    ("wechat", "微❤️abc12345", "abc12345"),
    ("wechat", "+v abc123456", "abc123456"),
    ("wechat", "账号是wxid_abc123", "wxid_abc123"),
    ("wechat", "微信zhang下划线san", "zhang下划线san"),
    ("mobile", "加我微：13812345678", "13812345678"),
    ("mobile", "号洞幺三八1234伍陆柒捌", "洞幺三八1234伍陆柒捌"),
    ("qq", "加Q 12345678", "12345678"),
    ("qq", "q q：１２３４５６７", "１２３４５６７"),
    ("qq", "QQ 123 456 789", "123 456 789"),
    ("qq", "企鹅号幺二三四五六", "幺二三四五六"),
    ("bank_card", "卡号41112.11111.111111", "41112.11111.111111"),
    ("bank_card", "卡号是4111-1211-1111-1111", "4111-1211-1111-1111"),
    ("bank_card", "卡6222 0212 3456 7890 12期", "6222 0212 3456 7890"),
    ("address", "我住幸福小区三栋二单元五零一室", "幸福小区三栋二单元五零一室"),
    ("address", "住在建国路八十八号", "建国路八十八号"),
    ("licence_plate", "订单京A12345", "京A12345"),
    ("passport", "护照一四一二三四五六七", "一四一二三四五六七"),
    ("name_in_context", "姓名张三", "张三"),
    ("name_in_context", "我叫欧阳娜娜", "欧阳娜娜"),
    ("name_in_context", "我叫張三豐，", "張三豐"),
    ("name_in_context", "请问是王小明先生吗", "王小明"),
    ("qq", "QQ号12345678联系", "12345678"),
    ("qq", "扣扣 一二三四五六", "一二三四五六"),
    ("taiwan_permit", "台胞证号：12345678", "台胞证号：12345678"),
    ("passport", "护照号141234567", "141234567"),
    ("name_in_context", "我叫王小明，今年三十", "王小明"),
    ("name_in_context", "我叫王小明家在北京", "王小明"),
    ("name_in_context", "我叫李伟是合言的", "李伟"),
    ("name_in_context", "我是欧阳娜娜，您好", "欧阳娜娜"),
    ("name_in_context", "姓名是陈静", "陈静"),
    ("name_in_context", "姓名：陈静，", "陈静"),
    ("name_in_context", "联系人张三", "张三"),
    ("name_in_context", "紧急联系人：李建国", "李建国"),
    ("name_in_context", "请问是赵敏本人吗", "赵敏"),
    ("name_in_context", "尊敬的刘德海先生，您好", "刘德海"),
    ("name_in_context", "您好，孙丽女士", "孙丽"),
]

MISSES = {
    "mobile": [
        "138****5678",
        "138 **** 5678",
        "12812345678",
        "1381234567",
        "1381234567元",
        "139812345678901234567890",
        "尾号5678",
        "3、6、9、12、18、24、36期",
        "一三五七九",
    ],
    "landline": [
        "95588",
        "10086",
        "12378",
        "400-800-1234",
        "4008001234",
        "4000000000",
        "800-810-8888",
        "12345678",
        "0.1023456789",
    ],
    "id_card": [
        "110101********1234",
        "额度110101元",
        "订单号110101199003071234",
        "110101199013451234567",
        "20261122",
        "2026-11-22 2026-12-22",
    ],
    "bank_card": [
        "****1234",
        "尾号1234",
        "尾号6789的卡",
        "订单号6222021234567890",
        "流水号：20261122123456789",
        "合同编号是 2026112212345678",
        "借据号6011000990139425",
        "20261122134500",
        "2023 2024 2025 2026",
        "2023、2024、2025、2026",
        "1234567890.12元",
        "123456789012",
        "12345678901234567890",
    ],
    "uscc": ["91110105MA0123456X", "9111000060"],
    "passport": ["E1234567", "APPE12345678", "E123456789", "单号E12345678"],
    "hk_macao_permit": ["C1234567", "H123456789", "订单号C12345678"],
    "taiwan_permit": ["JR/T 0171-2020", "12345678", "T1234567"],
    "email": ["wang@", "@所有人", "@example", "3@4元"],
    "wechat": ["微信支付100000元", "关注微信公众号示例消费金融", "微信还款", "加微信", "微信10086", "加VIP会员"],
    "qq": ["QQ音乐", "QQ1234", "扣扣一下", "qq群一共三个"],
    "licence_plate": ["京A1234", "新APP2026版", "新APP202", "云A", "A12345", "京Z01"],
    "address": [
        "南山区的客户",
        "在上海市区路况不好，25号之前还款",
        "请您在路上当心，11月25号到期",
        "本市各区街边网点25号前都能办",
        "每月25号",
        "走了一路，第3期",
        "总行大街上的2026年活动",
    ],
    "name_in_context": [
        "我是示例消费金融的智能客服",
        "我是您的专属顾问",
        "我叫不醒",
        "我叫小言",
        "我是马上消费金融",
        "我是安心贷的客服",
        "我是高级顾问，",
        "我是客服小李，",
        "我是张经理，",
        "我是李警官，",
        "请问是王先生本人吗",
        "请问您是李女士吗",
        "尊敬的王先生，",
        "您好李先生",
        "联系人方式，",
        "联系人信息",
        "联系人关系：",
        "我是常客，",
        "我叫车了",
        "请问是方便接听吗",
        "是任何时间本人都能办理",
        "姓名不用说",
    ],
    "alipay": ["支付宝100000元", "支付宝app", "支付宝 hello", "alipayabc123"],
    "online_account": ["抖音搜示例金融", "抖音 abcdefg1", "钉钉打卡"],
    "date_of_birth": ["生日券3月7日到期", "1990年3月7日生效", "生日快乐"],
    "certificate": ["社保交了120000元", "证件号码要填对"],
    "workplace": ["在一家物流公司上班", "您单位是国企吗", "在我们公司工作", "入职了国企"],
    "hotlines": [
        "请拨打95588",
        "客服热线95588、95533、95566",
        "95588/95533/95599/95566",
        "95588 95533 95566 10086",
        "拨打400-800-1234转3",
        "400 800 1234",
        "热线400-800-1234、400-800-5678",
        "400-800-1234/400-800-5678",
        "请拨打12378金融消费者投诉热线",
        "12345热线",
        "1500、3000、400元",
        "1200,1300,1400,1500元",
    ],
    "orders": [
        "订单号20261122000123456",
        "订单编号：DD20261122000123",
        "合同编号HT-2026-1122-3456-7890",
        "合同号：XJ20261122345678901",
        "流水号2026112212345678",
        "申请单号 2026 1122 3456 7890",
        "受理编号：2026112200001234",
        "产品代码12345678901234",
    ],
    "sums": [
        "金额138.00元",
        "13,812,345.67元",
        "138,123,456.78元",
        "13,812,345,678元",
        "一共13,812,345元",
        "1,234,567.89元",
        "3,600.00元、4,800.00元、12,000.00元",
        "200000元",
        "1500.00、3000.00、13000.00元",
        "1500.00 13000.00 2000.00",
        "1599、2599、399元",
        "1000、2000、3000、5000元",
        "2026.11.22-2026.12.22",
        "尾号1234的卡应还1234.50元",
        "192.168.10.100",
        "版本3.14.159.2653",
        "年化利率3.6%至23.9%",
        "3.6%、7.2%、10.8%、14.4%",
        "日利率0.05%",
        "0.0385",
        "万分之五",
        "三千五百元",
        "第二单元",
        "50%",
    ],
    "times and terms": [
        "2026-11-22",
        "2026年11月22日",
        "2026/11/22 10:30",
        "2026-11-22 10:30:00",
        "2026-11-22 10:30-12:00",
        "10:30-12:00、13:30-17:30",
        "09:00-18:00、19:00-21:00",
        "11/25、12/25、1/25、2/25、3/25",
        "11月25日、12月25日、1月25日",
        "二零二六年一月一日",
        "3/6/9/12/18/24/36/48/60期",
        "第1、2、3、4、5、6、7、8、9、10、11、12期",
        "1、2、3、4、5、6、7、8、9、10、11、12、13",
        "18-25岁、26-35岁、36-45岁",
        "2023-2026",
        "一百二十期",
        "在路上，11月25号到期",
        "白领贷3期",
        "第138期",
        "8:30",
    ],
    "words": [
        "11.25-12.25",
        "尾号1234、5678的两张卡",
        "尾号幺二三四",
        "3 6 9 12 18 24 36 48 60",
        "一、二、三、四、五、六、七、八、九",
        "6222 **** **** 1234",
        "10分钟出结果",
        "加微信公众号",
        "加V认证",
        "企鹅",
        "a@b",
        "艾特一下客服",
        "路口3号门",
        "网点25号前都能办",
        "讲座3号开始",
        "三栋大楼",
        "APP2026版",
        "新APP2026",
        "沪上2026",
        "我是AI语音助手",
        "我是智能语音机器人，本次通话将被录音",
        "尊敬的客户，您好",
        "联系人方式",
        "应急贷",
        "e享贷",
        "金卡用户",
        "安心借2026",
        "前三位",
        "第12345位",
        "满10000减50",
        "买一送一",
        "一五一十",
        "一一对应",
        "三三两两",
        "幺蛾子",
        "拐弯抹角",
        "勾选协议",
        "洞察",
        "一心一意",
        "一万二",
        "零钱",
        "第一步，第二步，第三步",
        "一二三四五",
        "二维码",
        "九九重阳",
        "五一、六一、七一、八一、十一",
        "双十一",
        "七天无理由",
        "7×24小时",
        "24x7",
        "365天",
        "1+1大于2",
        "100个",
        "5折",
    ],
    "records": [
        "128.71.188.141:20426",
        "4.47.150.219:22024",
        "292.0789602575319",
        "1717483789.682713",
        "88cf1f19-8516-3574-4c46-19a6f59af9ca",
        "2026-11-22T10:05:00.123456+08:00",
        "2026-11-22 10:05:00.123456",
        "VXEYS4PS2C1BPMBZ4JEQYEY4K8",
    ],
    "everyday": [
        "单利年化利率3.6%，额度最高200000元，分12期，每月还856.50元",
        "11月25日到期，最低还款123.45元",
        "2026年11月22日上午10:30到12:00",
        "账单金额1234567.89元",
        "一千二百三十四元五角",
        "请拨打客服热线95588转1",
        "如需人工，请说“转人工”",
        "最近一期在第三期之后，一共十二期",
        "二〇二六年十一月二十二日",
        "1,234,567.89元 1500.00 3000.00",
    ],
}


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in HITS.items() for value in values])
@pytest.mark.parametrize(("before", "after"), [("", ""), ("您的是", "对吗"), ("😀第一", "，二😀"), ("号", "一直没变")])
def test_a_value_is_found_exactly_whatever_stands_beside_it(kind: str, value: str, before: str, after: str) -> None:
    if kind == "address":
        before = "寄到"
    # Nobody can tell where a number in Chinese digits begins or ends beside another.
    elif kind in ("bank_card", "email") and not SPOKEN.isdisjoint(value):
        before = "号"
    if kind in ("bank_card", "address") and not SPOKEN.isdisjoint(value):
        after = ""
    assert (kind, value) in found(before + value + after)


WAYS_TO_WRITE = {
    "ascii": "0123456789",
    "full-width": "０１２３４５６７８９",
    "circled": "⓪①②③④⑤⑥⑦⑧⑨",
    "black": "⓿❶❷❸❹❺❻❼❽❾",
    "Chinese": "〇一二三四五六七八九",
    "formal": "零壹贰叁肆伍陆柒捌玖",
    "traditional": "零壹貳參肆伍陸柒捌玖",
    "radio": "洞幺两三四五六拐八勾",
    "mixed": "0１二③肆五6柒８九",
    "bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
}
SEPARATORS = [
    *("", " ", "-", "—", "–", ".", "·", "•", "/", ",", "，", "、", "_", "|", "~", "\n", "\u3000", " - "),
    *("\u200b", "\u2060", "\ufeff", "<b>", "</span>", "&nbsp;", "&#45;", "😀", "🇨🇳", "👨‍👩‍👧"),
]
GROUPED = {
    "mobile": ["138 1234 5678", "13812 345678", "1381 234 5678", "1381234 5678", "138 12345678", "13 812 3456 78"],
    "bank_card": [
        "6222 0212 3456 7890 123",
        "622202 1234567890123",
        "62220 21234 56789 0123",
        "6222 0212 3456 7890 12 3",
    ],
    "id_card": ["110101 19900307 1234", "110101 1990 0307 1234", "110 101 1990 0307 1234", "1101 0119 9003 0712 34"],
    "landline": ["010 23456789", "010 2345 6789", "0755 2345678"],
}


@pytest.mark.parametrize("digits", WAYS_TO_WRITE.values(), ids=WAYS_TO_WRITE)
@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
def test_a_number_is_found_exactly_however_it_is_written_and_grouped(separator: str, digits: str) -> None:
    ways = str.maketrans("0123456789", digits)
    for kind, numbers in GROUPED.items():
        for number in numbers:
            value = separator.join(group.translate(ways) for group in number.split())
            assert found(f"😀号码{value}，谢谢") == [(kind, value)]


@pytest.mark.parametrize(("kind", "text", "value"), CONTEXT_HITS)
def test_a_value_named_by_its_context_is_found(kind: str, text: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize("text", [text for texts in MISSES.values() for text in texts])
def test_a_near_miss_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_every_kind_has_hits_and_misses() -> None:
    kinds = {kind for group in GROUPS.values() for kind in group.kinds}
    assert kinds == set(HITS) | {kind for kind, _, _ in CONTEXT_HITS}
    assert kinds <= set(MISSES)


def test_every_written_form_of_the_slots_is_left_alone() -> None:
    prompts = Path(__file__).parents[3] / "prompts"
    slots: list[dict[str, Any]] = yaml.safe_load((prompts / "slots.yaml").read_text(encoding="utf-8"))
    examples = [str(slot["example"]) for slot in slots if "example" in slot]
    assert examples
    for text in [*examples, "".join(examples), "，".join(examples)]:
        assert found(text) == []


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("name", "张三", "张三您好"),
        ("name", "张三", "张 三您好"),
        ("name", "张三", "张·三"),
        ("name", "张三", "张，三"),
        ("name", "张三", "张\u200b三"),
        ("name", "张三", "张😀三"),
        ("name", "高兴", "很高兴为您服务"),
        ("name", "高兴", "请问是高兴本人吗"),
        ("mobile", "13812345678", "一三八，一二三四，五六七八"),
        ("mobile", "13812345678", "1*3*8*1*2*3*4*5*6*7*8"),
        ("mobile", "13812345678", "洞幺三八1234伍陆柒捌"),
        ("mobile", "13812345678", "订单0001381234567899"),
        ("mobile", "+86 138-1234-5678", "１３８１２３４５６７８"),
        ("id_card", "11010119900307123X", "110101 1990 0307 123x"),
        ("id_card", "11010119900307123X", "一一零一零一一九九零零三零七一二三叉"),
        ("bank_card", "6222021234567890", "订单号6222。0212。3456。7890"),
        ("email", "Zhang.San@Example.com", "zhang.san@EXAMPLE.com"),
        ("email", "Zhang.San@Example.com", "zhang.san艾特example点com"),
        ("address", "朝阳区建国路88号", "朝阳区、建国路８８号"),
        ("wechat", "Zs_1990", "ｚｓ-1990"),
        ("employer", "蓝天机械厂", "蓝天 机械厂"),
    ],
)
def test_a_known_value_is_found_in_every_spelling(kind: str, value: str, text: str) -> None:
    # A kind without a name of ours was made up by the caller and may itself be the data.
    rule = "known_other" if kind == "employer" else f"known_{kind}"
    assert rule in [rule for rule, _ in found(text, **{kind: value})]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("name", "张三", "张先生您好"),
        ("name", "张三", "张女士，尾号5678"),
        ("name", "张", "张先生您好"),
        ("name", "", "您好"),
        ("name", "，。", "您好，。"),
        ("mobile", "13812345678", "尾号5678"),
        ("mobile", "13812345678", "138****5678"),
        ("bank_card", "6222021234567890", "尾号7890的卡"),
        ("id_card", "11010119900307123X", "110101********123X"),
        ("age", "35", "2035年，共350元"),
    ],
)
def test_the_allowed_form_of_a_known_value_is_left_alone(kind: str, value: str, text: str) -> None:
    assert found(text, **{kind: value}) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("验证码123456 13812345678", [("mobile", "13812345678")]),
        ("2026-11-22 13812345678", [("mobile", "13812345678")]),
        ("11010119900307123 6222021234567890", [("bank_card", "11010119900307123"), ("bank_card", "6222021234567890")]),
        ("一三八一二三四五六七八九〇一二三四五六", [("bank_card", "一三八一二三四五六七八九〇一二三四五六")]),
        ("6222 1381 2345 678", [("bank_card", "6222 1381 2345 678")]),
        ("110101199003071234 13812345678", [("id_card", "110101199003071234"), ("mobile", "13812345678")]),
    ],
)
def test_neighbouring_numbers_are_told_apart(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_every_occurrence_is_found() -> None:
    text = "张三您好，张三，13812345678和13912345678"
    assert [words for kind, words in found(text, name="张三") if kind != "name_in_context"] == [
        *("张三", "张三", "13812345678", "13912345678")
    ]


def test_a_known_value_hits_also_in_the_identity_question() -> None:
    case = Case(stage=Stage.VERIFY, known_personal_data={"name": "张三"})
    assert [finding.rule for finding in GUARD(script("请问是张三本人吗"), case)] == [
        "personal_data.known_name",
        "personal_data.name_in_context",
    ]


@pytest.mark.parametrize(
    "text",
    ["010-88886666", "01088886666", "010 8888 6666", "投诉请写信到help@example.com", "地址在北京市海淀区中关村大街1号"],
)
def test_what_is_allowed_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_what_only_begins_like_something_allowed_is_found() -> None:
    assert found("北京市海淀区中关村大街1号3栋502室")
    assert found("010-88886667")
    assert found("help@example.com")


def test_an_order_number_excuses_no_person() -> None:
    assert found("订单号13812345678") == [("mobile", "13812345678")]
    card = "622202000000000000"
    card += luhn.calc_check_digit(card)
    assert found(f"订单号{card}") == [("bank_card", card)]


def test_findings_ask_for_masking_and_never_repeat_the_value() -> None:
    for values in HITS.values():
        for value in values:
            for finding in findings(value):
                assert finding.action is Action.MASK
                assert finding.guard == GUARD.name == "personal_data"
                assert finding.replacement
                assert value not in finding.reason
                assert not any(char.isdigit() for char in finding.reason)


def test_a_right_check_digit_makes_more_certain() -> None:
    recognise = Recognisers()
    for right, wrong in [
        ("11010119900307001" + ric.calc_check_digit("110101199003070010"), "110101199003070012"),
        ("4111111111111111", "4111111111111112"),
    ]:
        scores = {text: [result.score for result in recognise(text)] for text in (right, wrong)}
        assert scores[right] > scores[wrong] > []


def test_spans_count_code_points_across_segments() -> None:
    whole = Script(
        (
            Segment(Stage.OPEN, "👨‍👩‍👧您好，", ""),
            Segment(Stage.BODY, "1381234", ""),
            Segment(Stage.CLOSE, "5678。", ""),
        )
    )
    (finding,) = GUARD(whole, Case())
    assert finding.span is not None
    assert whole.text[finding.span.start : finding.span.end] == "13812345678"


def test_threads_share_one_guard() -> None:
    texts = [f"第{number}个：{13800000000 + number}，微信号abc{number:05}" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(found, texts)) == [found(text) for text in texts]


ALPHABET = st.sampled_from(
    [
        *"0123456789",
        *"一二三八〇两Xx×",
        *" -.,*@()，。：\u200b\ufe0f😀\x00\ud800",
        "微信",
        "我是",
        "王",
        "李先生",
        "路",
        "号",
        "区",
        "省",
        "订单号",
        "qq",
        "a",
        "E",
        "京A",
        "[隐私信息]",
        "****",
        "1381234",
        "110101199003",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(ALPHABET, max_size=60).map("".join) | st.text(max_size=200), st.text(max_size=8), st.text(max_size=8))
def test_no_text_makes_the_guard_raise_or_leave_the_text(text: str, name: str, other: str) -> None:
    for finding in findings(text, name=name, mobile="13812345678", other=other):
        assert finding.span is not None
        assert 0 <= finding.span.start < finding.span.end <= len(text)


DIGITS = ["0零〇洞", "1一壹１", "2二贰②", "3三叁３", "4四肆④", "5五伍⑤", "6六陆６", "7七拐⑦", "8八捌８", "9九勾❾"]


@settings(max_examples=200, deadline=None)
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.lists(st.integers(0, 3), min_size=11, max_size=11),
    st.lists(st.sampled_from(["", "", " ", "-", "\u200b", "，", "😀", "*"]), min_size=11, max_size=11),
    st.sampled_from(["", "您的号码", "😀", "第一", "a"]),
    st.sampled_from(["", "一直", "对吗", "😀", "元"]),
)
def test_a_known_number_is_found_however_its_digits_are_written(
    mobile: str, forms: list[int], gaps: list[str], before: str, after: str
) -> None:
    written = "".join(DIGITS[int(digit)][form] + gap for digit, form, gap in zip(mobile, forms, gaps, strict=True))
    text = before + written + after
    spans = [finding.span for finding in findings(text, mobile=mobile) if finding.rule.endswith("known_mobile")]
    assert len(spans) == 1
    assert spans[0] is not None
    assert spans[0].start == len(before)
    assert text[spans[0].start : spans[0].end] == written.removesuffix(gaps[-1])


def test_a_request_s_own_hotline_is_left_alone_unless_it_is_the_customer_s() -> None:
    text = "官方客服热线是010-12345678。"
    hotline = (Fact("hotline", Quantity.DIGITS, "01012345678"),)
    said = script(text)
    assert [finding.rule for finding in GUARD(said, Case())] == ["personal_data.landline"]
    assert GUARD(said, Case(facts=hotline)) == []
    other = (Fact("hotline", Quantity.DIGITS, "01012345679"),)
    assert [finding.rule for finding in GUARD(said, Case(facts=other))] == ["personal_data.landline"]
    own = Case(facts=hotline, known_personal_data={"landline": "01012345678"})
    assert [finding.rule for finding in GUARD(said, own)] == ["personal_data.known_landline"]
