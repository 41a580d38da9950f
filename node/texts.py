"""From what people write to what people read: Markdown in, safe HTML out."""

import functools
import html
import importlib
import re
import unicodedata
from typing import TYPE_CHECKING

import nh3

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# What Mastodon-compatible servers show; everything else would be lost on the way (wire format).
TAGS = {
    "p", "br", "a", "span", "strong", "em", "b", "i", "u", "s", "del", "code", "pre",
    "blockquote", "ul", "ol", "li",
}  # fmt: skip
_CLASSES = {"a": {"mention", "hashtag", "u-url"}, "span": {"h-card"}}
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "ol": {"start"}},
    allowed_classes=_CLASSES,
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener noreferrer ugc",
    clean_content_tags={"script", "style", "title", "textarea", "iframe", "noscript"},
    strip_comments=True,
)
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u2028\u2029\ufeff\u00ad\u200b]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BLOCK_END = re.compile(r"</(?:p|li|blockquote|pre|h[1-6])>|<br ?/?>")
_TAG = re.compile(r"<[^<>]*>")
# What may be a sign of Markdown or an address; a sentence without any is itself.
_MARKED = re.compile(r"[*_~`\[\]<>&\\@/]|\w\.\w")


def render(markdown: str) -> str:
    """Turn a member's Markdown into HTML of the tags that every server shows."""
    page = _markdown().render(readable(markdown))
    page = re.sub(r"<h[1-6]>", "<p><strong>", page)
    page = re.sub(r"</h[1-6]>", "</strong></p>", page)
    return sanitise(page.replace("<hr />\n", ""))


@functools.lru_cache(maxsize=1024)
def inline(markdown: str) -> str:
    """Turn a member's short text into HTML that stands inside a line; no paragraphs, no lists."""
    written = readable(markdown).strip()
    if not _MARKED.search(written):
        return html.escape(written, quote=False)
    return sanitise(_markdown().renderInline(written))


@functools.cache
def _markdown() -> "MarkdownIt":
    """Return what reads Markdown; loaded by the first who writes, since readers do not need it."""
    markdown_it = importlib.import_module("markdown_it")
    found: MarkdownIt = markdown_it.MarkdownIt(
        "commonmark", {"html": False, "linkify": True, "typographer": False}
    )
    found.enable(["linkify", "strikethrough"]).disable(["image", "html_block", "html_inline"])
    return found


def sanitise(page: str) -> str:
    """Keep of somebody's HTML only what cannot harm or deceive a reader."""
    return _cleaner.clean(_HIDDEN.sub("", page)).strip()


def plain(page: str, limit: int | None = None) -> str:
    """Return the words of an HTML text, one paragraph a line, cut at a word when too long."""
    text = html.unescape(_TAG.sub("", _BLOCK_END.sub("\n", page)))
    text = "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    return text if limit is None else shorten(text, limit)


def shorten(text: str, limit: int) -> str:
    """Cut a text at a word, with an ellipsis, so that it has at most so many characters."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def readable(text: str) -> str:
    """Normalise what somebody typed: NFC, LF, nothing the eye cannot see."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", _HIDDEN.sub("", text)))


def line(text: str) -> str:
    """Normalise a text of one line: a title, a name."""
    return " ".join(readable(text).split())
