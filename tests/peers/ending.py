"""Ending the servers that a test started."""

import asyncio

SECONDS = 60.0


async def end(process: asyncio.subprocess.Process) -> None:
    """Tell a server to end. Raise AssertionError when it has to be killed."""
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(SECONDS):
            await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()
        raise AssertionError(f"still there {SECONDS:.0f} s after being told to end") from None
