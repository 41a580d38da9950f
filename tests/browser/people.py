"""People of an assembly at their browser, who know nothing of it but what is written there."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import BrowserContext, Page


class Person:
    """Somebody at one window. Each act begins where a person would begin, and reads French."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.main = page.locator("main")

    @classmethod
    async def at(cls, window: BrowserContext) -> "Person":
        return cls(await window.new_page())

    async def press(self, name: str) -> None:
        """Press a button of the page, and wait for what comes."""
        async with self.page.expect_navigation():
            await self.main.get_by_role("button", name=name, exact=True).click()

    async def follow(self, name: str) -> None:
        """Follow a link of the page, and wait for what comes."""
        async with self.page.expect_navigation():
            await self.main.get_by_role("link", name=name, exact=True).first.click()

    async def write(self, **fields: str) -> None:
        """Fill in fields, which are found by their names in the form."""
        for name, value in fields.items():
            await self.main.locator(f"[name={name}]").fill(value)

    async def reads(self, words: str) -> bool:
        """Say whether these words stand on the page; spaces are all alike."""
        return words in await self.text()

    async def text(self) -> str:
        return re.sub(r"\s+", " ", await self.main.inner_text())

    async def come_in(self, password: str = "") -> None:
        """Go through the door of a link, which is open at the page."""
        if password:
            await self.write(password=password)
        async with self.page.expect_navigation():
            await self.main.locator("form button").first.click()

    async def admit(self, name: str, handle: str) -> str:
        """Admit a person, as somebody in charge, and return the link to hand over."""
        await self.page.goto("/admin/membres")
        await self.write_in("/admin/membres", name=name, handle=handle)
        return await self.main.locator("code", has_text="/lien/").first.inner_text()

    async def invite(self, label: str) -> str:
        """Make an invitation, as somebody in charge, and return the number of its page."""
        await self.page.goto("/admin/membres")
        await self.write_in("/admin/membres/invitations", label=label)
        return self.page.url.partition("?")[0].rpartition("/")[2]

    async def find_member(self, name: str) -> str:
        """Return the number of a member's page, as somebody in charge."""
        await self.page.goto("/admin/membres")
        await self.follow(name)
        return self.page.url.partition("?")[0].rpartition("/")[2]

    async def exist_elsewhere(self) -> None:
        """Let people on other servers find oneself."""
        await self.page.goto("/compte/ailleurs")
        await self.write_in("/compte/ailleurs")

    async def keep_draft(self, title: str, text: str) -> str:
        """Begin a draft, and return the number of its page."""
        await self.page.goto("/ecrire/proposition")
        await self.write(title=title, text=text)
        await self.press("Enregistrer le brouillon")
        return self.page.url.partition("?")[0].rpartition("/")[2]

    async def ask_to_follow(self, address: str) -> None:
        """Have the assembly follow another one, as somebody in charge."""
        await self.page.goto("/admin/reseau")
        await self.write_in("/admin/reseau/suivre", address=address)

    async def write_in(self, action: str, **fields: str) -> None:
        """Fill in the form that goes to an address, and send it."""
        form = self.main.locator(f'form[action="{action}"]')
        for name, value in fields.items():
            await form.locator(f"[name={name}]").fill(value)
        async with self.page.expect_navigation():
            await form.locator("button").last.click()

    async def propose(self, title: str, text: str) -> int:
        """Write a proposal, read it again, publish it. Return its number."""
        await self.page.goto("/ecrire")
        await self.follow("Une proposition")
        await self.write(title=title, text=text)
        await self.press("Relire")
        await self.press("Publier la proposition")
        return self.number()

    def number(self) -> int:
        """Return the number in the address of the page."""
        found = re.search(r"/[pde]/(\d+)", self.page.url)
        assert found, self.page.url
        return int(found[1])

    async def comment(self, number: int, text: str) -> None:
        await self.page.goto(f"/p/{number}")
        await self.write(text=text)
        await self.press("Publier")

    async def revise(self, number: int, text: str, note: str) -> None:
        """Give a proposal a new version."""
        await self.page.goto(f"/p/{number}/reviser")
        await self.write(text=text, note=note)
        await self.press("Relire")
        await self.main.locator("button[value=publish]").click()
        await self.page.wait_for_url(re.compile(rf"/p/{number}[^/]*$"))

    async def amend(self, number: int, words: str) -> None:
        """Propose other words for the first paragraph of a text one carries, and mark them."""
        await self.page.goto(f"/p/{number}/amender?paragraphe=1")
        await self.write(replacement=words, reason="C'est plus clair.")
        await self.press("Proposer")
        await self.press("Mettre au vote")

    async def open_amendment_vote(self, number: int) -> None:
        """Ask the assembly about the first amendment to a text."""
        await self.page.goto(f"/p/{number}/amendements/1/ouvrir-le-vote")
        await self.press("Relire")
        await self.press("Ouvrir le vote")

    async def open_vote(self, number: int, method: str = "Majorité simple", **more: str) -> None:
        """Choose how to decide, until when, and open the vote."""
        await self.page.goto(f"/p/{number}/ouvrir-le-vote?methode=")
        await self.main.get_by_role("radio", name=method, exact=True).check()
        await self.press("Continuer")
        end = datetime.now(UTC) + timedelta(days=4)
        await self.write(closes_at_date=f"{end:%Y-%m-%d}", closes_at_time="20:00")
        await self.write(**more)
        await self.press("Relire")
        await self.press("Ouvrir le vote")

    async def vote(self, number: int, answer: str, reason: str = "") -> None:
        """Answer, check the answer, confirm it; the receipt is what is seen then."""
        await self.page.goto(f"/p/{number}")
        await self.follow("Voter")
        await self.main.get_by_role("radio", name=answer, exact=True).check()
        if reason:
            await self.write(reason=reason)
        await self.press("Vérifier ma réponse")
        await self.press("Confirmer mon vote")

    async def close(self, number: int, statement: str) -> int:
        """Close the vote with a sentence. Return the number of the decision."""
        await self.page.goto(f"/p/{number}")
        await self.follow("Clore le vote")
        await self.write(statement=statement)
        await self.press("Relire")
        await self.press("Clore et inscrire au registre")
        return self.number()
