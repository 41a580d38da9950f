"""The assembly that this node belongs to."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from node import clock
from node.models.actor import Actor
from node.models.base import Model


class Assembly(Model):
    """The one body that decides here, with the settings of its daily life."""

    __tablename__ = "assembly"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), init=False)
    instance_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), init=False)
    origin: Mapped[str]
    language: Mapped[str] = mapped_column(default="fr")
    timezone: Mapped[str] = mapped_column(default="Europe/Paris")
    place: Mapped[str] = mapped_column(default="")
    approves_followers: Mapped[bool] = mapped_column(default=False)
    only_allowed_domains: Mapped[bool] = mapped_column(default=False)
    only_signed_readers: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    actor: Mapped[Actor] = relationship(foreign_keys=[actor_id], lazy="joined")
    instance: Mapped[Actor] = relationship(foreign_keys=[instance_id], lazy="joined")

    @property
    def name(self) -> str:
        """What people call the assembly."""
        return self.actor.name
