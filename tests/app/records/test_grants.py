"""Two persons are two where nobody's hand is in the access of both."""

from datetime import timedelta

import pytest

from app.records import (
    Grants,
    KeyRing,
    KnownToOthers,
    Newcomer,
    NotTheirs,
    People,
    Role,
    Store,
    Tie,
    UnknownPerson,
)
from tests.app.stores import Clock, Told

PASSWORD, OTHER = "correct horse battery", "another horse battery"
ALL = (Role.EDITOR, Role.APPROVER, Role.ADMIN)


@pytest.fixture
def grants(store: Store, clock: Clock) -> Grants:
    """What nobody confirmed yet."""
    return Grants(store, clock)


@pytest.fixture
async def office(people: People) -> People:
    """Two who may do everything and 周 who approves, all made on the command line."""
    for name in ("张", "李"):
        await people.create(name, ALL, PASSWORD)
    await people.create("周", [Role.APPROVER], PASSWORD)
    return people


async def ties(grants: Grants, clock: Clock, one: str, other: str) -> tuple[Tie | None, Tie | None]:
    """When the first asks and the other decides now, and the other way round."""
    return await grants.tie(one, other, clock.time), await grants.tie(other, one, clock.time)


async def test_one_person_is_not_two_however_the_name_is_written(grants: Grants, clock: Clock) -> None:
    assert await ties(grants, clock, "Zhang San", "zhangsan") == (Tie.SAME, Tie.SAME)


async def test_what_the_command_line_makes_is_nobodys(office: People, grants: Grants, clock: Clock) -> None:
    await office.set_roles("周", [Role.APPROVER, Role.EDITOR])
    await office.set_password("周", OTHER)
    for pair in (("张", "李"), ("张", "周")):
        assert await ties(grants, clock, *pair) == (None, None)


async def test_who_begins_makes_two(people: People, grants: Grants, clock: Clock) -> None:
    await people.begin([Newcomer("张", ALL, PASSWORD), Newcomer("李", ALL, PASSWORD)])
    assert await ties(grants, clock, "张", "李") == (None, None)


async def test_who_makes_an_account_and_who_has_it_are_not_two(office: People, grants: Grants, clock: Clock) -> None:
    await office.create("王", [Role.APPROVER], PASSWORD, by="张")
    assert await ties(grants, clock, "张", "王") == (Tie.DECIDING, Tie.ASKING)
    assert await ties(grants, clock, "李", "王") == (None, None)
    assert await grants.unconfirmed() == {"王": ("张",)}


@pytest.mark.parametrize("how", ["password", "roles", "enabled", "key"])
async def test_whatever_gives_access_is_a_hand_in_it(
    office: People, ring: KeyRing, grants: Grants, clock: Clock, how: str
) -> None:
    match how:
        case "password":
            await office.set_password("周", OTHER, by="张")
        case "roles":
            await office.set_roles("周", [Role.APPROVER, Role.AUDITOR], by="张")
        case "enabled":
            await office.disable("周", by="李")
            await office.enable("周", by="张")
        case "key":
            await ring.create("console", [Role.APPROVER], "周", by="张")
    assert await ties(grants, clock, "张", "周") == (Tie.DECIDING, Tie.ASKING)
    assert await ties(grants, clock, "李", "周") == (None, None)


async def test_what_takes_access_away_is_none(office: People, ring: KeyRing, grants: Grants, clock: Clock) -> None:
    await office.set_roles("李", [Role.APPROVER], by="张")
    await office.disable("李", by="张")
    await office.set_password("周", OTHER, by="周")
    for _ in range(5):
        await office.login("周", "wrong horse battery")
    await office.enable("周", by="张")  # was locked out, and still has the same password
    await ring.create("own", [Role.APPROVER], "周", by="周")
    assert await grants.unconfirmed() == {}


async def test_a_key_of_somebody_made_up_is_its_makers(
    office: People, ring: KeyRing, grants: Grants, clock: Clock
) -> None:
    await ring.create("puppet", [Role.APPROVER], "无此人", by="张")
    assert await ties(grants, clock, "张", "无此人") == (Tie.DECIDING, Tie.ASKING)
    with pytest.raises(UnknownPerson):
        await grants.confirm("无此人", by="李")


async def test_two_puppets_are_one_person(office: People, grants: Grants, clock: Clock) -> None:
    await office.create("甲", [Role.EDITOR], PASSWORD, by="张")
    await office.create("乙", [Role.APPROVER], PASSWORD, by="张")
    assert await ties(grants, clock, "甲", "乙") == (Tie.BOTH, Tie.BOTH)


async def test_an_admin_who_never_drafted_makes_people_who_are_two(
    office: People, grants: Grants, clock: Clock
) -> None:
    await office.create("管", [Role.ADMIN, Role.AUDITOR], PASSWORD)
    await office.create("甲", [Role.EDITOR], PASSWORD, by="管")
    await office.create("乙", [Role.APPROVER], PASSWORD, by="管")
    assert await ties(grants, clock, "甲", "乙") == (None, None)
    assert await ties(grants, clock, "管", "乙") == (Tie.DECIDING, Tie.ASKING)


async def test_who_gives_up_drafting_once_drafted(office: People, ring: KeyRing, grants: Grants, clock: Clock) -> None:
    await office.set_roles("张", [Role.ADMIN], by="张")
    await ring.create("root", [Role.ADMIN, Role.EDITOR])
    await ring.revoke("root")
    for maker in ("张", "root"):
        await office.create(f"甲{maker}", [Role.EDITOR], PASSWORD, by=maker)
        await office.create(f"乙{maker}", [Role.APPROVER], PASSWORD, by=maker)
        assert await ties(grants, clock, f"甲{maker}", f"乙{maker}") == (Tie.BOTH, Tie.BOTH)


async def test_a_puppet_that_makes_one_leaves_the_first_hand_in_it(
    office: People, grants: Grants, clock: Clock
) -> None:
    await office.create("假", [Role.ADMIN], PASSWORD, by="张")
    await office.create("甲", [Role.EDITOR], PASSWORD, by="假")
    await office.create("乙", [Role.APPROVER], PASSWORD, by="假")
    assert await ties(grants, clock, "张", "乙") == (Tie.DECIDING, Tie.ASKING)
    assert await ties(grants, clock, "甲", "乙") == (Tie.BOTH, Tie.BOTH)


async def test_a_key_that_is_revoked_again_leaves_the_hand_of_its_maker(
    office: People, ring: KeyRing, grants: Grants, clock: Clock
) -> None:
    await ring.create("borrowed", [Role.ADMIN], "李", by="张")
    await office.create("乙", [Role.APPROVER], PASSWORD, by="李")
    await ring.revoke("borrowed", by="张")
    await grants.confirm("李")
    clock.pass_by(minutes=1)
    assert await ties(grants, clock, "张", "李") == (None, None)
    assert await ties(grants, clock, "张", "乙") == (Tie.DECIDING, Tie.ASKING)


async def test_another_admin_confirms_and_from_then_on_they_are_two(
    office: People, grants: Grants, clock: Clock, told: Told
) -> None:
    await office.create("王", [Role.APPROVER], PASSWORD, by="张")
    await office.set_password("王", OTHER, by="王")
    before = clock.time
    clock.pass_by(hours=1)
    await grants.confirm("王", by="李")
    await grants.confirm("王", by="李")
    assert await ties(grants, clock, "张", "王") == (None, Tie.ASKING)
    clock.pass_by(minutes=1)
    assert await ties(grants, clock, "张", "王") == (None, None)
    # What 王 asked for before may have been asked by 张.
    assert await grants.tie("王", "张", before) is Tie.ASKING
    confirmed = [entry for entry in await told() if entry.event == "person.confirmed"]
    assert [(entry.person, entry.subject, entry.details) for entry in confirmed] == [("李", "王", {"hands": ["张"]})]
    await office.set_password("王", PASSWORD, by="张")
    assert await ties(grants, clock, "张", "王") == (Tie.DECIDING, Tie.ASKING)


async def test_nobody_confirms_who_had_a_hand_in_it_or_may_be_one_who_had(
    office: People, grants: Grants, clock: Clock
) -> None:
    await office.create("王", [Role.APPROVER, Role.ADMIN], PASSWORD, by="张")
    await office.create("假", [Role.ADMIN], PASSWORD, by="张")
    await office.set_password("王", OTHER, by="王")
    for by in ("张", "王", "假"):
        with pytest.raises(NotTheirs):
            await grants.confirm("王", by=by)
    await office.set_password("张", OTHER, by="李")
    with pytest.raises(NotTheirs):
        await grants.confirm("王", by="李")
    await grants.confirm("王")
    with pytest.raises(UnknownPerson):
        await grants.confirm("a\0b")


async def test_who_is_confirmed_is_known_to_nobody_else(
    office: People, ring: KeyRing, grants: Grants, clock: Clock
) -> None:
    await office.create("王", [Role.APPROVER], PASSWORD, by="张")
    with pytest.raises(KnownToOthers, match="password"):
        await grants.confirm("王", by="李")
    await office.set_password("王", OTHER, by="王")
    await ring.create("console", [Role.APPROVER], "王", by="张", expires_at=clock.time + timedelta(days=9))
    await ring.create("own", [Role.APPROVER], "王")
    with pytest.raises(KnownToOthers, match="key"):
        await grants.confirm("王", by="李")
    clock.pass_by(days=9)
    await grants.confirm("王", by="李")


async def test_a_key_that_was_made_while_another_could_act_as_its_person_is_known_to_that_one(
    office: People, ring: KeyRing, grants: Grants
) -> None:
    await ring.create("before", [Role.APPROVER], "李", by="李")
    await office.set_password("李", OTHER, by="张")
    await ring.create("meanwhile", [Role.APPROVER], "李", by="李")
    await office.set_password("李", PASSWORD, by="李")
    with pytest.raises(KnownToOthers, match="key"):
        await grants.confirm("李")
    await ring.revoke("meanwhile")
    await grants.confirm("李")
    await ring.create("after", [Role.APPROVER], "李", by="李")
    assert await grants.unconfirmed() == {}
