"""What it costs to vote through the page, and to count what was cast."""

import asyncio
import random
import secrets
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import insert

from bench import load, nodes, rows
from bench.measures import reading
from bench.measures.inbound import load_note
from bench.rows import Row
from bench.world import World
from node import clock, ids
from node.app import create_node
from node.assembly import access, contributions, members, proposals, votes
from node.database import Transaction
from node.models import Actor, Ballot, Member, Session, Vote
from node.settings import Settings

ON_THE_ROLL = 10_000
TO_COUNT = 100_000
_ROOM = 5_000
_OPTIONS = [{"text": f"Projet {number}"} for number in range(8)]


def measure(world: World, _cookie: str) -> list[Row]:
    """Return the cost of a ballot, open and secret, of a long discussion, and of each count."""
    count = world.some(2000)
    data = nodes.copied(world, "voting")
    prepared = asyncio.run(_prepare(world, data, count))
    found = []
    for _ in range(world.runs):
        again = nodes.copied(world, "voting-run", data)
        found.append(_through_the_page(world, again, prepared))
    return [*rows.median(found), *asyncio.run(_counts(world, data))]


def _through_the_page(world: World, data: Path, prepared: dict[str, Any]) -> list[Row]:
    measured = []
    with nodes.running(world, data) as node:
        for what, number, digest, at_least in prepared["votes"]:
            requests = [
                _ballot(world, number, digest, secret) for secret in prepared["secrets"][what]
            ]
            generator = load.Generator(world, requests)
            before = node.cpu()
            generator.go()
            seen = generator.report()
            used, good = node.cpu() - before, seen.statuses.get("303", 0)
            measured.append(
                Row(
                    what=f"vote: {what} ballot through the page, {ON_THE_ROLL:,} on the roll",
                    cpu_ms=used / max(good, 1) * 1000,
                    rate=good / seen.seconds,
                    p50_ms=seen.p50_ms,
                    p99_ms=seen.p99_ms,
                    at_least=at_least,
                    note=load_note(seen, len(requests), used),
                )
            )
        measured.append(_long_discussion(world, node, prepared["discussion"]))
    return measured


def _long_discussion(world: World, node: nodes.NodeProcess, number: int) -> Row:
    request = load.get(world, f"/p/{number}", "text/html", cookie=reading.OWN)
    load.run(world, [request], count=10)
    generator = load.Generator(world, [request], count=world.some(120))
    before = node.cpu()
    generator.go()
    seen = generator.report()
    used, good = node.cpu() - before, seen.statuses.get("200", 0)
    cpu = used / max(good, 1) * 1000
    return Row(
        what="vote: proposal page with 500 comments, CPU",
        cpu_ms=cpu,
        rate=good / seen.seconds,
        value=cpu,
        unit=" ms",
        at_most=40,
    )


def _ballot(world: World, number: int, digest: str, secret: str) -> bytes:
    fields = {"digest": digest, "seen": "0", "choice": "for", "reason": "", "confirmed": "yes"}
    fields["form-token"] = secrets.token_urlsafe(9)
    body = urlencode(fields)
    lines = [
        f"POST /p/{number}/voter HTTP/1.1",
        f"Host: {world.host}",
        f"Cookie: session={secret}",
        f"Origin: {world.origin}",
        "Accept: text/html",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "",
        body,
    ]
    return "\r\n".join(lines).encode()


async def _prepare(world: World, data: Path, count: int) -> dict[str, Any]:
    """Admit the members, sign some of them in, open the votes and hold a long discussion."""
    node = create_node(Settings(url=world.origin, data=str(data)))
    try:
        async with node.database.transaction() as tx:
            roll = await _admit(tx, ON_THE_ROLL, world.origin)
            signed = {what: await _sign_in(tx, roll[:count]) for what in ("open", "secret")}
            carrier = (await members.all_present(tx))[0]
            asked = []
            for what, at_least in (("open", 200.0), ("secret", None)):
                text = await proposals.publish(tx, carrier=carrier, title=what, text="Texte.")
                on = votes.Terms(method="majority", is_secret=what == "secret")
                end = clock.now() + timedelta(days=3)
                vote = await votes.open_vote(tx, text, by=carrier, closes_at=end, on=on)
                asked.append((what, text.number, vote.version.digest, at_least))
            long = await proposals.publish(tx, carrier=carrier, title="Longue", text="Texte.")
        async with node.database.transaction() as tx:
            people = [await tx.get(Member, number) for number in roll[:20]]
            talk = await proposals.by_number(tx, long.number)
            for number in range(500):
                author = people[number % len(people)]
                assert author is not None
                said = f"Remarque {number} : **oui**, mais comment le payer ?\n\nÀ voir."
                await contributions.comment(tx, author, on=talk, text=said)
    finally:
        await node.client.close()
        await node.database.close()
    return {"votes": asked, "secrets": signed, "discussion": long.number}


async def _admit(tx: Transaction, count: int, origin: str) -> list[int]:
    """Write members as admitting them one by one would have left them."""
    found = []
    for start in range(0, count, _ROOM):
        actors, admitted = [], []
        for number in range(start, min(start + _ROOM, count)):
            actor, member = ids.new_id(), ids.new_id()
            uri = f"{origin}/u/voter{number}"
            row = Actor(
                uri=uri,
                type="Person",
                handle=f"voter{number}",
                domain="bench",
                name=f"Voter {number}",
                inbox=f"{uri}/inbox",
                is_local=True,
            )
            actors.append({**_columns(row), "id": actor})
            person = Member(actor=row, votes_from=clock.now())
            admitted.append({**_columns(person), "id": member, "actor_id": actor})
            found.append(member)
        await tx.execute(insert(Actor), actors)
        await tx.execute(insert(Member), admitted)
    return found


def _columns(row: Any) -> dict[str, Any]:
    names = row.__table__.columns.keys()
    return {name: getattr(row, name, None) for name in names}


async def _sign_in(tx: Transaction, roll: list[int]) -> list[str]:
    found, sessions = [], []
    for member in roll:
        secret = ids.secret()
        row = Session(
            digest=access.digest(secret),
            member_id=member,
            expires_at=clock.now() + timedelta(days=1),
        )
        sessions.append(_columns(row))
        found.append(secret)
    await tx.execute(insert(Session), sessions)
    return found


async def _counts(world: World, data: Path) -> list[Row]:
    """Close votes of 100,000 ballots that were written past the page."""
    node = create_node(Settings(url=world.origin, data=str(nodes.copied(world, "counts", data))))
    try:
        async with node.database.transaction() as tx:
            roll = await _admit_more(tx, world)
        return [
            await _count(node.database, roll, name)
            for name in ("majority", "majority_judgment", "schulze", "approval")
        ]
    finally:
        await node.client.close()
        await node.database.close()


async def _admit_more(tx: Transaction, world: World) -> list[int]:
    first = [member.id for member in await members.all_present(tx)]
    more = TO_COUNT - len(first)
    return first + await _admit(tx, more, f"{world.origin}/more")


async def _count(database: Any, roll: list[int], name: str) -> Row:
    dice = random.Random(3)
    async with database.transaction() as tx:
        text = await proposals.publish(tx, carrier=None, title=name, text="Texte.")
        options: Any = [] if name == "majority" else _OPTIONS
        on = votes.Terms(method=name, options=options)
        vote = await _opened(tx, text, on, roll)
        for start in range(0, len(roll), _ROOM):
            ballots = [
                {
                    "id": ids.new_id(),
                    "vote_id": vote.id,
                    "member_id": member,
                    "choice": _choice(name, dice),
                    "reason": "",
                    "cast_at": clock.now(),
                    "seq": 1,
                    "via": "page",
                }
                for member in roll[start : start + _ROOM]
            ]
            await tx.execute(insert(Ballot), ballots)
    began, used = time.perf_counter(), time.process_time()
    async with database.transaction() as tx:
        found = await tx.get(Vote, vote.id)
        await votes.close(tx, found)
    took, used = time.perf_counter() - began, time.process_time() - used
    return Row(
        what=f"vote: close and count {TO_COUNT:,} ballots, {name}",
        cpu_ms=used * 1000,
        value=took,
        unit=" s",
        at_most=2,
    )


async def _opened(tx: Transaction, text: Any, on: votes.Terms, roll: list[int]) -> Vote:
    vote = await votes.ask(tx, text, closes_at=clock.now() + timedelta(days=1), on=on)
    if vote.electorate_count != len(roll):
        raise RuntimeError(f"{vote.electorate_count} on the roll, not {len(roll)}")
    return vote


def _choice(name: str, dice: random.Random) -> str:
    codes = [f"o{number}" for number in range(1, len(_OPTIONS) + 1)]
    if name == "majority":
        return dice.choice(("for", "for", "against", "abstain"))
    if name == "approval":
        chosen = sorted(dice.sample(codes, dice.randint(1, 4)))
        return "[" + ",".join(f'"{code}"' for code in chosen) + "]"
    if name == "schulze":
        return "[" + ",".join(f'"{code}"' for code in dice.sample(codes, 8)) + "]"
    grades = ("reject", "insufficient", "passable", "fairly_good", "good", "very_good", "excellent")
    return "{" + ",".join(f'"{code}":"{dice.choice(grades)}"' for code in codes) + "}"
