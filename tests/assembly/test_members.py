"""Who belongs to the assembly, and what it says about itself."""

import asyncio

import pytest

from node.assembly import assemblies, contributions, members, people, proposals
from node.database import Database, Transaction, open_database
from node.errors import Invalid, NotFound, NotNow
from node.models import Assembly, Member, Proposal
from tests.conftest import MakeSettings


async def test_an_assembly_is_founded_once(tx: Transaction, assembly: Assembly) -> None:
    assert (assembly.actor.uri, assembly.actor.type) == ("https://rive.example/g/rive", "Group")
    assert assembly.instance.handle == "rive.example"
    with pytest.raises(NotNow):
        await assemblies.found(
            tx, origin="https://rive.example", name="Encore", handle="encore", language="fr"
        )


@pytest.mark.parametrize(
    ("name", "handle", "codes"),
    [
        (" ", "rive", ["name-missing"]),
        ("Rive", "La Rive", ["handle-malformed"]),
        ("Rive", ".rive", ["handle-malformed"]),
        ("Rive", "x" * 31, ["handle-malformed"]),
        ("", "", ["name-missing", "handle-malformed"]),
    ],
)
async def test_an_assembly_has_a_name_and_a_handle(
    make_settings: MakeSettings, name: str, handle: str, codes: list[str]
) -> None:
    database = open_database(make_settings("rive.example").database)
    async with database.transaction() as tx:
        with pytest.raises(NotNow):
            await assemblies.the(tx)
        with pytest.raises(Invalid) as refused:
            await assemblies.found(
                tx, origin="https://rive.example", name=name, handle=handle, language="fr"
            )
    await database.close()
    assert [problem.code for problem in refused.value.problems] == codes


async def test_an_assembly_describes_itself(tx: Transaction, assembly: Assembly) -> None:
    about = {"summary": "Trois *messages*.", "place": " Villeneuve ", "approves": True}
    await assemblies.describe(tx, name="La  rive", timezone="Europe/Brussels", **about)  # type: ignore[arg-type]
    assert (assembly.name, assembly.place) == ("La rive", "Villeneuve")
    assert assembly.actor.summary == "<p>Trois <em>messages</em>.</p>"
    assert assembly.actor.is_locked is assembly.approves_followers is True
    assert str(assemblies.zone(assembly)) == "Europe/Brussels"
    with pytest.raises(Invalid) as refused:
        await assemblies.describe(tx, name="", timezone="Mars/Olympus", **about)  # type: ignore[arg-type]
    assert [one.code for one in refused.value.problems] == ["name-missing", "timezone-unknown"]


async def test_a_member_gets_a_handle_that_is_free(tx: Transaction) -> None:
    names = ["Éloïse Ünal", "Eloise Unal", "李", "李", " - "]
    handles = [(await members.admit(tx, name=name)).handle for name in names]
    assert handles == ["eloise_unal", "eloise_unal_2", "membre", "membre_2", "membre_3"]
    assert await members.count(tx) == 5


@pytest.mark.parametrize(
    ("name", "handle", "code"),
    [
        (" ", None, "name-missing"),
        ("Ana", "Ana Morel", "handle-malformed"),
        ("Ana", "ben", "handle-taken"),
        ("Ana", " BEN ", "handle-taken"),
        ("Ana", "rive", "handle-taken"),
    ],
)
async def test_a_name_that_cannot_be_had_is_refused(
    tx: Transaction, ben: Member, name: str, handle: str | None, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await members.admit(tx, name=name, handle=handle)
    assert refused.value.problems[0].code == code


async def test_members_of_one_name_admitted_at_once_have_handles_of_their_own(
    database: Database,
) -> None:
    async def admit() -> str:
        async with database.transaction() as tx:
            return (await members.admit(tx, name="Ana")).handle

    assert sorted(await asyncio.gather(*(admit() for _ in range(4)))) == [
        "ana",
        "ana_2",
        "ana_3",
        "ana_4",
    ]


async def test_members_are_found_by_handle_until_they_leave(
    tx: Transaction, ana: Member, ben: Member
) -> None:
    assert (await members.by_handle(tx, " ANA ")).id == ana.id
    assert [one.handle for one in await members.all_present(tx)] == ["ana", "ben"]
    ben.left_at = ben.admitted_at
    await tx.flush()
    assert [one.handle for one in await members.all_present(tx)] == ["ana"]
    with pytest.raises(NotFound):
        await members.by_handle(tx, "ben")
    with pytest.raises(NotFound):
        await members.by_handle(tx, "rive")


async def test_a_member_exists_outside_only_by_choice(
    tx: Transaction, ana: Member, proposal: Proposal
) -> None:
    with pytest.raises(NotFound):
        await people.called(tx, "ana")
    await members.describe(tx, ana, name="Ana  M.", summary="Au *bord*.")
    tx.events.clear()
    for _ in range(2):
        await members.publish(tx, ana)
    assert [type(event).__name__ for event in tx.events] == ["MemberPublished"]
    await proposals.revise(tx, proposal, by=ana, title="Des bancs", text="Ici.")
    carried = await proposals.publish(tx, carrier=ana, title="Une fontaine", text="Fraîche.")
    said = await contributions.comment(tx, ana, on=carried, text="Voilà.")
    profile = await people.called(tx, "ANA")
    assert (profile.name, profile.address) == ("Ana M.", "ana@rive.example")
    assert [row.number for row in await people.carried(tx, profile)] == [carried.number]
    assert [row.id for row in await people.said(tx, profile)] == [said.id]
    assert [one.handle for one in await people.published(tx)] == ["ana"]
    await members.describe(tx, ana, name="Ana", summary="")
    with pytest.raises(Invalid):
        await members.describe(tx, ana, name=" ", summary="")
    for _ in range(2):
        await members.unpublish(tx, ana)
    await tx.flush()
    assert await people.published(tx) == []
    kinds = [type(event).__name__ for event in tx.events]
    assert kinds.count("MemberUnpublished") == kinds.count("ActorChanged") == 1
