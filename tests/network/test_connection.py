"""Answers whose end could be read in two ways, and what they may not do to the next request."""

import asyncio

import pytest

from node.errors import Unreachable
from tests.network.conftest import Maker, Opener
from tests.network.stage import Writer, answer, says

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = b"3\r\nabc\r\n0\r\n\r\n"
AMBIGUOUS = [
    HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED,
    HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n" + CHUNKED,
    HEAD + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    HEAD + b"Content-Length: 3, 3\r\n\r\nabc",
    HEAD + b"Content-Length: +3\r\n\r\nabc",
    HEAD + b"Content-Length: 0x3\r\n\r\nabc",
    HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKED,
    HEAD + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED,
    HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED,
    HEAD + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKED,
    HEAD + b"X: a\r\n b\r\nContent-Length: 3\r\n\r\nabc",
    HEAD + b"X: a\0b\r\nContent-Length: 3\r\n\r\nabc",
    b"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc",
    b"HTTP/1.1 101 Switch\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\n\r\n" * 9 + answer(b"abc"),
    b"HTTP/2 200\r\nContent-Length: 3\r\n\r\nabc",
]
CLEAR = [
    HEAD + b"Content-Length: 3\r\n\r\nabc",
    HEAD + b"TRANSFER-ENCODING: Chunked\r\n\r\n" + CHUNKED,
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX: late\r\n\r\n",
    HEAD + b"\r\nabc",
    b"HTTP/1.0 200 OK\r\n\r\nabc",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer(b"abc"),
]


@pytest.mark.parametrize("raw", AMBIGUOUS, ids=range(len(AMBIGUOUS)))
async def test_an_answer_with_two_readings_is_refused(
    client_of: Maker, server: Opener, raw: bytes
) -> None:
    stage = await server(says(raw, hang_up=True))
    with pytest.raises(Unreachable):
        await client_of().get(stage.url(), accept="*/*", seconds=20)


@pytest.mark.parametrize("raw", CLEAR, ids=range(len(CLEAR)))
async def test_an_answer_with_one_reading_is_read(
    client_of: Maker, server: Opener, raw: bytes
) -> None:
    stage = await server(says(raw, hang_up=True))
    got = await client_of().get(stage.url(), accept="*/*", seconds=20)
    assert got.body == b"abc"
    assert not {"x", "link"} & set(got.headers)


@pytest.mark.parametrize("raw", CLEAR[:3] + CLEAR[5:], ids=range(4))
async def test_an_answer_may_come_byte_by_byte_and_its_connection_is_kept(
    client_of: Maker, server: Opener, raw: bytes
) -> None:
    async def play(head: bytes, writer: Writer) -> None:
        for number in range(len(raw)):
            writer.write(raw[number : number + 1])
            await writer.drain()
            await asyncio.sleep(0)

    stage, client = await server(play), client_of()
    for _ in range(3):
        assert (await client.get(stage.url(), accept="*/*")).body == b"abc"
    assert len(stage.doors) == 1


async def test_an_answer_without_body_keeps_its_connection(
    client_of: Maker, server: Opener
) -> None:
    stage, client = await server(b"HTTP/1.1 204 No Content\r\n\r\n"), client_of()
    for _ in range(2):
        assert (await client.post(stage.url(), headers={}, body=b"x")).status == 204
    assert len(stage.doors) == 1


@pytest.mark.parametrize("late", [False, True])
async def test_an_answer_nobody_asked_for_never_reaches_the_next_request(
    client_of: Maker, server: Opener, late: bool
) -> None:
    sent = asyncio.Event()

    async def play(head: bytes, writer: Writer) -> None:
        if late:
            writer.write(answer(b"good"))
            await asyncio.sleep(0.02)
            writer.write(answer(b"evil"))
        else:
            writer.write(answer(b"good") + answer(b"evil"))
        sent.set()

    stage, client = await server(play), client_of()
    for _ in range(3):
        sent.clear()
        assert (await client.get(stage.url(), accept="*/*")).body == b"good"
        await sent.wait()
        await asyncio.sleep(0.05)  # a turn of the loop, in which it arrives
    assert len(stage.doors) == 3


@pytest.mark.parametrize(("said", "times"), [(b"", 2), (b"HTTP/1.1 2", 1)])
async def test_only_what_got_no_answer_at_all_is_sent_again(
    client_of: Maker, server: Opener, said: bytes, times: int
) -> None:
    async def play(head: bytes, writer: Writer) -> None:
        if len(stage.asked) == 1:
            writer.write(answer(b"first"))
            return
        writer.write(said)
        await writer.drain()
        writer.close()

    stage, client = await server(play), client_of()
    await client.get(stage.url(), accept="*/*")
    with pytest.raises(Unreachable):
        await client.post(stage.url(), headers={}, body=b"x")
    assert len(stage.asked) == 1 + times


async def test_a_cancelled_request_never_gives_its_connection_to_another(
    client_of: Maker, server: Opener
) -> None:
    async def play(head: bytes, writer: Writer) -> None:
        await asyncio.sleep(0.1 if b"/slow" in head else 0)
        writer.write(answer(head.split()[1]))

    stage, client = await server(play), client_of()
    slow = [asyncio.create_task(client.get(stage.url("/slow"), accept="*/*")) for _ in range(8)]
    await asyncio.sleep(0.05)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    got = await asyncio.gather(*(client.get(stage.url(f"/{i}"), accept="*/*") for i in range(8)))
    assert [one.body for one in got] == [b"/%d" % i for i in range(8)]


async def test_nothing_is_remembered_of_hosts_that_are_done_with(
    client_of: Maker, server: Opener
) -> None:
    stage = await server(answer(b"", b"Connection: close"))
    client = client_of()
    await asyncio.gather(
        *(client.post(stage.url(host=h), headers={}, body=b"") for h in ["server.example"] * 9),
        client.post(stage.url(host="other.example"), headers={}, body=b""),
    )
    await asyncio.sleep(0)
    transport = client._transport
    kept = [getattr(transport, name) for name in ("_hosts", "_open", "_idle", "_in_use")]
    assert [bool(one) for one in kept] == [False] * 4
