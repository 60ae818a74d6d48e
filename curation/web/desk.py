"""What the server keeps while it serves one review: the open file, the sessions, and what is worth remembering."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from curation.engine.registry import rules
from curation.engine.rule import Rule
from curation.web.attempts import Attempts
from curation.web.blinding import Desks, Sight
from curation.web.people import OWNER, Person
from curation.web.sessions import Sessions
from schemas.kinds.entities import ENTITIES
from store import ddl
from store.accounts import Account
from store.review import Review

Made = TypeVar("Made")

MOST_KEPT = 500
"""Results remembered before those of earlier states are dropped."""


class Desk:
    """One review being served.

    ``documents`` is the folder with the texts of the sources, if there is one. Without accounts the review has one
    person, ``alone``, who gets in by the ``key`` of the link that is printed when the server starts.
    """

    def __init__(self, review: Review, *, documents: Path | None = None, alone: str = "") -> None:
        self.review = review
        self.documents = documents
        self.accounts: dict[str, Account] = review.accounts()
        self.alone = None if self.accounts else Person(alone, OWNER, signed_in=False)
        self.key = secrets.token_urlsafe(24)
        self.sessions = Sessions()
        self.attempts = Attempts()
        digest = hashlib.sha256(str(review.path.resolve()).encode()).hexdigest()[:8]
        self.cookie = f"curation_{digest}"
        self.rules: tuple[Rule, ...] = rules()
        self._kept: dict[str, tuple[int, Any]] = {}
        self._keeping = threading.Lock()

    @property
    def name(self) -> str:
        """What the review is called on its pages."""
        return self.review.path.stem

    def person(self, name: str) -> Person | None:
        """The person of an account."""
        account = self.accounts.get(name)
        return None if account is None else Person(account.name, account.role)

    def at_this_revision(self, name: str, make: Callable[[], Made]) -> Made:
        """Something that follows from the state of the review: made once per revision, under a name."""
        revision = self.review.revision
        with self._keeping:
            kept = self._kept.get(name)
        if kept is not None and kept[0] == revision:
            made: Made = kept[1]
            return made
        fresh = make()
        with self._keeping:
            self._kept[name] = (revision, fresh)
            if len(self._kept) > MOST_KEPT:
                self._kept = {each: kept for each, kept in self._kept.items() if kept[0] == revision}
        return fresh

    def desks(self) -> Desks:
        """Who extracts what, and who has handed in."""
        worked = lambda: Desks.of(  # noqa: E731 - made only when the review has changed
            [(each.source, each.extractor) for each in self.review.progress()], self.review.submissions()
        )
        return self.at_this_revision("desks", worked)

    def sight(self, person: Person) -> Sight:
        """What a person may see now."""
        return Sight(person, self.desks())

    def known(self) -> dict[str, set[str]]:
        """The ids of the entities in the review; an arm is known as 'study/arm'."""
        return self.at_this_revision("known", self._known)

    def _known(self) -> dict[str, set[str]]:
        tables = self.review.tables(sources=())
        return {
            model.kind: {ddl.record_key(model, row) for row in tables[model.kind].select(list(ddl.key_columns(model))).to_pylist()}
            for model in ENTITIES
        }  # fmt: skip
