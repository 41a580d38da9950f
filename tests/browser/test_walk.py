"""Three people bring a proposal from an idea to the register, on a phone, in French."""

import pytest

from tests.browser.chromium import FRENCH_PHONE, MARKS
from tests.browser.people import Person
from tests.browser.place import PASSWORD, Place

pytestmark = MARKS

IDEA = """Le four à pain ne sert qu'à la fête d'août.

Nous proposons de l'allumer un dimanche par mois.
"""
AMENDED = "Nous proposons de l'allumer le premier dimanche de chaque mois."


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
async def test_an_idea_becomes_a_decision_in_the_register(place: Place, script: bool) -> None:
    ana, ben, chloe = [
        await place.person(handle, FRENCH_PHONE, script=script)
        for handle in ("ana", "ben", "chloe")
    ]
    title = f"Rallumer le four à pain ({'avec' if script else 'sans'} script)"
    number = await _write_together(ben, chloe, title)
    await _discuss(number, ana, ben)
    await _amend(number, chloe, ben)
    await ben.open_vote(number)
    assert await ben.reads("Au vote jusqu’au")
    await _vote(number, ana, ben, chloe)
    decision = await ben.close(number, "Le four est rallumé, Chloé tient le calendrier.")
    await _read_the_register(place, ana, decision, title)
    for one in (ana, ben, chloe):
        await one.page.context.close()


async def _write_together(author: Person, other: Person, title: str) -> int:
    """One keeps a draft and invites the other, who finishes and publishes it."""
    await author.page.goto("/ecrire/proposition")
    await author.write(title=title, text="Le four à pain ?")
    await author.press("Enregistrer le brouillon")
    draft = author.page.url.partition("#")[0]
    await author.write(handle="chloe")
    await author.press("Inviter")
    assert await author.reads("Chloé Roux")
    await other.page.goto(draft)
    await other.write(text=IDEA)
    await other.press("Enregistrer le brouillon")
    await author.page.goto("/tableau-de-bord")
    await author.follow(title)
    assert "dimanche" in await author.main.locator("[name=text]").input_value()
    await author.press("Relire")
    await author.press("Publier la proposition")
    assert await author.reads("un dimanche par mois")
    return author.number()


async def _discuss(number: int, one: Person, other: Person) -> None:
    await one.comment(number, "Qui apporte le bois ?")
    await other.page.goto(f"/p/{number}")
    await other.follow("Répondre à Ana Morel")
    await other.write(text="La commune, comme en août.")
    await other.press("Publier")
    assert await other.reads("2 contributions")


async def _amend(number: int, by: Person, bearer: Person) -> None:
    """One proposes other words for a paragraph; who carries the proposal takes them in."""
    await by.page.goto(f"/p/{number}/amender?paragraphe=2")
    assert await by.reads("un dimanche par mois")
    await by.write(replacement=AMENDED, reason="Un jour fixe se retient.")
    await by.press("Proposer")
    assert await by.reads("En attente de réponse")
    await bearer.page.goto(f"/p/{number}/amendements")
    await bearer.press("Intégrer au texte")
    assert await bearer.reads("Intégré")
    await bearer.page.goto(f"/p/{number}")
    assert await bearer.reads("le premier dimanche de chaque mois")


async def _vote(number: int, ana: Person, ben: Person, chloe: Person) -> None:
    for person, answer, reason in (
        (ana, "Pour", "Le pain réunit."),
        (ben, "Pour", ""),
        (chloe, "Abstention", ""),
    ):
        await person.vote(number, answer, reason)
        assert await person.reads("Votre vote est enregistré"), await person.text()
        assert await person.reads(answer)


async def _read_the_register(place: Place, person: Person, decision: int, title: str) -> None:
    assert decision
    await person.page.goto("/decisions")
    await person.follow(title)
    assert person.number() == decision
    for words in ("Adoptée", "Chloé tient le calendrier", "le premier dimanche de chaque mois"):
        assert await person.reads(words), await person.text()
    await person.page.goto("/decisions")
    head = await person.main.locator("dd code.copy").inner_text()
    exported = await person.page.request.get("/decisions/registre.json")
    file = place.node.folder / f"registre-{decision}.json"
    file.write_bytes(await exported.body())
    await person.page.goto("/verifier")
    await person.main.locator("[name=register]").set_input_files(file)
    await person.write(head=head)
    await person.press("Vérifier")
    assert await person.reads("Le registre tient"), await person.text()
    assert await person.reads("est celle de la dernière entrée")


async def test_a_password_is_enough_to_come_in_without_script(place: Place) -> None:
    person = await Person.at(await place.open(FRENCH_PHONE, script=False))
    await person.page.goto("/ecrire/proposition")
    await person.write(handle="ben", password=PASSWORD)
    await person.press("Se connecter")
    await person.write(title="Une boîte à livres", text="Près du lavoir.")
    await person.press("Relire")
    await person.press("Modifier")
    assert await person.main.locator("[name=title]").input_value() == "Une boîte à livres"
    await person.press("Relire")
    await person.press("Publier la proposition")
    await person.comment(person.number(), "Voici des planches.")
    assert await person.reads("Voici des planches.")
    await person.page.context.close()


async def test_a_link_lets_a_member_in_without_script(place: Place) -> None:
    person = await Person.at(await place.open(FRENCH_PHONE, script=False))
    await person.page.goto(await place.link("chloe"))
    await person.come_in()
    assert person.page.url.endswith("/tableau-de-bord")
    await person.page.context.close()
