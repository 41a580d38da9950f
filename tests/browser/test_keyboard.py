"""Somebody who has no mouse, or cannot use one, does everything that matters."""

from playwright.async_api import Page

from tests.browser.chromium import DESK, MARKS
from tests.browser.people import Person
from tests.browser.place import PASSWORD, Place

pytestmark = MARKS

_FOCUS = """() => {
    const one = document.activeElement;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    return {
        name: one.getAttribute("name") || "", id: one.id, value: one.value || "",
        text: (one.innerText || one.value || "").replace(/\\s+/g, " ").trim(), tag: one.tagName,
        line: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        seen: box.width > 1 && box.bottom > 0 && box.top < innerHeight,
    };
}"""


class Keys:
    """Goes through a page by Tab alone, and minds that the way can be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def to(self, *, name: str = "", text: str = "", most: int = 80) -> None:
        """Press Tab until what has the focus is called so."""
        passed = []
        for _ in range(most):
            await self.page.keyboard.press("Tab")
            focus = await self.page.evaluate(_FOCUS)
            if focus["tag"] == "BODY":
                continue
            assert focus["line"] >= 2, f"the focus does not show: {focus}"
            assert focus["seen"], f"the focus is out of sight: {focus}"
            if (name and focus["name"] == name) or (text and focus["text"] == text):
                return
            passed.append(focus["text"] or focus["name"])
        raise AssertionError(f"Tab does not lead to {name or text}; it passed {passed}")

    async def enter(self) -> None:
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")

    async def write(self, text: str) -> None:
        await self.page.keyboard.insert_text(text)

    async def arrived(self, mark: str) -> None:
        """Wait until the browser has put the focus on the element with this id.

        A key is answered before what it sets off has happened, as following a
        link inside the page.
        """
        await self.page.wait_for_function("mark => document.activeElement.id === mark", arg=mark)


async def test_the_first_key_offers_to_skip_the_menu(place: Place) -> None:
    person = await Person.at(await place.open(DESK))
    await person.page.goto("/propositions")
    keys = Keys(person.page)
    await keys.to(text="Aller au contenu", most=1)
    await person.page.keyboard.press("Enter")
    await keys.arrived("main")
    await person.page.keyboard.press("Tab")
    inside = "document.querySelector('main').contains(document.activeElement)"
    assert await person.page.evaluate(inside)
    await person.page.context.close()


async def test_a_member_signs_in_votes_and_comments(place: Place) -> None:
    person = await Person.at(await place.open(DESK))
    keys = Keys(person.page)
    await person.page.goto("/p/2")
    await keys.to(text="Voter avec mon compte de membre")
    await keys.enter()
    await keys.to(name="handle")
    await keys.write("chloe")
    await keys.to(name="password", most=1)
    await keys.write(PASSWORD)
    await keys.to(text="Se connecter", most=1)
    await keys.enter()
    assert person.page.url.endswith("/p/2/voter")
    await keys.to(name="choice")
    await person.page.keyboard.press("Space")
    await person.page.keyboard.press("ArrowDown")
    answer = await person.page.evaluate("document.activeElement.value")
    assert answer == "against"
    await keys.to(name="reason", most=1)
    await keys.write("Il manque un cahier de prêt.")
    await keys.to(text="Vérifier ma réponse")
    await keys.enter()
    await keys.to(text="Confirmer mon vote")
    await keys.enter()
    assert await person.reads("Votre vote est enregistré")
    await keys.to(text="Revenir à la proposition")
    await keys.enter()
    await keys.to(name="text")
    await keys.write("Je tiendrai le cahier.")
    await keys.to(text="Publier", most=1)
    await keys.enter()
    assert await person.reads("Je tiendrai le cahier.")
    await person.page.context.close()


async def test_a_link_that_was_handed_over_lets_a_member_in(place: Place) -> None:
    person = await Person.at(await place.open(DESK))
    keys = Keys(person.page)
    await person.page.goto(await place.link("chloe"))
    await keys.to(name="password")
    await keys.to(text="Se connecter", most=1)
    await keys.enter()
    assert person.page.url.endswith("/tableau-de-bord")
    await person.page.context.close()


async def test_a_form_with_a_fault_leads_to_the_fault(place: Place) -> None:
    person = await place.person("chloe")
    keys = Keys(person.page)
    await person.page.goto("/ecrire/proposition")
    await keys.to(name="text")
    await keys.write("Un texte sans titre.")
    await keys.to(text="Relire")
    await keys.enter()
    await keys.arrived("problems")
    await person.page.keyboard.press("Tab")
    await person.page.keyboard.press("Enter")
    await keys.arrived("title")
    await person.page.wait_for_url("**#title")
    await person.page.keyboard.press("Tab")
    assert "sans titre" in await person.main.locator("[name=text]").input_value()
    await person.page.context.close()
