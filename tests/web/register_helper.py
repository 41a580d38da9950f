"""Decisions to fill a register with, for the tests of its pages, its exports and its check."""

from __future__ import annotations

import json
from typing import Any

from node.models import Decision
from tests.web.pages_helper import Place

TEXT = "On plante **cent vingt** arbustes.\n"


async def decide(place: Place, title: str = "Un jardin partagé", **ballots: str) -> Decision:
    """Propose, vote and close; `reason_ana` is what Ana wrote with her ballot."""
    proposal = await place.propose(title, TEXT)
    await place.open_vote(proposal.number)
    for name, member in (("ana", place.ana), ("ben", place.ben)):
        choice, reason = ballots.get(name, "for"), ballots.get(f"reason_{name}", "")
        await place.cast(proposal.number, member, choice, reason)
    statement = ballots.get("statement", "Nous le ferons au printemps.")
    return await place.close(proposal.number, statement)


async def exported(place: Place) -> dict[str, Any]:
    """The register as the page hands it out."""
    async with place.visitor() as browser:
        answer = await browser.get("/decisions/registre.json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found
