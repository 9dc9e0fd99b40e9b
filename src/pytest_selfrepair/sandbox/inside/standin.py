"""Run a task's assertions without its program: a proxy for the function returns known answers.

A call without a known answer is noted, and ends the assertion, or the turn of a loop, that makes
it. The run goes on after that, to find as many calls as it can. The results of assertions after the
first such call are guesses and are not used. Calls with equal arguments have the same answer.
Changes that a function makes to its arguments are not seen.

Like the zygote, it runs as a plain file and needs only the standard library.
"""

import builtins
import contextlib
import functools
import json
import random
import types
from collections import deque
from collections.abc import Iterator
from typing import Any

if __package__:
    from pytest_selfrepair.sandbox.inside import plain
else:  # a plain file beside its siblings
    import plain  # type: ignore[import-not-found,no-redef]

ASSERTION, TURN, AT, NOTE, STOP = "__assertion__", "__turn__", "__at__", "__note__", "__stop__"
"""The names in instrumented assertions of this module's functions and exceptions."""

_LONGEST = 20_000  # characters of a value's repr
_USES = 16  # the last calls of a case, which may have a part in its failure

Fields = dict[str, Any]  # parsed JSON


class _Stop(BaseException):
    """An exception that no test may catch."""


class _Pending(_Stop):
    """The answer to a call is not known yet."""


class _Enough(_Stop):
    """As many calls are unanswered as may be requested at once."""


class _NoAnswer(_Stop):
    """The program gave no answer to a call; the arguments are its index and the reason."""


def examine(request: Fields) -> Fields:
    """Run assertions with the answers known so far, by call.

    Args:
        request: `definitions` and `setup`, which are run first; `checks`, the instrumented cases;
            `sites`, the source of the arguments of each call in them; `fn_name`; `calls` and, in
            the same order, their `answers`: ``["value", v]``, ``["raised", type, message]`` or
            ``["none"]``; `most`, the number of unanswered calls at which to stop; `all`, whether to
            go on after a case that fails.

    Returns:
        `calls`: the unanswered calls, each ``{"args": …, "kwargs": …}`` or, where an argument is
        not plain data, ``{"source": …}``; and `cases`: the result of each case, up to the first
        that fails or depends on an unanswered call.
    """
    return _Examination(request).run()


class _Examination:
    def __init__(self, request: Fields) -> None:
        self._request = request
        self._known = {json.dumps(call): i for i, call in enumerate(request["calls"])}
        self._answers: list[list[Any]] = request["answers"]
        self._asked: dict[str, Any] = {}  # unanswered calls, by their JSON
        self._used: deque[tuple[int, str]] = deque(maxlen=_USES)  # last calls, arguments in words
        self._own = 0  # the number of calls made by the running case
        self._raised: list[tuple[Exception, int]] = []  # by the proxy, with the call
        self._unanswered: _NoAnswer | None = None  # it prevents this case from passing
        self._compared: tuple[object, object] | None = None
        self._failing: tuple[BaseException | None, Fields] = (None, {})

    def run(self) -> Fields:
        request = self._request
        module = types.ModuleType("tests")
        scope = vars(module)
        scope[request["fn_name"]] = self._function(None)
        for text in (request["definitions"], request["setup"]):
            _execute(text, scope)
            scope[request["fn_name"]] = self._function(None)
        scope |= {ASSERTION: self._assertion, TURN: _Unit(self, None), AT: self._function}
        scope |= {NOTE: self._note, STOP: _Stop}
        cases: list[Fields] = []
        for number, text in enumerate(request["checks"]):
            said = self._case(number, text, scope)
            if not self._asked:
                cases.append(said)
                if said["end"] != "passed" and not request["all"]:
                    break
            elif len(self._asked) >= request["most"]:
                break
        return {"calls": list(self._asked.values()), "cases": cases}

    def _case(self, number: int, text: str, scope: dict[str, Any]) -> Fields:
        random.seed(number)
        self._raised.clear()
        self._own, self._unanswered = 0, None
        self._compared, self._failing = None, (None, {})
        try:
            _execute(text, scope)
        except BaseException as error:  # noqa: BLE001 - any exception means that the case failed
            return self._end(error)
        return self._end(None)

    def _end(self, error: BaseException | None) -> Fields:
        """Return the result of a case, given the exception that ended it, or None."""
        if self._unanswered is not None:  # even if a `finally` of the test has replaced it
            index, why = self._unanswered.args
            facts = self._noted(self._unanswered)
            return {**facts, "end": "no_answer", "call": index, "why": why}
        if error is not None:
            facts = self._noted(error)
            for raised, index in self._raised:
                if raised is error:
                    return {**facts, "end": "no_answer", "call": index, "why": "raised"}
            end = "failed" if isinstance(error, AssertionError) else "raised"
            return {**facts, "end": end, "type": type(error).__name__, "message": _text(error)}
        return {"end": "passed"}

    # Functions used by instrumented assertions.

    def _assertion(self, number: int) -> "_Unit":
        return _Unit(self, number)

    def _note(self, left: object, right: object, *, same: bool) -> object:
        """Compare, keeping both sides in case the assertion fails."""
        self._compared = (left, right)
        return left is right if same else left == right

    def _function(self, site: int | None) -> Any:
        """Return the proxy for calls at one place in the source."""

        def stand_in(*args: Any, **kwargs: Any) -> Any:
            return self._called(site, args, kwargs)

        stand_in.__name__ = stand_in.__qualname__ = self._request["fn_name"]
        return stand_in

    def _called(self, site: int | None, args: tuple[Any, ...], kwargs: Fields) -> Any:
        try:
            encoded = [plain.encode(each, exact=True) for each in args]
            named = {name: plain.encode(each, exact=True) for name, each in kwargs.items()}
            call: Fields = {"args": encoded, "kwargs": named}
        except (plain.NotPlainError, RecursionError):
            if site is None:
                raise
            call = {"source": self._request["sites"][site]}
        text = json.dumps(call)
        index = self._known.get(text)
        if index is None:
            self._asked[text] = call
            if len(self._asked) >= self._request["most"]:
                raise _Enough
            raise _Pending
        shown = call["source"] if "source" in call else ", ".join(_shown_all(args, kwargs))
        self._used.append((index, f"[{shown}]"))
        self._own += 1
        return self._answer(index)

    def _answer(self, index: int) -> Any:
        match self._answers[index]:
            case ["value", value]:
                try:
                    return plain.decode(value)
                except (ValueError, RecursionError):
                    raise self._none(index, "garbled") from None
            case ["raised", str(name), str(message)]:
                error = _exception(name, message)
                self._raised.append((error, index))
                raise error
        raise self._none(index, "none")

    def _none(self, index: int, why: str) -> _NoAnswer:
        self._unanswered = _NoAnswer(index, why)
        return self._unanswered

    # Called at the end of units.

    def ended(self, number: int | None, error: BaseException | None) -> bool:
        """Whether the assertions after a unit should run although an error was raised in it."""
        if error is not None and not self._asked and self._failing[0] is not error:
            self._failing = (error, {**self._facts(), "assertion": number})
        self._compared = None
        if isinstance(error, _Enough):
            return False
        return bool(self._asked) and isinstance(error, Exception | _Stop)

    def _noted(self, error: BaseException) -> Fields:
        """Return the facts noted when an error left its innermost unit, else the current facts."""
        noted, facts = self._failing
        return facts if noted is error else self._facts()

    def _facts(self) -> Fields:
        """Return the facts of a failing case."""
        uses = [index for index, _ in self._used]
        facts: Fields = {"uses": uses[-self._own :]}  # all of them, if this case has made no calls
        if self._used:
            index, facts["input"] = self._used[-1]
            if self._answers[index][0] == "value":
                facts["actual"] = _shown(plain.decode(self._answers[index][1]))
        if self._compared is not None:
            facts["left"], facts["right"] = map(_shown, self._compared)
        return facts


class _Unit:
    """An assertion or one turn of a loop, which ends early at a call without an answer."""

    def __init__(self, examination: _Examination, number: int | None) -> None:
        self._examination, self._number = examination, number

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        return self._examination.ended(self._number, error)


def _execute(text: str, scope: dict[str, Any]) -> None:
    code = compile(text, "tests.py", "exec", dont_inherit=True, optimize=0)
    exec(code, scope)  # noqa: S102 - the purpose of the process


def _exception(name: str, message: str) -> Exception:
    """Rebuild a program's exception, with the built-in type of that name if there is one."""
    kind = getattr(builtins, name, None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        kind = type(name, (Exception,), {})
    for made in (kind, functools.partial(kind.__new__, kind)):  # the type may take other arguments
        with contextlib.suppress(TypeError):
            error = made(*[message] * bool(message))
            if isinstance(error, Exception):
                return error
    return Exception(message)


def _shown_all(args: tuple[Any, ...], kwargs: Fields) -> Iterator[str]:
    yield from map(_shown, args)
    for name, each in kwargs.items():
        yield f"{name}={_shown(each)}"


def _shown(value: object) -> str:
    try:
        return repr(value)[:_LONGEST]
    except Exception:  # noqa: BLE001 - a test's own class may do anything
        return f"a value of type {type(value).__name__}"


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_LONGEST]
    except Exception:  # noqa: BLE001 - as above
        return ""
