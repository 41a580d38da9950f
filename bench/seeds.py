"""What a node holds before it is measured: an assembly, members, a discussion, followers."""

import asyncio
from collections.abc import Sequence

from bench import letters, nodes
from bench.world import World
from node.activitypub import addressing, keys, uris
from node.app import create_node
from node.assembly import access, assemblies, contributions, members, proposals
from node.database import Transaction
from node.models import Actor, ActorKey, Follow
from node.settings import Settings

_TEXT = """## Pourquoi

La ligne 4 s'arrête à 23 h. Beaucoup de celles et ceux qui travaillent le soir rentrent à pied.

- un bus toutes les quarante minutes ;
- jusqu'à **une heure** du matin ;
- un arrêt de plus devant la gare.

> « On nous a promis ce bus il y a trois ans. »

Le coût est de 84 000 euros par an, soit moins que l'éclairage du parking.
"""
_VOICE = """Je suis pour, mais il faut dire **comment** c'est payé. Le parking est à moitié vide.

Voir le [compte rendu](https://exemple.example/compte-rendu) de la dernière réunion.
"""
VOICES = 12


def make_template(world: World) -> str:
    """Found the assembly of this world and fill it; return the cookie of its first member."""
    where = ["--data", str(world.template), "--url", world.origin]
    nodes.command(
        world, "init", *where, "--name", "Assemblée de la ville", "--handle", world.handle
    )
    return asyncio.run(_fill(world))


async def _fill(world: World) -> str:
    node = create_node(Settings(url=world.origin, data=str(world.template)))
    try:
        async with node.database.transaction() as tx:
            people = [await members.admit(tx, name=f"Camille Martin {n}") for n in range(6)]
        async with node.database.transaction() as tx:
            people = list(await members.all_present(tx))
            for number in range(3):
                title = f"Garder le bus de nuit, ligne {4 + number}"
                found = await proposals.publish(tx, carrier=people[0], title=title, text=_TEXT)
                if number == 0:
                    for voice in range(VOICES):
                        await contributions.comment(tx, people[voice % 6], on=found, text=_VOICE)
            await _know_authors(tx)
            return f"session={await access.open_session(tx, people[0])}"
    finally:
        await node.client.close()
        await node.database.close()


async def _know_authors(tx: Transaction) -> None:
    assembly = await assemblies.the(tx)
    for number in range(letters.AUTHORS):
        actor = stranger(letters.author(number), shared=f"https://{letters.HOST}/inbox")
        tx.add(actor)
        await tx.flush()
        tx.add(
            ActorKey(
                uri=uris.main_key(actor.uri),
                actor_id=actor.id,
                algorithm="rsa",
                public=keys.public_pem(letters.key(number).public_key()),
            ),
            follow(assembly.actor, actor),
        )
    await tx.flush()


def stranger(uri: str, shared: str | None = None) -> Actor:
    """Return an actor on another server, as if we had read it there."""
    name = uri.rpartition("/")[2]
    return Actor(
        uri=uri,
        type="Person",
        handle=name,
        domain=addressing.host(uri),
        name=name.title(),
        inbox=f"{uri}/inbox",
        shared_inbox=shared,
        outbox=f"{uri}/outbox",
        followers=f"{uri}/followers",
        url=uri,
    )


def follow(follower: Actor, followed: Actor) -> Follow:
    """Return an accepted follow."""
    return Follow(
        uri=f"{follower.uri}#follow-{followed.uri}",
        follower=follower,
        followed=followed,
        state="accepted",
    )


async def add_followers(world: World, data: str, addresses: Sequence[str]) -> None:
    """Let strangers at these addresses follow the assembly."""
    node = create_node(Settings(url=world.origin, data=data))
    try:
        async with node.database.transaction() as tx:
            assembly = await assemblies.the(tx)
            for address in addresses:
                actor = stranger(address)
                tx.add(actor, follow(actor, assembly.actor))
            await tx.flush()
    finally:
        await node.client.close()
        await node.database.close()
