"""A node's first moments: its assembly, its keys, its address for good."""

from sqlalchemy import select

from node.assembly import assemblies
from node.cli.command import Context
from node.federation.node import Node
from node.models import Assembly
from node.settings import FILE


async def ensure(context: Context, node: Node) -> str:
    """Found the assembly when there is none yet; return the origin it has for good."""
    async with node.database.read() as tx:
        known = await tx.scalar(select(Assembly.origin))
    if isinstance(known, str):
        return known
    context.say("cli.founding")
    name = context.said("cli.default-name")
    return (await found(node, name=name, handle="assemblee", language=context.said.language)).origin


async def found(node: Node, *, name: str, handle: str, language: str) -> Assembly:
    """Found the assembly under the address of the settings, and note that address in its file."""
    async with node.database.transaction() as tx:
        assembly = await assemblies.found(
            tx, origin=node.origin, name=name, handle=handle, language=language
        )
    path = node.settings.folder / FILE
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f'url = "{node.origin}"\n')
    return assembly
