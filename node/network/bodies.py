"""Reads the body of an answer, no further than a limit, packed or not."""

import zlib

import httpx

from node.errors import Unreachable

_GZIP = 31  # the largest window, with the header of gzip


async def read(response: httpx.Response, limit: int) -> bytes:
    """Return the body; as it came and unpacked, it may not be longer than `limit`."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip"):
        raise Unreachable(f"the answer is packed in {coding!r}, which was not asked for")
    announced = response.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:16]) > limit:
        raise _too_long(limit)
    raw = await _raw(response, limit)
    return raw if coding == "identity" else _unpacked(raw, limit)


async def _raw(response: httpx.Response, limit: int) -> bytes:
    pieces, size = [], 0
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError("the transport is not an asynchronous one")
    async for piece in response.stream:
        size += len(piece)
        if size > limit:
            raise _too_long(limit)
        pieces.append(piece)
    return b"".join(pieces)


def _unpacked(raw: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(raw, limit + 1)
    except zlib.error as error:
        raise Unreachable(f"the answer is not gzip: {error}") from None
    if len(body) > limit:
        raise _too_long(limit)
    if (raw and not unpacker.eof) or unpacker.unused_data:
        raise Unreachable("the answer is not one whole gzip")
    return body


def _too_long(limit: int) -> Unreachable:
    return Unreachable(f"the answer is longer than {limit} bytes")
