"""Activities, objects and actors as others send them, refused or understood; on little-boxes."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from little_boxes.activitypub import (
    AS_PUBLIC,
    CTX_AS,
    CTX_SECURITY,
    BaseActivity,
    BaseBackend,
)
from little_boxes.errors import (
    ActivityNotFoundError,
    BadActivityError,
)

from node.activitypub import actors, kinds, things, values
from node.activitypub.actors import ActorDocument as ActorDocument
from node.activitypub.actors import PublicKey as PublicKey
from node.activitypub.kinds import ACTIVITIES as ACTIVITIES
from node.activitypub.kinds import ACTORS as ACTORS
from node.activitypub.kinds import OBJECTS as OBJECTS
from node.activitypub.kinds import Vocabulary as Vocabulary
from node.activitypub.things import Thing as Thing
from node.errors import Refusal

PUBLIC: str = AS_PUBLIC
AS_CONTEXT: str = CTX_AS
SECURITY_CONTEXT: str = CTX_SECURITY

OBJECT_LIMIT = 1000
ADDRESS_LIMIT = 1000

# little-boxes writes whole documents, private ones too, to its debug log.
logging.getLogger("little_boxes.activitypub").setLevel(logging.INFO)


class MalformedActivity(Refusal, BadActivityError):  # type: ignore[misc]
    """What arrived cannot be read, or not in one way only; it is the sender's fault."""

    status = 400
    status_code = 400
    code = "malformed"
    payload = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.args = (message,)
        self.message = message


class NodeBackend(BaseBackend):  # type: ignore[misc]
    """The documents already fetched for one activity; it never goes to the network itself."""

    DB = USERS = FETCH_MOCK = INBOX_IDX = OUTBOX_IDX = FOLLOWERS = FOLLOWING = None
    _METHOD_CALLS = None

    def __init__(self, documents: Mapping[str, dict[str, Any]]) -> None:
        self._documents = documents

    def fetch_iri(self, iri: str) -> dict[str, Any]:
        """Return the document preloaded for `iri`, or raise ActivityNotFoundError."""
        try:
            return self._documents[iri]
        except KeyError:
            raise ActivityNotFoundError(f"nothing was read from {iri}") from None


class _Box:
    """Stands before BaseActivity so that building a box neither fetches nor changes anything."""

    ACTIVITY_TYPE: Vocabulary
    OBJECT_REQUIRED = False
    ACTOR_REQUIRED = False
    _data: dict[str, Any]

    def __init__(self, **fields: Any) -> None:
        """Build a box of these fields.

        The library writes all it is handed into a line of its log, whether anybody reads that or
        not: it is handed the id and the actor, and the rest is put beside.
        """
        own = {name: fields.pop(name) for name in ("id", "actor") if fields.get(name) is not None}
        super().__init__(**own)
        self._refuse_nothing(fields.get("object"))
        self._data.update({name: value for name, value in fields.items() if value is not None})

    def _actor_id(self, obj: object) -> str:
        """The plain https id of any kind of actor (P1)."""
        actor = values.author({"actor": obj}, "actor")
        if actor is None:
            raise ValueError("the activity has no actor")
        return actor

    _validate_person = _actor_id

    def _refuse_nothing(self, found: object) -> None:
        """Raise ValueError for an activity about nothing, or about too much."""
        if not self.ACTOR_REQUIRED or self.ACTIVITY_TYPE in kinds.WITHOUT_OBJECT:
            return
        items = values.as_list(found)
        if not items and self.ACTIVITY_TYPE in kinds.ACTIVITIES:
            raise ValueError("the activity has no object")
        if len(items) > OBJECT_LIMIT:
            raise ValueError(f"the activity has more than {OBJECT_LIMIT} objects")
        if not all(item and isinstance(item, (str, dict)) for item in items):
            raise ValueError("the object is neither an address nor an object")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._data.get(name)

    def get_object(self) -> Any:
        """Box the embedded object; an address is for `Activity.resolved`."""
        embedded = self._data.get("object")
        if not isinstance(embedded, dict):
            raise ActivityNotFoundError("the object is not embedded")
        return _box(embedded, kinds.only(kinds.types(embedded)))


def _boxes() -> dict[str, type[BaseActivity]]:
    acting = kinds.ACTIVITIES | {"Activity", "IntransitiveActivity"}
    return {
        member.value: type(BaseActivity)(
            str(member.value),
            (_Box, BaseActivity),
            {"ACTIVITY_TYPE": member, "ACTOR_REQUIRED": member.value in acting},
        )
        for member in Vocabulary
    }


BOXES = _boxes()


def _box(document: dict[str, Any], kind: str, fallback: str = "Object") -> BaseActivity:
    # Without @context, or the library would write into the list of the sender.
    fields = {
        key: value for key, value in document.items() if key not in ("type", "@context", "self")
    }
    return (BOXES.get(kind) or BOXES[fallback])(**fields)


@dataclass(frozen=True, slots=True)
class Activity:
    """What one actor says was done; believed only as far as the sender is proven (P1)."""

    id: str
    type: str
    types: tuple[str, ...]
    actor_id: str
    objects: tuple[str | dict[str, Any], ...]
    to: tuple[str, ...]
    cc: tuple[str, ...]
    document: dict[str, Any] = field(repr=False)
    box: BaseActivity = field(repr=False, compare=False)

    @property
    def is_known(self) -> bool:
        """Whether the type is an activity of the vocabulary."""
        return self.type in kinds.ACTIVITIES

    @property
    def object_id(self) -> str | None:
        """The id of the object, embedded or not; None if it has none or there are several."""
        return values.first_id(self.objects[0]) if len(self.objects) == 1 else None

    @property
    def object(self) -> dict[str, Any] | None:
        """The one object, if it is embedded."""
        one = self.objects[0] if len(self.objects) == 1 else None
        return one if isinstance(one, dict) else None

    @property
    def object_type(self) -> str | None:
        """The type of the embedded object; None if it is only named, or has no one type."""
        try:
            return None if self.object is None else kinds.only(kinds.types(self.object))
        except ValueError:
            return None

    @property
    def target_id(self) -> str | None:
        """The id of the target."""
        return values.first_id(self.document.get("target"))

    @property
    def result_id(self) -> str | None:
        """The id of the result, as in an answer to an Offer (wire.md 5.9 to 5.11)."""
        return values.first_id(self.document.get("result"))

    @property
    def published(self) -> datetime | None:
        """When the activity says it took place."""
        return values.moment(self.document.get("published"))

    @property
    def assembly(self) -> dict[str, Any]:
        """The one property of ours, empty if there is none (wire.md, rule 2)."""
        value = self.document.get("assembly")
        return value if isinstance(value, dict) else {}

    def embedded(self, *, object_id_only: bool = False) -> dict[str, Any]:
        """Return the activity as it stands inside another: without context and signature."""
        inner: dict[str, Any] = self.box.to_dict(embed=True, embed_object_id_only=object_id_only)
        return inner

    def resolved(self, backend: NodeBackend) -> "Activity":
        """Return the activity with the object it only names put in, from what was preloaded.

        MalformedActivity if nothing was, or if the document is about something else (P2).
        """
        if self.object_id is None or self.object is not None:
            return self
        try:
            found = backend.fetch_iri(self.object_id)
        except ActivityNotFoundError as error:
            raise MalformedActivity(error.message) from error
        if found.get("id") != self.object_id:
            raise MalformedActivity("the object read is not the one that was named")
        return parse({**self.document, "object": found})


def parse(payload: dict[str, Any]) -> Activity:
    """Read an activity; MalformedActivity unless it has an id, one plain actor, a sane object."""
    return _parse(payload, is_embedded=False)


def parse_embedded(payload: dict[str, Any]) -> Activity:
    """Read the activity inside an Undo, Accept or Announce, which may lack an id (then "")."""
    return _parse(payload, is_embedded=True)


def parse_object(document: dict[str, Any]) -> Thing:
    """Read an object; MalformedActivity if it is ambiguous about itself or beyond the limits."""
    try:
        thing = things.read(document)
        _box(document, "Object" if thing.type in kinds.ACTIVITIES else thing.type)
    except (ValueError, RecursionError) as error:
        raise MalformedActivity(str(error)) from error
    return thing


def parse_actor(document: dict[str, Any]) -> ActorDocument:
    """Read an actor; MalformedActivity if id, inbox or keys are not of one origin (FEP-fe34)."""
    try:
        return actors.read(document)
    except (ValueError, RecursionError) as error:
        raise MalformedActivity(str(error)) from error


def parse_key(document: dict[str, Any], key_id: str) -> PublicKey:
    """Read the key `key_id` from the document at its address; MalformedActivity if not there."""
    try:
        return actors.read_key(document, key_id)
    except (ValueError, RecursionError) as error:
        raise MalformedActivity(str(error)) from error


def _parse(payload: dict[str, Any], *, is_embedded: bool) -> Activity:
    try:
        kinds.refuse_spellings(payload)
        types = kinds.types(payload)
        kind = kinds.only(types)
        if kind in kinds.ACTORS or kind in kinds.OBJECTS:
            raise ValueError(f"a {kind} is not an activity")
        uri = values.own_id(payload)
        if uri is None and not is_embedded:
            raise ValueError("the activity has no id")
        box = _box(payload, kind, "Activity")
        return Activity(
            id=uri or "",
            type=kind,
            types=types,
            actor_id=box.actor,
            objects=tuple(values.as_list(payload.get("object"))),
            to=values.ids(payload.get("to"), ADDRESS_LIMIT),
            cc=values.ids(payload.get("cc"), ADDRESS_LIMIT),
            document=payload,
            box=box,
        )
    except BadActivityError as error:
        raise MalformedActivity(error.message) from error
    except (ValueError, RecursionError) as error:
        raise MalformedActivity(str(error)) from error
