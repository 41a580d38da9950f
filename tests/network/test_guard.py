"""Where requests may go: the table of networks, and every spelling of an address."""

import ipaddress
import socket
from collections.abc import Sequence

import pytest
import ssrfguard
from hypothesis import given
from hypothesis import strategies as st

from node.errors import Refusal, Unreachable
from node.network.guard import ForbiddenAddress, Target, check_address, check_url, resolve
from tests.network.stage import Names


def _words(text: str) -> list[str]:
    return text.split()


FORBIDDEN = _words("""
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 100.100.100.200 127.0.0.1
    127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.9 192.0.0.170
    192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
    239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::2 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
    64:ff9b::808:808 64:ff9b:1::a00:1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1
    2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3ffe::1 3fff::1 4000::1 5f00::1
    fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 febf::1 fec0::1 ff02::1 ff0e::1
    2a00:1450::5efe:a00:1 2a00:1450::200:5efe:10.0.0.1
""")
OPEN = _words("""
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1
    172.15.255.255 172.32.0.1 192.0.1.1 198.17.255.255 198.20.0.1 223.255.255.255
    2001:200::1 2001:4860:4860::8888 2606:4700::1111 2a00:1450:4007::200e 2003::1
""")


@pytest.mark.parametrize("address", FORBIDDEN)
def test_b1_an_address_that_is_not_on_the_open_internet_is_refused(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_address(address)


@pytest.mark.parametrize("address", OPEN)
def test_an_address_of_the_open_internet_is_allowed(address: str) -> None:
    check_address(address)
    check_address(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1"])
def test_loopback_is_allowed_only_where_that_is_said(address: str) -> None:
    check_address(address, allow_loopback=True)


@pytest.mark.parametrize("address", sorted({*FORBIDDEN} - {"127.0.0.1", "127.255.255.254", "::1"}))
def test_allowing_loopback_allows_nothing_else(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_address(address, allow_loopback=True)


# Sinks and relays that nobody's server lives in; ssrfguard lets them pass.
STRICTER = [
    ipaddress.ip_network(network)
    for network in _words("""
        192.0.0.9/32 192.0.0.10/32
        192.31.196.0/24 192.52.193.0/24 192.175.48.0/24 2620:4f:8000::/48 2001::/23 64:ff9b::/96
        2002::/16 ::/3 4000::/2 8000::/1 3ffe::/16
    """)
]
EDGES = [
    edge + step
    for block in ssrfguard.DEFAULT_DENIED.blocks
    for edge in (block.network[0], block.network[-1])
    for step in (-1, 0, 1)
    if 0 <= int(edge) + step < 2**edge.max_prefixlen
]


def _allows(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        check_address(address)
    except ForbiddenAddress:
        return False
    return True


def _agrees(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if _allows(address):
        return not ssrfguard.DEFAULT_DENIED.classify(address).blocked
    is_denied = bool(ssrfguard.DEFAULT_DENIED.classify(address).blocked)
    return is_denied or any(address in network for network in STRICTER) or _is_isatap(address)


def _is_isatap(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.version == 6 and (int(address) >> 32) & 0xFDFFFFFF == 0x5EFE


@pytest.mark.parametrize("address", EDGES, ids=str)
def test_the_table_is_never_laxer_than_that_of_ssrfguard(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert _agrees(address)


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_the_table_agrees_with_that_of_ssrfguard_anywhere(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert _agrees(address)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.org", Target("https", "example.org", 443)),
        ("https://example.org:443/inbox?a=b#c", Target("https", "example.org", 443)),
        ("HTTPS://Example.ORG./", Target("https", "example.org", 443)),
        ("https://example.org:8443/", Target("https", "example.org", 8443)),
        ("https://bücher.example/", Target("https", "xn--bcher-kva.example", 443)),
        ("https://BÜCHER.example/", Target("https", "xn--bcher-kva.example", 443)),
        ("https://xn--bcher-kva.example/", Target("https", "xn--bcher-kva.example", 443)),
        ("https://8.8.8.8/", Target("https", "8.8.8.8", 443)),
        ("https://[2606:4700:0:0::1111]/", Target("https", "2606:4700::1111", 443)),
        ("https://1.example/", Target("https", "1.example", 443)),
        ("https://0x7f.example/", Target("https", "0x7f.example", 443)),
    ],
)
def test_a31_a_plain_url_leads_to_one_spelling_of_its_host(url: str, target: Target) -> None:
    assert check_url(url) == target


ODD_HOSTS = _words("""
    2130706433 017700000001 0x7f000001 0x7F.1 127.1 127.0.1 0177.0.0.1 0x7f.0.0.1 127.0.0.01
    127.0.0.0x1 0 0.0 00.00.00.00 127.0.0.1. 1 08.8.8.8 8.8.8 134744072 0x8.0x8.0x8.0x8
    [::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:169.254.169.254] [::127.0.0.1]
    [64:ff9b::169.254.169.254] [2002:a00:1::] [fe80::1] [fe80::1%25eth0] [fec0::1] [::] [1.2.3.4]
    ①②⑦.⓪.⓪.① １２７.０.０.１ 127。0。0。1 8。8。8。8 127｡0｡0｡1 ⑧.8.8.8 １２７.1
    localhost LOCALHOST localhost. app.localhost ip6-localhost intranet local_host.example
    a..example .example -a.example a-.example xn--a.example %6c%6f%63alhost 127.0.0.1%00.example
    exa\u00admple.org ex\u200bample.org \u202eexample.org
""")


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_b1_an_odd_spelling_of_a_host_is_refused(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_url(f"https://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "https:example.org",
        "https:/example.org",
        "https:///example.org",
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "https://victim@evil.example/",
        "https://a:b@evil.example/",
        "https://@evil.example/",
        "https://evil.example\\@victim.example/",
        "https://evil.example\\victim/",
        "https://example.org:/",
        "https://example.org:0/",
        "https://example.org:0443/",
        "https://example.org:+443/",
        "https://example.org:65536/",
        "https://example.org:99999/",
        "https://example.org:443:443/",
        "https://example.org:４４３/",
        "https://exam ple.org/",
        "https://example.org/a b",
        " https://example.org/",
        "https://example.org/\r\nHost: evil",
        "https://example.org/\n",
        "https://example.org\t/",
        "https://example.org/\x00",
        "https://example.org/\x7f",
        "https://example.org/\u2028",
        "https://[::1",
        "https://::1/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 127 + "example/",
        "https://example.org/" + "a" * 2048,
    ],
)
def test_a31_a_url_that_could_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_url(url)


@pytest.mark.parametrize("port", [1, 22, 25, 53, 110, 445, 853, 1023, 2375, 5432, 6379, 11211])
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(ForbiddenAddress):
        check_url(f"https://example.org:{port}/")
    with pytest.raises(ForbiddenAddress):
        check_url(f"http://localhost:{port}/", allow_loopback=True)


@pytest.mark.parametrize(
    "host", ["localhost", "riverside.localhost", "127.0.0.1", "127.8.0.1", "[::1]"]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_where_loopback_is_allowed_it_needs_no_tls(scheme: str, host: str) -> None:
    target = check_url(f"{scheme}://{host}:8000/", allow_loopback=True)
    assert target == Target(scheme, host.strip("[]"), 8000)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://10.0.0.1/",
        "http://10.0.0.1/",
        "https://169.254.169.254/",
        "https://[::ffff:127.0.0.1]/",
        "https://127.1/",
        "https://2130706433/",
        "http://0.0.0.0/",
        "http://notlocalhost/",
        "http://localhost.example/",
    ],
)
def test_where_loopback_is_allowed_nothing_else_is(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_url(url, allow_loopback=True)


def test_a_forbidden_address_is_a_refusal_with_words_of_its_own() -> None:
    assert issubclass(ForbiddenAddress, Refusal)
    assert ForbiddenAddress("x").code == "forbidden-address"


_octets = st.integers(0, 255)


@st.composite
def spellings_of_loopback(draw: st.DrawFn) -> str:
    number = (127 << 24) | draw(st.integers(0, 2**24 - 1))
    count = draw(st.integers(1, 4))
    heads = [(number >> (24 - 8 * i)) & 255 for i in range(count - 1)]
    parts = [*heads, number & (2 ** (8 * (5 - count)) - 1)]
    written = ".".join(
        draw(st.sampled_from(["%d", "0%o", "0x%x", "0X%X", "000%o"])) % p for p in parts
    )
    wide = str.maketrans("0123456789.", "０１２３４５６７８９。")
    return draw(st.sampled_from([written, written + ".", written.translate(wide), f"[{written}]"]))


@given(spellings_of_loopback())
def test_b1_no_spelling_of_loopback_passes(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_url(f"https://{host}/")


@given(
    st.text("0123456789abcdefxX.:[]%", max_size=24)
    | st.text(max_size=12)
    | st.from_regex(r"(0x)?[0-9a-f]{1,8}(\.(0x)?[0-9]{1,4}){0,3}\.?", fullmatch=True)
)
def test_b1_what_the_system_reads_as_a_number_is_judged_as_that_number(host: str) -> None:
    try:
        passed = check_url(f"https://{host}/").host
    except ForbiddenAddress:
        return
    for written in (host, passed):
        for found in _numeric(written):
            check_address(found)
            assert found == passed


def _numeric(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [str(address[0]) for *_, address in found]


async def test_b3_one_bad_answer_refuses_them_all() -> None:
    for bad in ("10.0.0.1", "fd00::1", "::1", "nonsense", "fe80::1%eth0"):
        for answers in (["8.8.8.8", bad], [bad, "8.8.8.8"]):
            with pytest.raises(ForbiddenAddress):
                await resolve("a.example", 443, Names(answers))


async def test_good_answers_come_back_in_their_order() -> None:
    found = await resolve("a.example", 443, Names(["2606:4700::1", "8.8.8.8"]))
    assert [str(address) for address in found] == ["2606:4700::1", "8.8.8.8"]


async def test_a_number_is_judged_without_asking_anybody() -> None:
    names = Names(["8.8.8.8"])
    assert [str(a) for a in await resolve("1.1.1.1", 443, names)] == ["1.1.1.1"]
    with pytest.raises(ForbiddenAddress):
        await resolve("10.0.0.1", 443, names)
    assert names.asked == []


async def test_a_local_name_may_lead_to_this_machine_only() -> None:
    found = await resolve("a.localhost", 80, Names(["127.0.0.1"]), allow_loopback=True)
    assert [str(address) for address in found] == ["127.0.0.1"]
    with pytest.raises(ForbiddenAddress):
        await resolve("a.localhost", 80, Names(["8.8.8.8"]), allow_loopback=True)


async def test_a_name_without_addresses_is_unreachable() -> None:
    async def fails(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    for resolver in (fails, Names([])):
        with pytest.raises(Unreachable, match="DNS"):
            await resolve("a.example", 443, resolver)
