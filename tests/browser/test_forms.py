"""What a form answers, a fault or a page to read again, is as open to everybody as the form."""

import pytest

from tests.browser import axe
from tests.browser.chromium import DESK, MARKS, PHONE, Look
from tests.browser.place import Place
from tests.browser.test_pages import too_wide
from tests.browser.watch import Watch

pytestmark = MARKS

_FAULTS = """() => {
    const main = document.querySelector("main");
    main.innerHTML = '<p>gris</p><input><img src="/favicon.ico">';
    const style = main.firstChild.style;  // a style attribute would be refused by the policy
    style.color = "#bbb";
    style.background = "#fff";
    style.inlineSize = "2000px";
}"""
WRITTEN = {"title": "Un banc", "text": "Devant l'école."}
FORMS: list[tuple[str, str, dict[str, str], int]] = [
    ("", "/connexion", {"handle": "personne", "password": "rien"}, 422),
    ("", "/rejoindre/ici", {}, 422),
    ("ben", "/ecrire/proposition", {}, 422),
    ("ben", "/ecrire/proposition", WRITTEN, 200),
    ("ben", "/ecrire/appel", {}, 422),
    ("ben", "/ecrire/reunion", {}, 422),
    ("ben", "/p/1/amender?paragraphe=1", {}, 422),
    ("ben", "/p/1/reviser", WRITTEN, 200),
    ("ben", "/p/1/ouvrir-le-vote?methode=majority", {"closes_at_date": "2020-01-01"}, 422),
    ("ben", "/p/1/ouvrir-le-vote?methode=majority", {}, 200),
    ("ben", "/p/4/voter", {}, 422),
    ("ben", "/p/2/voter", {}, 200),
    ("ben", "/p/2/clore", {"statement": "On prête."}, 200),
    ("ben", "/p/2/prolonger", {}, 422),
    ("ana", "/admin/membres", {}, 422),
]


@pytest.mark.parametrize("look", [DESK, PHONE], ids=lambda look: look.name)
@pytest.mark.parametrize(("who", "path", "fields", "status"), FORMS)
async def test_the_answer_of_a_form_is_open_to_everybody(
    place: Place, look: Look, who: str, path: str, fields: dict[str, str], status: int
) -> None:
    window = await place.window(look, who)
    page = window.pages[0] if window.pages else await window.new_page()
    await page.goto(path)
    form = page.locator("main form").last
    for name, value in fields.items():
        await form.locator(f"[name={name}]").fill(value)
    with Watch(page, place.node.origin) as watch:
        async with page.expect_navigation() as going:
            await form.locator("button").first.click()
        answer = await going.value
        assert answer is not None
        assert answer.status == status, await page.inner_text("main")
        assert await axe.violations(page) == []
        if look is PHONE:
            assert await too_wide(page, look) == []
        assert watch.strangers == []


async def test_a_fault_would_be_found(place: Place) -> None:
    window = await place.open(DESK)
    page = await window.new_page()
    await page.goto("/")
    await page.evaluate(_FAULTS)
    found = {one["rule"] for one in await axe.violations(page)}
    assert {"color-contrast", "label", "image-alt"} <= found
    assert await too_wide(page, DESK)
    await window.close()
