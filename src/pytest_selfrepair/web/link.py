"""Who asks: by the secret of a link, which a cookie keeps once the link was opened."""

import hashlib
from collections.abc import Callable
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pytest_selfrepair.web.guard import Meter, slower

_MONTH = 30 * 24 * 3600

_Visitor = TypeVar("_Visitor")


class LinkDoor(Generic[_Visitor]):
    """Lets in who has opened a link.

    Args:
        find: Whose secret it is; None: nobody's.
        anybody: Who asks where there is no secret; None: nobody is let in without one.
        key: What tells this page's cookie from that of another page of the same host.
        lasts: Seconds that the cookie lasts; None: as long as the browser runs.
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

    def who(self, request: Request) -> _Visitor | None:
        """Who asks; None: nobody who has opened a link."""
        secret = request.cookies.get(self._cookie)
        found = self._find(secret) if secret else None
        return found or self._anybody

    def opens(self, secret: str) -> bool:
        """Whether a secret is somebody's."""
        return self._find(secret) is not None

    def enter(self, request: Request, guesses: Meter, nobodys: Callable[[], Response]) -> Response:
        """Open the link that is asked for: the browser keeps its secret, and its address is left.

        Args:
            request: Of a path with the parameter `secret`.
            guesses: Counts links that are nobody's; a link that opens is no guess, for others
                behind the same address may have guessed.
            nobodys: What is answered to a link that is nobody's.
        """
        secret = str(request.path_params["secret"])
        if not self.opens(secret):
            wait = guesses.wait(request.client.host if request.client else "")
            return slower(wait) if wait else nobodys()
        response = RedirectResponse("/", 303)
        self.remember(request, response, secret)
        return response

    def remember(self, request: Request, response: Response, secret: str) -> None:
        """Let the browser keep a secret, out of the reach of scripts and of other sites' forms."""
        response.set_cookie(
            self._cookie,
            secret,
            max_age=self._lasts,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
