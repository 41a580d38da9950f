"""What a foreign server can and cannot do to us, with either engine."""

import asyncio
import gzip
import ssl
import zlib
from collections.abc import Mapping

import httpx
import pytest

from node.errors import Unreachable
from node.network.client import Client, ForbiddenAddress
from tests.network.conftest import Maker, Opener
from tests.network.stage import Names, Writer, answer, pour, says

JSON = "application/activity+json"


async def test_a_document_is_fetched(client: Client, server: Opener) -> None:
    stage = await server(answer(b"{}", b"Content-Type: " + JSON.encode()))
    got = await client.get(stage.url("/a?b=c#d"), accept=JSON)
    assert (got.status, got.body, got.url) == (200, b"{}", stage.url("/a?b=c"))
    assert got.headers["content-type"] == JSON
    asked = stage.asked[0].lower()
    assert asked.startswith(b"get /a?b=c http/1.1\r\n")
    assert b"host: server.example:%d\r\n" % stage.port in asked
    assert b"accept: " + JSON.encode() in asked
    assert b"user-agent: palabre\r\n" in asked
    assert b"cookie" not in asked
    assert b"authorization" not in asked


async def test_a_body_is_delivered_with_the_headers_that_were_signed(
    client: Client, server: Opener
) -> None:
    stage = await server(answer(status=b"202 Accepted"))
    headers = {"Signature": "s", "Host": "elsewhere.example", "Content-Length": "1"}
    got = await client.post(stage.url("/inbox"), headers=headers, body=b"x" * 300_000)
    assert got.status == 202
    assert stage.bodies == [b"x" * 300_000]
    asked = stage.asked[0].lower()
    assert b"signature: s\r\n" in asked
    assert asked.count(b"host:") == asked.count(b"content-length:") == 1
    assert b"host: server.example" in asked


@pytest.mark.parametrize("status", [b"202 Accepted", b"301 Moved", b"404 No", b"503 Busy"])
async def test_every_status_of_a_delivery_is_an_answer(
    client: Client, server: Opener, status: bytes
) -> None:
    stage = await server(answer(b"", b"location: /elsewhere", status=status))
    got = await client.post(stage.url(), headers={}, body=b"{}")
    assert got.status == int(status[:3])
    assert len(stage.asked) == 1


async def test_a_connection_is_used_again(client_of: Maker, engine: str, server: Opener) -> None:
    stage = await server(answer(b"ok"))
    names = Names(["127.0.0.1"])
    client = client_of(engine, names=names)
    for _ in range(5):
        await client.get(stage.url(), accept="*/*")
    assert len(stage.doors) == 1
    assert names.asked == ["server.example"]


async def test_a_server_gets_few_connections_however_much_there_is_to_say(
    client_of: Maker, server: Opener
) -> None:
    stage = await server(answer())
    client = client_of()
    await asyncio.gather(*(client.post(stage.url(), headers={}, body=b"") for _ in range(40)))
    assert len(stage.asked) == 40
    assert stage.busiest <= 4


async def test_no_more_connections_are_open_than_allowed(client_of: Maker, server: Opener) -> None:
    stages = [await server(answer()) for _ in range(6)]
    client = client_of(connections=2)
    for _ in range(2):
        await asyncio.gather(*(client.post(s.url(), headers={}, body=b"") for s in stages))
    for _ in range(1000):  # until the servers, too, know what was closed
        if sum(stage.busy for stage in stages) <= 2:
            return
        await asyncio.sleep(0.01)
    pytest.fail("more connections are open than allowed")


async def test_a_kept_connection_that_was_closed_is_replaced(
    client: Client, server: Opener
) -> None:
    stage = await server(says(answer(b"ok"), hang_up=True))
    for _ in range(3):
        assert (await client.get(stage.url(), accept="*/*")).body == b"ok"


# Names and numbers


async def test_b3_the_address_connected_to_is_the_one_that_was_checked(
    client_of: Maker, engine: str, server: Opener
) -> None:
    stage = await server(answer(b"ok", b"Connection: close"), address="127.0.0.2")
    names = Names(["127.0.0.2"], ["10.0.0.1"])
    client = client_of(engine, names=names)
    await client.get(stage.url(), accept="*/*")
    assert stage.doors == ["127.0.0.2"]
    assert names.asked == ["server.example"]


async def test_b3_a_name_that_turns_private_is_refused_at_the_next_connection(
    client_of: Maker, server: Opener
) -> None:
    stage = await server(answer(b"ok", b"Connection: close"))
    client = client_of("httpx", ["127.0.0.1"], ["10.0.0.1"])
    await client.get(stage.url(), accept="*/*")
    with pytest.raises(ForbiddenAddress):
        await client.get(stage.url(), accept="*/*")


@pytest.mark.parametrize("answers", [["8.8.8.8", "fd00::1"], ["::1", "8.8.8.8"], ["10.0.0.1"]])
async def test_b3_one_private_answer_refuses_the_name(
    client_of: Maker, engine: str, answers: list[str]
) -> None:
    client = client_of(engine, answers, allow_loopback=False)
    with pytest.raises(ForbiddenAddress):
        await client.get("https://server.example/", accept="*/*")
    with pytest.raises(ForbiddenAddress):
        await client.post("https://server.example/", headers={}, body=b"")


async def test_b1_loopback_is_refused_unless_it_is_allowed(
    client_of: Maker, engine: str, server: Opener
) -> None:
    stage = await server(answer())
    client = client_of(engine, allow_loopback=False)
    for host in ("server.example", "localhost", "127.0.0.1", "127.1", "[::1]"):
        with pytest.raises(ForbiddenAddress):
            await client.get(stage.url(host=host), accept="*/*")
    assert stage.doors == []


async def test_a_node_on_this_machine_is_reached_without_tls(
    client_of: Maker, engine: str, server: Opener
) -> None:
    stage = await server(answer(b"ok"), tls=False)
    client = client_of(engine)
    for host in ("riverside.localhost", "127.0.0.1", "localhost"):
        url = stage.url(host=host, scheme="http")
        assert (await client.get(url, accept="*/*")).body == b"ok"


async def test_the_names_of_this_machine_need_no_resolver(server: Opener) -> None:
    stage = await server(answer(b"ok"), tls=False)
    client = Client(allow_loopback=True)
    url = stage.url(host="riverside.localhost", scheme="http")
    assert (await client.get(url, accept="*/*")).body == b"ok"
    await client.close()


async def test_a_second_address_is_tried_when_the_first_is_dead(
    client_of: Maker, server: Opener
) -> None:
    stage = await server(answer(b"ok"), address="127.0.0.3")
    client = client_of("httpx", ["127.0.0.2", "127.0.0.3"])
    assert (await client.get(stage.url(), accept="*/*")).body == b"ok"


async def test_a31_a_name_in_other_letters_is_asked_for_in_punycode(
    client_of: Maker, engine: str, server: Opener
) -> None:
    stage = await server(answer(b"ok"), name="bücher.example")
    names = Names(["127.0.0.1"])
    got = await client_of(engine, names=names).get(stage.url(host="Bücher.example."), accept="*")
    assert got.url == stage.url(host="xn--bcher-kva.example")
    assert names.asked == ["xn--bcher-kva.example"]
    assert b"host: xn--bcher-kva.example:" in stage.asked[0].lower()


# Redirects


def _moved(location: str, status: bytes = b"302 Found") -> bytes:
    return answer(b"", b"Location: " + location.encode(), status=status)


@pytest.mark.parametrize(
    "location",
    [
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://2130706433/",
        "https://[::ffff:127.0.0.1]/",
        "http://server.example/",
        "http://127.0.0.1/",
        "http://localhost/",
        "https://user@server.example/",
        "https://server.example\\@10.0.0.1/",
        "//10.0.0.1/",
        "file:///etc/passwd",
        "ftp://server.example/",
        "https://server.example:22/",
    ],
)
async def test_a_redirect_is_judged_like_the_first_address(
    client: Client, server: Opener, location: str
) -> None:
    stage = await server(_moved(location))
    with pytest.raises(ForbiddenAddress):
        await client.get(stage.url(), accept="*/*")
    assert len(stage.asked) == 1


@pytest.mark.parametrize("status", [b"301 M", b"302 F", b"303 S", b"307 T", b"308 P"])
async def test_every_hop_is_signed_anew_and_the_last_address_is_told(
    client: Client, server: Opener, status: bytes
) -> None:
    last = await server(answer(b"{}"))
    second = await server(_moved(last.url("/c", "other.example"), status))
    first = await server(_moved(second.url("/b"), status))
    signed: list[tuple[str, str]] = []

    async def headers_for(method: str, url: str) -> Mapping[str, str]:
        signed.append((method, url))
        return {"Signature": f"for {url}"}

    got = await client.get(first.url("/a"), accept="*/*", headers_for=headers_for)
    assert got.url == last.url("/c", "other.example")
    assert signed == [("GET", first.url("/a")), ("GET", second.url("/b")), ("GET", got.url)]
    for stage, (_, url) in zip((first, second, last), signed, strict=True):
        assert b"signature: for " + url.encode() in stage.asked[0].lower()
        assert stage.asked[0].lower().count(b"signature:") == 1


async def test_a_relative_redirect_stays_where_it_is(client: Client, server: Opener) -> None:
    async def play(head: bytes, writer: Writer) -> None:
        writer.write(answer(b"here") if b"/b/d" in head else _moved("../b/d"))

    stage = await server(play)
    assert (await client.get(stage.url("/a/c"), accept="*/*")).url == stage.url("/b/d")


async def test_redirects_in_a_circle_or_without_end_are_given_up(
    client: Client, server: Opener
) -> None:
    circle = await server(_moved("/"))
    with pytest.raises(Unreachable):
        await client.get(circle.url(), accept="*/*")
    assert len(circle.asked) == 1

    async def play(head: bytes, writer: Writer) -> None:
        writer.write(_moved(f"/{len(endless.asked)}"))

    endless = await server(play)
    with pytest.raises(Unreachable):
        await client.get(endless.url(), accept="*/*", hops=3)
    assert len(endless.asked) == 4


async def test_a_redirect_to_nowhere_is_an_answer(client: Client, server: Opener) -> None:
    stage = await server(answer(status=b"302 Found"))
    assert (await client.get(stage.url(), accept="*/*")).status == 302


# B5: too much, too slow, too clever


async def _endless(head: bytes, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await pour(writer, b"10000\r\n" + b"x" * 65_536 + b"\r\n")


async def _without_length(head: bytes, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await pour(writer, b"x" * 65_536)


async def _gigabyte(head: bytes, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    await pour(writer, b"x" * 65_536)


BOMB = gzip.compress(b"x" * 50_000_000, mtime=0)
assert len(BOMB) < 100_000


@pytest.mark.parametrize(
    "play",
    [
        _endless,
        _without_length,
        _gigabyte,
        says(answer(b"x" * 100_001)),
        says(answer(BOMB, b"Content-Encoding: gzip")),
    ],
    ids=["endless", "without length", "gigabyte", "one too many", "bomb"],
)
async def test_b5_a_body_over_the_limit_is_dropped(
    client: Client, server: Opener, play: object
) -> None:
    stage = await server(play)
    with pytest.raises(Unreachable, match="longer than 100000 bytes"):
        await client.get(stage.url(), accept="*/*", limit=100_000)
    with pytest.raises(Unreachable, match="longer than 100000 bytes"):
        await client.post(stage.url(), headers={}, body=b"", limit=100_000)


async def test_a_body_at_the_limit_is_whole(client: Client, server: Opener) -> None:
    body = bytes(range(250)) * 4_000
    stage = await server(answer(body))
    assert (await client.get(stage.url(), accept="*/*")).body == body
    packed = await server(answer(gzip.compress(body, mtime=0), b"Content-Encoding: gzip"))
    assert (await client.get(packed.url(), accept="*/*")).body == body


@pytest.mark.parametrize(
    "packed",
    [
        answer(b"not gzip", b"Content-Encoding: gzip"),
        answer(gzip.compress(b"x" * 5000, mtime=0)[:-9], b"Content-Encoding: gzip"),
        answer(gzip.compress(b"x", mtime=0) + b"more", b"Content-Encoding: gzip"),
        answer(gzip.compress(gzip.compress(b"x"), mtime=0), b"Content-Encoding: gzip, gzip"),
        answer(zlib.compress(b"x"), b"Content-Encoding: deflate"),
        answer(b"x", b"Content-Encoding: br"),
        answer(b"x", b"Content-Encoding: zstd"),
    ],
)
async def test_b5_a_packing_we_did_not_ask_for_is_refused(
    client: Client, server: Opener, packed: bytes
) -> None:
    stage = await server(packed)
    with pytest.raises(Unreachable):
        await client.get(stage.url(), accept="*/*")


DEAF = b"HTTP/1.1 200 OK\r\n"
NOT_HTTP = [
    b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    DEAF + b"X: " + b"x" * 600_000 + b"\r\n\r\n",
    DEAF + b"X: x\r\n" * 200 + b"Content-Length: 0\r\n\r\n",
    b"",
]


@pytest.mark.parametrize("raw", NOT_HTTP, ids=range(len(NOT_HTTP)))
async def test_b5_what_is_not_an_answer_is_unreachable(
    client: Client, server: Opener, raw: bytes
) -> None:
    stage = await server(says(raw, hang_up=True))
    with pytest.raises(Unreachable):
        await client.get(stage.url(), accept="*/*")


async def _drip(head: bytes, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _drip_head(head: bytes, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _silence(head: bytes, writer: Writer) -> None:
    await asyncio.sleep(60)


@pytest.mark.parametrize("play", [_drip, _drip_head, _silence])
async def test_b5_a_drip_ends_at_the_deadline(client: Client, server: Opener, play: object) -> None:
    stage = await server(play)
    with pytest.raises(Unreachable, match="timeout"):
        await client.get(stage.url(), accept="*/*", seconds=0.2)
    with pytest.raises(Unreachable, match="timeout"):
        await client.post(stage.url(), headers={}, body=b"", seconds=0.2)


async def test_b5_the_deadline_covers_the_name(client_of: Maker, engine: str) -> None:
    async def asleep(host: str, port: int) -> list[str]:
        await asyncio.sleep(60)
        return []

    client = client_of(engine, names=asleep)
    with pytest.raises(Unreachable, match="timeout"):
        await client.get("https://server.example/", accept="*/*", seconds=0.2)


async def test_a_given_up_request_leaves_room_for_the_next(
    client_of: Maker, engine: str, server: Opener
) -> None:
    deaf, good = await server(_silence), await server(answer(b"ok"))
    client = client_of(engine, connections=2)
    waiting = [client.get(deaf.url(), accept="*/*", seconds=0.2) for _ in range(9)]
    fates = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(fate) for fate in fates} == {Unreachable}
    assert (await client.get(good.url(), accept="*/*", seconds=20)).body == b"ok"


# What goes wrong is said


async def test_the_reason_is_named(client_of: Maker, engine: str, server: Opener) -> None:
    stranger = await server(answer(), name="somebody-else.example")
    client = client_of(engine)
    with pytest.raises(Unreachable, match="TLS"):
        await client.get(stranger.url(), accept="*/*")
    closed = stranger.url()
    await stranger.close()
    with pytest.raises(Unreachable, match="refused"):
        await client.get(closed, accept="*/*")

    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Unreachable, match="DNS"):
        await client_of(engine, names=unknown).get("https://server.example/", accept="*/*")


async def test_a_certificate_nobody_vouches_for_is_refused(
    client_of: Maker, engine: str, server: Opener
) -> None:
    stage = await server(answer())
    with pytest.raises(Unreachable, match="TLS"):
        await client_of(engine, verify=True).get(stage.url(), accept="*/*")


# The house


async def test_the_network_is_never_used_inside_a_transaction(
    client: Client, server: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = await server(answer())
    monkeypatch.setattr("node.network.client.transaction_is_open", lambda: True)
    with pytest.raises(RuntimeError):
        await client.get(stage.url(), accept="*/*")
    with pytest.raises(RuntimeError):
        await client.post(stage.url(), headers={}, body=b"")
    assert stage.doors == []


async def test_environment_proxies_are_not_used(
    client_of: Maker, engine: str, server: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    stage = await server(answer(b"ok"))
    assert (await client_of(engine).get(stage.url(), accept="*/*")).body == b"ok"


async def test_a_header_cannot_break_its_line(client: Client, server: Opener) -> None:
    stage = await server(answer())
    with pytest.raises(ValueError, match="would break its line"):
        await client.post(stage.url(), headers={"X": "a\r\nY: b"}, body=b"")
    assert stage.asked == []


def test_an_unknown_engine_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="engine"):
        Client(engine="steam")


async def test_a_transport_of_a_test_replaces_the_network_but_not_the_rules() -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        if request.url.path == "/far":
            return httpx.Response(302, headers={"location": "https://10.0.0.1/"})
        if request.url.path == "/down":
            raise httpx.ConnectError("it is cut off")
        return httpx.Response(200, json={"a": 1})

    client = Client(transport=httpx.MockTransport(handle))
    got = await client.get("https://riverside.example/", accept=JSON)
    assert got.body == b'{"a":1}'
    with pytest.raises(ForbiddenAddress):
        await client.get("https://riverside.example/far", accept=JSON)
    with pytest.raises(ForbiddenAddress):
        await client.get("http://riverside.example/", accept=JSON)
    with pytest.raises(Unreachable, match="cut off"):
        await client.get("https://riverside.example/down", accept=JSON)
    with pytest.raises(Unreachable, match="longer"):
        await client.get("https://riverside.example/", accept=JSON, limit=3)
    await client.close()
    judged = Client(transport=httpx.MockTransport(handle), resolver=Names(["10.0.0.1"]))
    with pytest.raises(ForbiddenAddress):
        await judged.get("https://riverside.example/", accept=JSON)
    await judged.close()
    assert len(asked) == 4


def test_certificates_are_checked_by_default() -> None:
    client = Client()
    tls = client._transport._tls()  # type: ignore[attr-defined]
    assert tls.verify_mode is ssl.CERT_REQUIRED
    assert tls.check_hostname
