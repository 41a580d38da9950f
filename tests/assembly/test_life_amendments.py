"""Amendments aim at a paragraph; the carrier takes them in, declines them or asks the assembly."""

import pytest

from node.assembly import amending, amendments, attention, paragraphs, proposals
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Refusal
from node.models import Amendment, Member, Proposal, Standing, State

TEXT = "Un banc.\n\nÀ l'ombre.\n\nEn bois."


@pytest.fixture
async def bench(tx: Transaction, ben: Member) -> Proposal:
    """A text of three paragraphs that Ben carries."""
    return await proposals.publish(tx, carrier=ben, title="Des bancs", text=TEXT)


async def amended(
    tx: Transaction, text: Proposal, author: Member, paragraph: int = 2, words: str = "Au soleil."
) -> Amendment:
    """An amendment to the text as it stands."""
    seen = paragraphs.digest(amendments.target(text.version, paragraph))
    return await amendments.propose(
        tx, text, author, paragraph=paragraph, seen=seen, replacement=words, reason="Il fait froid."
    )


async def under(tx: Transaction, text: Proposal, one: Amendment, author: Member) -> Amendment:
    """A sub-amendment."""
    return await amendments.propose_under(
        tx,
        text,
        one,
        author,
        seen=paragraphs.digest(one.replacement),
        replacement="Au soleil, près du puits.",
        reason="L'eau.",
    )


@pytest.mark.parametrize(
    ("number", "words", "expected"),
    [
        (1, "Deux bancs.", "Deux bancs.\n\nÀ l'ombre.\n\nEn bois."),
        (1, " ", "À l'ombre.\n\nEn bois."),
        (2, "", "Un banc.\n\nEn bois."),
        (3, "", "Un banc.\n\nÀ l'ombre."),
        (3, "a\n\nb", "Un banc.\n\nÀ l'ombre.\n\na\n\nb"),
    ],
)
def test_a_paragraph_is_replaced_or_goes(number: int, words: str, expected: str) -> None:
    assert paragraphs.replaced(TEXT, number, words) == expected
    assert paragraphs.replaced("Seul.", 1, "") == ""


async def test_an_accepted_amendment_is_a_new_version(
    tx: Transaction, bench: Proposal, ben: Member, charlie: Member
) -> None:
    one = await amended(tx, bench, charlie)
    with pytest.raises(Refusal):
        await amendments.accept(tx, one, by=charlie, note="")
    await amendments.accept(tx, one, by=ben, note="Amendement 1")
    assert bench.version.source == "Un banc.\n\nAu soleil.\n\nEn bois.\n"
    assert bench.version.note == "Amendement 1"
    assert (one.state, one.integrated_in) == (Standing.ACCEPTED, 2)
    for act in (amendments.put_to_vote(tx, one, by=ben), amendments.take_back(tx, one, by=charlie)):
        with pytest.raises(NotNow):
            await act


async def test_an_amendment_follows_its_paragraph_and_is_outdated_without_it(
    tx: Transaction, bench: Proposal, ben: Member, charlie: Member
) -> None:
    one = await amended(tx, bench, charlie)
    await proposals.revise(tx, bench, by=ben, title="Des bancs", text="D'abord.\n\n" + TEXT)
    assert amending.where(one, bench.version.source) == 3
    assert not amending.is_outdated(one, bench.version.source, None)
    await proposals.revise(tx, bench, by=ben, title="Des bancs", text="Autre chose.")
    assert amending.is_outdated(one, bench.version.source, None)
    for act in (
        amendments.accept(tx, one, by=ben, note=""),
        amendments.put_to_vote(tx, one, by=ben),
    ):
        with pytest.raises(NotNow, match="changed"):
            await act
    await amendments.decline(tx, one, by=ben, reason="Le texte a changé.")
    assert not amending.is_outdated(one, bench.version.source, None)


async def test_one_declines_with_a_reason_or_asks_the_assembly(
    tx: Transaction, bench: Proposal, ben: Member, charlie: Member
) -> None:
    one, other = await amended(tx, bench, charlie), await amended(tx, bench, charlie, 3, "En fer.")
    with pytest.raises(Invalid):
        await amendments.decline(tx, one, by=ben, reason=" ")
    await amendments.decline(tx, one, by=ben, reason="L'ombre manque.")
    assert (one.state, one.answer) == (Standing.DECLINED, "L'ombre manque.")
    await amendments.put_to_vote(tx, other, by=ben)
    with pytest.raises(NotNow):
        await amendments.put_to_vote(tx, other, by=ben)
    with pytest.raises(Refusal):
        await amendments.take_back(tx, other, by=ben)
    await amendments.take_back(tx, other, by=charlie)
    assert other.state is Standing.WITHDRAWN
    assert [a.number for a in await amendments.on_proposal(tx, bench.id)] == [1, 2]


async def test_a_sub_amendment_changes_the_amendment_and_goes_no_deeper(
    tx: Transaction, bench: Proposal, ben: Member, charlie: Member
) -> None:
    one = await amended(tx, bench, charlie)
    first, second = await under(tx, bench, one, ben), await under(tx, bench, one, ben)
    with pytest.raises(NotNow):
        await under(tx, bench, first, charlie)
    with pytest.raises(Refusal):
        await amendments.accept(tx, first, by=ben, note="")
    await amendments.accept(tx, first, by=charlie, note="")
    assert one.replacement == "Au soleil, près du puits."
    assert amending.is_outdated(second, bench.version.source, one)
    with pytest.raises(NotNow):
        await amendments.accept(tx, second, by=charlie, note="")
    await amendments.accept(tx, one, by=ben, note="")
    with pytest.raises(NotNow):
        await under(tx, bench, one, ben)
    assert "près du puits" in bench.version.source


async def test_what_cannot_be_amended_is_said(
    tx: Transaction, bench: Proposal, ben: Member, charlie: Member
) -> None:
    for words in ("À l'ombre.", "a" * 20_001):
        with pytest.raises(Invalid):
            await amended(tx, bench, charlie, 2, words)
    for paragraph in (0, 4):
        with pytest.raises(NotFound):
            await amended(tx, bench, charlie, paragraph)
    with pytest.raises(NotFound):
        await amendments.by_number(tx, bench, 7)
    with pytest.raises(NotNow, match="has changed"):
        await amendments.propose(
            tx, bench, charlie, paragraph=2, seen="z", replacement="b", reason="c"
        )
    one = await amended(tx, bench, charlie)
    bench.state = State.FROZEN
    for act in (amended(tx, bench, charlie), amendments.accept(tx, one, by=ben, note="")):
        with pytest.raises(NotNow):
            await act


@pytest.mark.parametrize(
    ("words", "reason", "codes"),
    [
        ("Au soleil.", " ", ["reason-missing"]),
        ("Au soleil.", "a" * 2001, ["reason-too-long"]),
        ("À l'ombre.", "", ["amendment-unchanged", "reason-missing"]),
        ("a" * 20_001, "a" * 2001, ["text-too-long", "reason-too-long"]),
    ],
)
async def test_an_amendment_says_what_and_why_and_all_problems_are_named(
    tx: Transaction, bench: Proposal, charlie: Member, words: str, reason: str, codes: list[str]
) -> None:
    seen = paragraphs.digest(amendments.target(bench.version, 2))
    with pytest.raises(Invalid) as refused:
        await amendments.propose(
            tx, bench, charlie, paragraph=2, seen=seen, replacement=words, reason=reason
        )
    assert [one.code for one in refused.value.problems] == codes


async def test_a_sub_amendment_is_to_the_words_that_its_author_read(
    tx: Transaction, bench: Proposal, ben: Member, charlie: Member
) -> None:
    one = await amended(tx, bench, charlie)
    seen = paragraphs.digest(one.replacement)
    await amendments.accept(tx, await under(tx, bench, one, ben), by=charlie, note="")
    with pytest.raises(NotNow) as refused:
        await amendments.propose_under(
            tx, bench, one, ben, seen=seen, replacement="En pierre.", reason="Le bois pourrit."
        )
    assert refused.value.code == "paragraph-changed"


async def test_an_amendment_is_found_by_its_number_under_its_text(
    tx: Transaction, bench: Proposal, proposal: Proposal, charlie: Member
) -> None:
    one = await amended(tx, bench, charlie)
    assert await amendments.by_number(tx, bench, 1) is one
    with pytest.raises(NotFound):
        await amendments.by_number(tx, proposal, 1)


async def test_amendments_wait_for_those_who_carry_the_text(
    tx: Transaction, bench: Proposal, ben: Member, charlie: Member
) -> None:
    one = await amended(tx, bench, charlie)
    await amended(tx, bench, charlie, 3, "En fer.")
    # A sub-amendment waits for the author of what it amends.
    await under(tx, bench, one, ben)
    [waiting] = await attention.to_answer(tx, ben)
    assert (waiting.number, waiting.count) == (bench.number, 2)
    assert await attention.to_answer(tx, charlie) == []
    await amendments.decline(tx, one, by=ben, reason="Non.")
    assert [each.count for each in await attention.to_answer(tx, ben)] == [1]
