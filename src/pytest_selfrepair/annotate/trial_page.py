"""The address at which participants run a program on inputs of their own."""

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from pytest_selfrepair.annotate.person import Person
from pytest_selfrepair.annotate.site import BadRequestError, clean, message, not_found
from pytest_selfrepair.annotate.study_items import Item
from pytest_selfrepair.annotate.trial_running import LONGEST_INPUT, TrialRunner
from pytest_selfrepair.errors import InfrastructureError, UsageError
from pytest_selfrepair.web.guard import RUNS, Meter, slower


class _Run(msgspec.Struct):
    input: str
    function: str | None = None


class TrialPage:
    """Runs programs for participants: one at a time for each of them, and not too often.

    Args:
        runner: Runs programs; None: none can be run here.
    """

    def __init__(self, runner: TrialRunner | None) -> None:
        self._runner = runner
        self._meter = Meter(RUNS)
        self._running: set[str] = set()

    @property
    def can_run(self) -> bool:
        """Whether programs can be run here."""
        return self._runner is not None

    async def run(self, request: Request, person: Person) -> Response:
        """Run the program on an input of the participant's."""
        item = person.item(request.path_params["number"])
        if not isinstance(item, Item) or self._runner is None:
            return not_found()
        sent = await message(request, _Run)
        given = clean(sent.input, field="input", longest=LONGEST_INPUT)
        if item.functions and sent.function not in item.functions:
            raise BadRequestError(
                f"function: found {sent.function!r}; accepted: {', '.join(item.functions)}"
            )
        if person.code in self._running:
            return PlainTextResponse("The last run has not ended yet.\n", 429)
        wait = self._meter.wait(person.code)
        if wait:
            return slower(wait)
        self._running.add(person.code)
        try:
            function = sent.function if item.functions else None
            shown = await self._runner.run(item.program, given, function, in_place=item.in_place)
            return JSONResponse(msgspec.to_builtins(shown))
        except UsageError as error:
            raise BadRequestError(str(error)) from error
        except InfrastructureError as error:
            return PlainTextResponse(f"It could not be run: {error}\n", 503)
        finally:
            self._running.discard(person.code)
