"""Run a program with its lines traced, as part of one text in the sandbox.

It needs only the standard library and shares the process with untrusted code, so its report is only
a claim, which `trace` shortens and checks. The text that is run ends with a call of `run_script` or
a function that calls `run_function`.
"""

# Before all imports, which are not for the program: the globals of a call-based task's program.
_NAMES = dict(globals())

import contextlib
import json
import os
import reprlib
import signal
import sys
import threading
import time
import types
from collections import deque
from collections.abc import Callable
from typing import Any

FILE = "<traced program>"
"""The program's name in its own frames."""

MARK = "\n\x01selfrepair trace\x01\n"
"""Marks the start of the report in a standard-input program's output."""

LINES = 12
"""The most lines reported."""

_VARIABLES, _LONGEST = 24, 160  # variables, and characters of each
_OFTEN = 64  # events between two looks at the clock
_SKIPPED = (
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    type,
)

Report = dict[str, Any]  # what JSON carries


class _EnoughError(BaseException):
    """Time is up; not an Exception, so that programs do not catch it by accident."""


class Tracer:
    """Traces the last lines of a program.

    Args:
        seconds: CPU seconds after which the program is ended; after half of them it goes on
            untraced, at full speed.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began = time.process_time()
        self._lines: deque[int] = deque(maxlen=LINES)
        self._frame: types.FrameType | None = None
        self._events = 0
        self._cut = False
        self._raised: types.FrameType | None = None
        # Only the main thread can be ended by a signal; deep recursion runs in another.
        self._main = threading.current_thread() is threading.main_thread()

    def run(self, work: Callable[[], object]) -> Report:
        """Run a function and report how it ended."""

        def enough(_signal: int, _frame: types.FrameType | None) -> None:
            self._stop()
            raise _EnoughError

        if self._main:
            signal.signal(signal.SIGVTALRM, enough)
            signal.setitimer(signal.ITIMER_VIRTUAL, self._seconds)
        threading.settrace(self._called)
        threading.excepthook = lambda args: self._note(args.exc_value)
        sys.settrace(self._called)
        cut = False
        try:
            work()
            _join_threads()
        except SystemExit:
            pass
        except _EnoughError as error:
            self._note(error)
            cut = True
        except BaseException as error:  # noqa: BLE001 - any exception is the program's end
            self._stop()
            self._note(error)
        finally:
            self._stop()
            if self._main:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return self._report(cut=cut)

    def _report(self, *, cut: bool) -> Report:
        """The last lines, and the variables' values at the end.

        Lines traced before tracing stopped explain a loop that was cut, but not a later exception.
        """
        frame = self._raised or (None if self._cut else self._frame)
        return {
            "lines": [] if self._cut and not cut else list(self._lines),
            "values": {} if frame is None else _values(frame),
        }

    def _called(self, frame: types.FrameType, event: str, _argument: object) -> Any:
        if self._cut or frame.f_code.co_filename != FILE:
            return None
        return self._line if event == "call" else None

    def _line(self, frame: types.FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            self._lines.append(frame.f_lineno)
            self._frame = frame
            self._events += 1
            if self._events % _OFTEN == 0 and self._spent > self._seconds / 2:
                self._cut = True
                self._stop()
                if not self._main:
                    raise _EnoughError
                return None
        return self._line

    @property
    def _spent(self) -> float:
        return time.process_time() - self._began

    @staticmethod
    def _stop() -> None:
        sys.settrace(None)
        threading.settrace(None)

    def _note(self, error: BaseException | None) -> None:
        trace = None if error is None else error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == FILE:
                self._raised = trace.tb_frame
            trace = trace.tb_next


def run_script(program: str, seconds: float) -> None:
    """Run a standard-input program; the report ends its output."""
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    vars(module)["__file__"] = "program.py"
    code = compile(program, FILE, "exec", dont_inherit=True)
    report = Tracer(seconds).run(lambda: exec(code, vars(module)))  # noqa: S102 - the purpose
    for stream in (sys.stdout, sys.__stdout__):
        with contextlib.suppress(Exception):  # closed, replaced, or full
            if stream is not None:
                stream.flush()
    _say(report)


def run_function(program: str, fn_name: str, arguments: list[Any], seconds: float) -> Report:
    """Call a program's function, or its ``Solution``'s method, and return the report."""
    scope = {**_NAMES, "__name__": "program"}
    code = compile(program, FILE, "exec", dont_inherit=True)

    def work() -> None:
        exec(code, scope)  # noqa: S102 - the purpose of the process
        solution: Any = scope.get("Solution")
        if callable(getattr(solution, fn_name, None)):
            getattr(solution(), fn_name)(*arguments)
        else:
            function: Any = scope[fn_name]
            function(*arguments)

    return Tracer(seconds).run(work)


def _say(report: Report) -> None:
    rest = (MARK + json.dumps(report)).encode("utf-8", "replace")
    while rest:
        rest = rest[os.write(1, rest) :]


def _values(frame: types.FrameType) -> dict[str, str]:
    """The variables of a frame, and the globals used by its code, as short texts."""
    code = frame.f_code
    named = {name: frame.f_globals[name] for name in code.co_names if name in frame.f_globals}
    found: dict[str, str] = {}
    for name, value in {**dict(frame.f_locals), **named}.items():
        if name.startswith("__") or isinstance(value, _SKIPPED) or len(found) == _VARIABLES:
            continue
        found[name[:_LONGEST]] = _text(value)
    return found


def _text(value: object) -> str:
    shortening = reprlib.Repr()
    shortening.maxstring = shortening.maxother = shortening.maxlong = _LONGEST
    shortening.maxlist = shortening.maxtuple = shortening.maxdict = shortening.maxset = 16
    try:
        return shortening.repr(value)[:_LONGEST]
    except BaseException:  # noqa: BLE001 - a class's own text may do anything
        return f"<{type(value).__name__}>"


def _join_threads() -> None:
    known = (threading.current_thread(), threading.main_thread())
    for thread in threading.enumerate():
        if not thread.daemon and thread not in known:
            thread.join()
