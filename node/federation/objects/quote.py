"""That somebody may quote something of ours (FEP-044f)."""

from node.activitypub import contexts, uris
from node.activitypub.document import Document
from node.models import Assembly, Quote


def authorization(quote: Quote, assembly: Assembly) -> Document:
    """Write what a reader asks for who meets the quote: which post, of what, and whose word."""
    return {
        "@context": contexts.QUOTE_CONTEXT,
        "id": uris.quote(assembly.origin, quote.id),
        "type": "QuoteAuthorization",
        "attributedTo": assembly.actor.uri,
        "interactingObject": quote.uri,
        "interactionTarget": quote.quoted_uri,
    }
