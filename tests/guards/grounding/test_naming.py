"""As what a figure is said: in one breath, across a pause, from a question, denied, compared, handed out in order."""

import pytest

from guards.grounding.naming import Figure, Naming
from guards.numbers.scan import scan
from guards.text.reading import Reading
from guards.types import Quantity
from tests.guards.number_rules import ROLES

NAMING = Naming(ROLES.roles)


def roles(text: str) -> list[set[str]]:
    """The roles of each figure of a text, in their order."""
    read = scan(Reading(text))
    figures = [Figure(number.quantity, number.span.start, number.span.end) for number in read.numbers]
    return [{role.id.removeprefix("role.") for role in named} for named in NAMING.names(read.text, figures)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("最低还款是181.70元。", [{"min_payment"}]),
        ("最低还款呢，是181.70元。", [{"min_payment"}]),
        ("最低还款您先听一下，是181.70元。", [{"min_payment"}]),
        ("滞纳金呢，我查了一下，是181.70元。", [{"penalty"}]),
        ("按最低还款算，这期还181.70元就行。", [{"min_payment"}]),
        ("应还多少呢？9665.18元。", [{"amount_due"}]),
        ("最低还款可以先还，应还9665.18元。", [{"amount_due"}]),
        ("手头紧可以看最低还款，有难处再说，9665.18元不着急。", [set()]),
        ("您记一下，9665.18元。", [set()]),
    ],
)
def test_a_name_is_linked_in_one_breath_across_a_pause_and_from_a_question(text: str, named: list[set[str]]) -> None:
    assert roles(text) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("应还不是181.70元，是9665.18元。", [set(), {"amount_due"}]),
        ("应还9665.18元，不是181.70元。", [{"amount_due"}, set()]),
        ("应还9665.18元，也就是九千六百六十五元一角八分。", [{"amount_due"}, {"amount_due"}]),
        ("应还和最低还款分别是9665.18元和181.70元。", [{"amount_due"}, {"min_payment"}]),
        ("应还比最低还款多9483.48元。", [{"difference"}]),
        ("除利息外，另有20元的费用。", [{"fees"}]),
        ("优惠后应还9665.18元。", [{"amount_due"}]),
        ("费用一共20元。", [{"fees"}]),
        ("一共9665.18元。", [{"total"}]),
        ("至少要还181.70元。", [{"min_payment"}]),
        ("这个月还181.70元。", [{"payment"}]),
        ("每个月还856.5元。", [{"monthly_payment"}]),
    ],
)
def test_what_is_denied_compared_or_handed_out_keeps_its_own_name(text: str, named: list[set[str]]) -> None:
    assert roles(text) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("20万元额度，50元优惠。", [{"limit"}, {"discount"}]),
        ("还了181.70元，这期就结清了。", [{"settlement"}]),
        ("最低还款181.70元就结清。", [{"min_payment", "settlement"}]),
        ("还了181.70元，不算结清。", [{"payment"}]),
        ("您可以还181.70元，也可以全部还清，也就是9665.18元。", [{"payment"}, {"settlement"}]),
        ("从11月25日起开始借的。", [{"borrowing_day"}]),
        ("11月25日到期，应还9665.18元。", [{"deadline"}, {"amount_due"}]),
    ],
)
def test_a_name_behind_the_figure_counts_too(text: str, named: list[set[str]]) -> None:
    assert roles(text) == named


def test_names_in_the_traditional_script_and_in_full_width_are_the_same() -> None:
    assert roles("您本期應還181.70元，最低還款９６６５．１８元。") == [{"amount_due"}, {"min_payment"}]


def test_without_loose_names_only_plain_ones_count() -> None:
    strict = Naming(ROLES.roles, with_loose=False)
    text = "要还181.70元。"
    assert strict.names(text, [Figure(Quantity.MONEY, 2, 9)]) == [()]
    assert [[role.id for role in each] for each in NAMING.names(text, [Figure(Quantity.MONEY, 2, 9)])] == [
        ["role.amount_due"]
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("应还总额，我这边查到，系统里写的是9665.18元。", [{"amount_due"}]),
        ("您这期一共得还多少，我给您报一下，9665.18元。", [{"total"}]),
        ("您问全款得多少是吧？得9665.18元。", [{"settlement"}]),
        ("减免多少，要等审核。到今天，要还的是9665.18元。", [set(), {"amount_due"}]),
        ("最低还款您先看一看，再定。9665.18元。", [set()]),
        ("最低还款；9665.18元。", [set()]),
        ("最低还款的事，您问过，我们说过，您也知道，是9665.18元。", [set()]),
        ("最低还款您不用担心这个那个的，先听我说，是9665.18元。", [set()]),
        ("不用全款，9665.18元。", [set()]),
        ("您还不起全款9665.18元。", [{"settlement"}]),
        ("最低还款也行，您再看看那个数，9665.18元。", [set()]),
    ],
)
def test_a_name_reaches_across_talk_but_not_across_another_matter(text: str, named: list[set[str]]) -> None:
    assert roles(text) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("181.70元是最低还款，9665.18元是全款。", [{"min_payment"}, {"settlement"}]),
        ("您问181.70元是不是罚息？不是的，那是最低还款。", [{"min_payment"}]),
        ("您问181.70元是罚息吗？不是，这是最低还款。", [{"min_payment"}]),
        ("181.70元不是全款，是最低还款。", [{"min_payment"}]),
        ("181.70元。是最低还款。", [set()]),
        ("181.70元是，9665.18元也是。", [set(), set()]),
        ("181.70元是最低还款9665.18元是全款。", [{"min_payment"}, {"settlement"}]),
        ("把181.70元的最低还款存进去。", [{"min_payment"}]),
        ("存181.70元最低还款也可以。", [{"min_payment"}]),
        ("先181.70元的最低还款9665.18元的全款。", [{"min_payment"}, {"settlement"}]),
        ("181.70元，最低还款；9665.18元，全款。", [{"min_payment"}, {"settlement"}]),
        ("181.70元，最低还款，9665.18元，全款。", [set(), {"min_payment"}]),
        ("9665.18元，您这个月要还的就这么多。", [{"amount_due"}]),
        ("9665.18元。您这个月要还的就这么多。", [set()]),
        ("9665.18元就这么多。", [set()]),
        ("9665.18元，您看，就这么多。", [set()]),
        ("不是181.70元就能结清，全款是9665.18元。", [set(), {"settlement"}]),
        ("20万元只是上限，不是已经批了20万元。", [{"limit"}, set()]),
        ("最低还款181.70元额度20万元。", [{"min_payment"}, {"limit"}]),
    ],
)
def test_what_a_figure_is_said_to_be_names_it(text: str, named: list[set[str]]) -> None:
    assert roles(text) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("9665.18元和181.70元，前者是全款，后者是最低还款。", [{"settlement"}, {"min_payment"}]),
        (
            "三个数，9665.18元、181.70元、856.5元，头一个是全款，中间那个是最低还款，末了那个是月供。",
            [{"settlement"}, {"min_payment"}, {"monthly_payment"}],
        ),
        ("9665.18元和181.70元，第三个是全款。", [set(), set()]),
        ("9665.18元和181.70元，前者是您问的，后者是最低还款。", [set(), {"min_payment"}]),
        ("9665.18元，这个数您先记在纸上好不好呢，再加181.70元，前者是全款。", [set(), set()]),
        ("全款和最低还款依次是9665.18元、181.70元。", [{"settlement"}, {"min_payment"}]),
        ("全款和最低还款，一个9665.18元，一个181.70元。", [{"settlement"}, {"min_payment"}]),
    ],
)
def test_figures_are_named_by_their_places(text: str, named: list[set[str]]) -> None:
    assert roles(text) == named
