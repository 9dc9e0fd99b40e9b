"""Identify a participant by the secret of their link, kept in a cookie, and check form tokens.

The secret is in an address only once, when the link is opened. A form's token is derived from the
participant's code and the key of the answers file, so an open page can still save after the server
was restarted.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence

from pytest_selfrepair.annotate.person import Person, StudyItem
from pytest_selfrepair.annotate.study_plan import Study, hash_secret
from pytest_selfrepair.web.link import LinkDoor


class Door(LinkDoor[Person]):
    """Admits participants.

    Args:
        find: Maps a secret to its participant; None for an unknown secret.
        anybody: The participant without a secret; None: nobody is admitted without one.
        key: The secret of the answers' file.
    """

    def __init__(
        self, find: Callable[[str], Person | None], *, anybody: Person | None, key: bytes
    ) -> None:
        super().__init__(find, anybody=anybody, key=key)
        self._key = key

    def token(self, person: Person) -> str:
        """The token in a person's forms."""
        return hmac.new(self._key, b"form:" + person.code.encode(), hashlib.sha256).hexdigest()

    def holds(self, person: Person, token: str) -> bool:
        """Whether a form's token belongs to a person."""
        return hmac.compare_digest(self.token(person).encode(), token.encode("utf-8", "replace"))


def of_study(study: Study, items: Sequence[StudyItem], key: bytes) -> Door:
    """The door of a study, with a link for each participant."""
    by_key = {item.key: item for item in items}

    def find(secret: str) -> Person | None:
        found = study.participant(secret)
        if found is None:
            return None
        return Person(code=found.code, items=tuple(by_key[each] for each in found.programs))

    return Door(find, anybody=None, key=key)


def of_one(person: Person, key: bytes, *, locked: bool) -> Door:
    """The door for one person; locked, it needs `secret_of_one`."""
    link = hash_secret(secret_of_one(key))

    def find(secret: str) -> Person | None:
        return person if hmac.compare_digest(hash_secret(secret), link) else None

    return Door(find, anybody=None if locked else person, key=key)


def secret_of_one(key: bytes) -> str:
    """The secret in one person's link; fixed for an answers file."""
    return hmac.new(key, b"link", hashlib.sha256).hexdigest()
