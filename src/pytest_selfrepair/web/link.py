"""Identify a visitor by the secret of a link, which a cookie keeps."""

import hashlib
from collections.abc import Callable
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pytest_selfrepair.web.guard import Meter, slower

_MONTH = 30 * 24 * 3600

_Visitor = TypeVar("_Visitor")


class LinkDoor(Generic[_Visitor]):
    """Admits visitors who have opened a link.

    Args:
        find: Maps a secret to its visitor; None for an unknown secret.
        anybody: The visitor without a secret; None: nobody is admitted without one.
        key: Distinguishes this page's cookie from that of another page on the same host.
        lasts: Seconds until the cookie expires; None: with the browser session.
    """

    def __init__(
        self,
        find: Callable[[str], _Visitor | None],
        *,
        anybody: _Visitor | None,
        key: bytes,
        lasts: int | None = _MONTH,
    ) -> None:
        self._find = find
        self._anybody = anybody
        self._lasts = lasts
        self._cookie = f"selfrepair-{hashlib.sha256(key).hexdigest()[:12]}"

    def visitor(self, request: Request) -> _Visitor | None:
        """The visitor whose link opened the session; None for anyone else."""
        secret = request.cookies.get(self._cookie)
        found = self._find(secret) if secret else None
        return found or self._anybody

    def opens(self, secret: str) -> bool:
        """Whether a secret is known."""
        return self._find(secret) is not None

    def enter(self, request: Request, guesses: Meter, nobodys: Callable[[], Response]) -> Response:
        """Open the requested link: store its secret in a cookie, and redirect.

        Args:
            request: A request to a path with the parameter `secret`.
            guesses: Counts unknown links; a known link is not counted, as others behind the same
                address may have guessed.
            nobodys: Makes the response to an unknown link.
        """
        secret = str(request.path_params["secret"])
        if not self.opens(secret):
            wait = guesses.wait(request.client.host if request.client else "")
            return slower(wait) if wait else nobodys()
        response = RedirectResponse("/", 303)
        self.remember(request, response, secret)
        return response

    def remember(self, request: Request, response: Response, secret: str) -> None:
        """Store a secret in a cookie that scripts and other sites' forms cannot use."""
        response.set_cookie(
            self._cookie,
            secret,
            max_age=self._lasts,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
