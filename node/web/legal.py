"""Who answers for the site, what it keeps, how it can be read, and what it is made of."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from node.assembly import blocking, members
from node.version import VERSION
from node.web.page import page

_TRAINERS = (
    "GPTBot", "CCBot", "Google-Extended", "ClaudeBot", "anthropic-ai", "Bytespider",
    "Applebot-Extended", "meta-externalagent", "Amazonbot", "cohere-ai", "Diffbot",
)  # fmt: skip
_CLOSED = (
    "/connexion", "/lien/", "/suivre", "/interagir", "/authorize_interaction", "/recherche",
    "/p/*/voter", "/p/*/recu", "/compte", "/admin", "/ecrire",
)  # fmt: skip


async def about(request: Request) -> Response:
    """Say what this place is, how it works, where help is and which servers are not heard."""
    async with request.app.state.node.database.read() as tx:
        rules = await blocking.domain_rules(tx)
    return await page(request, "about.html", version=VERSION, rules=rules)


async def notices(request: Request) -> Response:
    """Say who publishes this site and who can be turned to."""
    async with request.app.state.node.database.read() as tx:
        listed = await members.all_present(tx)
    answering = [one for one in listed if one.is_in_charge and one.is_published]
    return await page(request, "legal.html", answering=answering)


async def privacy(request: Request) -> Response:
    """Say what is kept of whom, for how long, and where it goes."""
    return await page(request, "privacy.html")


async def accessibility(request: Request) -> Response:
    """Say how far everybody can use this site."""
    return await page(request, "accessibility.html")


async def robots(request: Request) -> Response:
    """Tell programs that read the web what is not for them."""
    closed = "".join(f"Disallow: {path}\n" for path in _CLOSED)
    trainers = "".join(f"User-agent: {name}\n" for name in _TRAINERS)
    text = f"User-agent: *\n{closed}\n{trainers}Disallow: /\n"
    return PlainTextResponse(text, headers={"Cache-Control": "max-age=86400"})


routes = [
    Route("/a-propos", about),
    Route("/mentions-legales", notices),
    Route("/confidentialite", privacy),
    Route("/accessibilite", accessibility),
    Route("/robots.txt", robots),
]
