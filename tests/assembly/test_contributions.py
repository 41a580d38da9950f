"""What people say about a text: members here, and others from their own servers."""

import pytest

from node.assembly import contributions, members, publications, voices
from node.assembly.contributions import TEXT_MAX
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Refusal
from node.models import Actor, Contribution, Member, Proposal, Publication, State
from tests.assembly.conftest import somebody


@pytest.fixture
async def zoe(tx: Transaction, ana: Member) -> Actor:
    """Somebody on another server."""
    return await somebody(tx)


@pytest.fixture
async def article(tx: Transaction, zoe: Actor) -> Publication:
    """A text of somebody elsewhere."""
    return await keep(tx, written_by(zoe, 1))


async def keep(tx: Transaction, published: Publication) -> Publication:
    """Keep something, and return it as it is kept."""
    assert await publications.keep(tx, published)
    kept = await publications.by_uri(tx, published.uri)
    assert kept is not None
    return kept


def written_by(author: Actor, number: int, **more: object) -> Publication:
    """Something published elsewhere."""
    kept = Publication(
        uri=f"{author.uri}/texts/{number}",
        author_id=author.id,
        type="Article",
        document="{}",
        is_public=True,
        content="<p>Texte.</p>",
    )
    for name, value in more.items():
        setattr(kept, name, value)
    return kept


async def test_a_member_speaks_about_the_version_that_stands(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    said = await contributions.comment(tx, ana, on=proposal, text=" Et *l'eau* ?\r\n")
    assert said.content == "<p>Et <em>l'eau</em> ?</p>"
    assert (said.version_number, said.is_federated, said.language) == (1, False, "fr")
    answer = await contributions.comment(tx, ben, on=proposal, text="Oui.", in_reply_to=said)
    assert answer.in_reply_to == said.uri
    heard = await contributions.on_proposal(tx, proposal)
    assert [one.id for one in heard] == [said.id, answer.id]
    assert await contributions.counts(tx, [proposal]) == {proposal.id: 2}
    assert (await contributions.by_id(tx, said.id)).uri == said.uri
    found = await contributions.by_uri(tx, said.uri)
    assert found is not None
    with pytest.raises(NotFound):
        await contributions.by_id(tx, 17)


@pytest.mark.parametrize(
    ("text", "code"), [(" \n ", "text-missing"), ("x" * (TEXT_MAX + 1), "text-too-long")]
)
async def test_nothing_and_too_much_are_refused(
    tx: Transaction, proposal: Proposal, ana: Member, text: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await contributions.comment(tx, ana, on=proposal, text=text)
    assert refused.value.problems[0].code == code


async def test_a_draft_is_not_discussed(tx: Transaction, proposal: Proposal, ana: Member) -> None:
    tx.events.clear()
    proposal.state = State.DRAFT
    with pytest.raises(NotNow):
        await contributions.comment(tx, ana, on=proposal, text="Déjà ?")


async def test_only_a_published_member_answers_elsewhere(
    tx: Transaction, article: Publication, ana: Member
) -> None:
    with pytest.raises(Refusal) as refused:
        await contributions.comment(tx, ana, on=article, text="Bravo.")
    assert refused.value.code == "not-published"
    await members.publish(tx, ana)
    said = await contributions.comment(tx, ana, on=article, text="Bravo.")
    assert (said.in_reply_to, said.is_federated) == (article.uri, True)
    assert [one.id for one in await contributions.on_publication(tx, article)] == [said.id]


async def test_ones_words_are_changed_by_oneself_and_removed_by_those_in_charge(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member
) -> None:
    said = await contributions.comment(tx, ben, on=proposal, text="Et l'eau ?")
    for member in (ana, charlie):
        with pytest.raises(Refusal):
            await contributions.edit(tx, said, by=member, text="Autre chose.")
    with pytest.raises(Refusal):
        await contributions.remove(tx, said, by=charlie)
    await contributions.edit(tx, said, by=ben, text="Et le vent ?")
    assert said.source == "Et le vent ?"
    assert said.edited_at is not None
    await contributions.remove(tx, said, by=ana)
    await contributions.remove(tx, said, by=ana)
    assert said.content == ""
    assert said.source is None
    with pytest.raises(Refusal):
        await contributions.edit(tx, said, by=ben, text="Trop tard.")
    with pytest.raises(Refusal):
        await contributions.remove(tx, said, by=ben)
    with pytest.raises(NotFound):
        await contributions.by_id(tx, said.id)
    assert list(await contributions.on_proposal(tx, proposal)) == []
    assert await contributions.counts(tx, [proposal]) == {}


async def test_ones_own_words_are_taken_back_by_oneself(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    said = await contributions.comment(tx, ben, on=proposal, text="Et l'eau ?")
    await contributions.remove(tx, said, by=ben)
    assert said.deleted_at is not None


async def test_a_voice_from_outside_is_heard_once_and_forgotten_when_asked(
    tx: Transaction, proposal: Proposal, zoe: Actor
) -> None:
    async def hear(content: str) -> Contribution:
        return await contributions.hear(
            tx,
            proposal,
            zoe,
            uri=f"{zoe.uri}/notes/1",
            content=content,
            url=None,
            language="fr",
            in_reply_to=None,
        )

    said = await hear("<p>Bonjour.</p>")
    assert (await hear("<p>Autre.</p>")).id == said.id
    assert (said.content, said.is_outside) == ("<p>Bonjour.</p>", True)
    await contributions.hear_edit(tx, said, content="<p>Bonsoir.</p>")
    assert said.content == "<p>Bonsoir.</p>"
    await contributions.hear_removal(tx, said)
    await contributions.hear_edit(tx, said, content="<p>Encore.</p>")
    assert said.content == ""


async def test_what_others_publish_is_kept_once_and_forgotten_for_good(
    tx: Transaction, article: Publication, zoe: Actor
) -> None:
    assert not await publications.keep(tx, written_by(zoe, 1))
    assert (await publications.by_id(tx, article.id)).uri == article.uri
    assert await publications.last_heard(tx, zoe) == article.published_at
    assert [one.id for one in await publications.of_author(tx, zoe)] == [article.id]
    other = await somebody(tx, "https://other.example/users/max")
    await publications.forget(tx, article.uri, other)
    assert article.deleted_at is None
    await publications.forget(tx, article.uri, zoe, "Article")
    await publications.forget(tx, article.uri, zoe, "Article")
    assert (article.content, article.document) == ("", "")
    with pytest.raises(NotFound):
        await publications.by_id(tx, article.id)
    await publications.forget(tx, f"{zoe.uri}/texts/2", zoe)
    assert not await publications.keep(tx, written_by(zoe, 2))
    assert await publications.by_uri(tx, f"{zoe.uri}/texts/2") is None
    assert await publications.last_heard(tx, other) is None


async def test_a_stranger_cannot_bury_what_somebody_else_will_publish(
    tx: Transaction, zoe: Actor
) -> None:
    other = await somebody(tx, "https://other.example/users/max")
    await publications.forget(tx, f"{zoe.uri}/texts/1", other)
    await keep(tx, written_by(zoe, 1))


async def test_what_is_not_for_everybody_is_not_shown(tx: Transaction, zoe: Actor) -> None:
    hidden = await keep(tx, written_by(zoe, 1, is_public=False))
    with pytest.raises(NotFound):
        await publications.by_id(tx, hidden.id)
    assert list(await publications.of_author(tx, zoe)) == []


async def test_of_who_is_gone_elsewhere_only_the_places_of_their_words_stay(
    tx: Transaction, proposal: Proposal, ana: Member, zoe: Actor
) -> None:
    heard = [
        await contributions.hear(
            tx,
            proposal,
            zoe,
            uri=f"{zoe.uri}/notes/{number}",
            content=f"<p>Note {number}</p>",
            url=None,
            language="fr",
            in_reply_to=None,
        )
        for number in (1, 2)
    ]
    said = await contributions.comment(tx, ana, on=proposal, text="Merci !", in_reply_to=heard[0])
    await contributions.forget_author(tx, zoe)
    first, answer = await voices.on_proposal(tx, proposal.id)
    # What nobody answered leaves nothing; what was answered leaves a place without a name.
    assert (first.uri, first.content, first.author) == (heard[0].uri, "", "")
    assert (answer.id, answer.author, answer.in_reply_to) == (said.id, "Ana Morel", first.uri)
