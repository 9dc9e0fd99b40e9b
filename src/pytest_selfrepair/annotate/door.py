"""Who asks: by the secret of their link, which a cookie keeps, and by a token in every form.

The secret stands in an address once, when the link is opened. A form's token is made from the
participant's code with the key of the answers' file, so that an open page can go on saving when the
page's process was killed and started again.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence

from pytest_selfrepair.annotate.person import Person, StudyItem
from pytest_selfrepair.annotate.study_plan import Study, hash_secret
from pytest_selfrepair.web.link import LinkDoor


class Door(LinkDoor[Person]):
    """Lets participants in.

    Args:
        find: Whose secret it is; None: nobody's.
        anybody: Who asks where there is no secret; None: nobody is let in without one.
        key: The secret of the answers' file.
    """

    def __init__(
        self, find: Callable[[str], Person | None], *, anybody: Person | None, key: bytes
    ) -> None:
        super().__init__(find, anybody=anybody, key=key)
        self._key = key

    def token(self, person: Person) -> str:
        """What the forms of a person carry."""
        return hmac.new(self._key, b"form:" + person.code.encode(), hashlib.sha256).hexdigest()

    def holds(self, person: Person, token: str) -> bool:
        """Whether a form's token is that of a person."""
        return hmac.compare_digest(self.token(person).encode(), token.encode("utf-8", "replace"))


def of_study(study: Study, items: Sequence[StudyItem], key: bytes) -> Door:
    """The door of a study: each link is one participant's."""
    by_key = {item.key: item for item in items}

    def find(secret: str) -> Person | None:
        found = study.participant(secret)
        if found is None:
            return None
        return Person(code=found.code, items=tuple(by_key[each] for each in found.programs))

    return Door(find, anybody=None, key=key)


def of_one(person: Person, key: bytes, *, locked: bool) -> Door:
    """The door of one person, behind `secret_of_one` where it is locked."""
    link = hash_secret(secret_of_one(key))

    def find(secret: str) -> Person | None:
        return person if hmac.compare_digest(hash_secret(secret), link) else None

    return Door(find, anybody=None if locked else person, key=key)


def secret_of_one(key: bytes) -> str:
    """What the link of one person ends in; the same as long as the answers' file is the same."""
    return hmac.new(key, b"link", hashlib.sha256).hexdigest()
