"""Run a program on one case as Python would, and report how it ended.

It shares the process with untrusted code, so its report is only a claim. Like the zygote, it runs
as a plain file and needs only the standard library.
"""

import atexit
import builtins
import contextlib
import importlib
import json
import re
import resource
import signal
import sys
import threading
import types
from collections.abc import Callable, Mapping
from typing import Any

if __package__:
    from pytest_selfrepair.sandbox.inside import plain, standin, words
else:  # a plain file beside its siblings
    import plain  # type: ignore[import-not-found,no-redef]
    import standin  # type: ignore[import-not-found,no-redef]
    import words  # type: ignore[import-not-found,no-redef]

_LONGEST_MESSAGE = 2_000  # characters

AROUND_FILE = "tests.py"
"""The file name of the code that is run before and after a program."""

# What the starter code of call-based tasks expects to be defined: these modules by name, and the
# public names of the starred ones that hide neither a builtin (as math.pow would) nor a module.
_STARRED = (
    *("typing", "collections", "math", "itertools", "functools"),
    *("heapq", "bisect", "operator", "string"),
)
_MODULES = (*_STARRED, "copy", "datetime", "decimal", "fractions", "random", "re", "sys")

Fields = dict[str, Any]  # parsed JSON

MOST_DIGITS = 20_000
"""The most digits of an integer in a result, as parsing time grows with their square."""

LONGEST_RESULT = 1 << 24
"""The longest result, in characters of JSON."""

_LONG_INTEGER = re.compile(rf"\d{{{MOST_DIGITS + 1}}}")
_INTEGER_KEY = re.compile(r"-?(?:0|[1-9]\d{0,99})", re.ASCII)

FINISHED: Fields = json.loads(words.FINISHED)
"""The report of a program that ran to its end."""


def starter_names() -> dict[str, object]:
    """Return the names that call-based programs find defined."""
    names: dict[str, object] = {name: importlib.import_module(name) for name in _MODULES}
    for module in _STARRED:
        for name, value in vars(names[module]).items():
            if not name.startswith("_") and not hasattr(builtins, name):
                names.setdefault(name, value)
    return names


def try_to_compile(program: str, file: str) -> tuple[types.CodeType | None, Fields]:
    """Compile a program; return its code, or None with the reason and the line."""
    try:
        return compile(program, file, "exec", dont_inherit=True), {}
    except SyntaxError as error:
        return None, {"end": "uncompiled", "message": _brief(error.msg), "line": error.lineno}
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        message = _brief(error) or type(error).__name__
        return None, {"end": "uncompiled", "message": message, "line": None}


def run_script(code: types.CodeType, file: str) -> Fields:
    """Run a program as ``python program.py`` would, to the end of its threads and exit functions.

    An exception in a thread does not end the process, but is reported, as it may explain a wrong
    answer.
    """
    in_threads: list[Fields] = []

    def note(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            in_threads.append(describe(args.exc_value, file))

    threading.excepthook = note
    scope = vars(module("__main__", {}, file))
    end = FINISHED
    _give_own_depth()
    try:
        exec(code, scope)  # noqa: S102 - the purpose of the process
    except SystemExit as error:
        if error.code not in (None, 0):
            end = describe(error, file)
    _end_as_python_does()
    scope.clear()  # so that files that the program left open are flushed
    return {**end, "in_thread": in_threads[0]} if in_threads else end


def call_in(
    code: types.CodeType,
    fn_name: str,
    arguments: list[Any],
    scope: dict[str, Any],
    *,
    in_place: bool,
) -> Fields:
    """Run a program in a namespace and call its function, or its ``Solution``'s method.

    The result is the returned value or, with `in_place`, the first argument as changed.
    """
    function = _defined(code, fn_name, scope)
    if function is None:
        return {"end": "missing"}
    first = arguments[0] if in_place else None
    result = function(*arguments)
    if in_place:
        result = first
    try:
        text = json.dumps(result)
    except (TypeError, ValueError, RecursionError):
        shown = repr(result)[:_LONGEST_MESSAGE]
        return {"end": "not_json", "type": type(result).__name__, "shown": shown}
    if len(text) > LONGEST_RESULT or (len(text) > MOST_DIGITS and _LONG_INTEGER.search(text)):
        return {"end": "too_large"}
    return {"end": "returned", "result": text}


def with_integer_keys(arguments: list[Any]) -> list[Any]:
    """Convert digit keys of arguments to integers, as APPS's own grader does."""
    return [
        {int(key): value for key, value in each.items()}
        if isinstance(each, dict) and each and all(map(_INTEGER_KEY.fullmatch, each))
        else each
        for each in arguments
    ]


def call_plainly(
    code: types.CodeType,
    fn_name: str,
    call: Fields,
    scope: dict[str, Any],
    around: tuple[str, str],
) -> Fields:
    """Call a program's function with fresh arguments, given as plain values or source.

    Args:
        code: The program.
        fn_name: Its function.
        call: A call as noted by `standin`.
        scope: A namespace with the names defined for programs.
        around: The code to run before and after the program, in its namespace.
    """
    before, after = (compile(text, AROUND_FILE, "exec", dont_inherit=True) for text in around)
    exec(before, scope)  # noqa: S102 - a task's own
    function = _defined(code, fn_name, scope)
    if function is None:
        return {"end": "missing"}
    exec(after, scope)  # noqa: S102 - a task's own
    if "source" in call:
        collect = f"(lambda *args, **kwargs: (args, kwargs))({call['source']})"
        args, kwargs = eval(compile(collect, AROUND_FILE, "eval", dont_inherit=True), scope)  # noqa: S307 - as above
    else:
        args = [plain.decode(each) for each in call["args"]]
        kwargs = {name: plain.decode(each) for name, each in call["kwargs"].items()}
    result = function(*args, **kwargs)
    try:
        return {"end": "returned", "result": json.dumps(plain.encode(result))}
    except plain.NotPlainError as error:
        kind, value = error.args
        return {"end": "not_plain", "type": kind, "shown": repr(value)[:_LONGEST_MESSAGE]}
    except RecursionError:
        kind = type(result).__name__
        return {"end": "not_plain", "type": kind, "shown": "a value nested too deep to show"}


def examine(request: Fields) -> Fields:
    """Run a task's assertions in a process without a program."""
    return {"end": "returned", "result": json.dumps(standin.examine(request))}


def _defined(
    code: types.CodeType, fn_name: str, scope: dict[str, Any]
) -> Callable[..., Any] | None:
    """Run a program; return its function or its ``Solution``'s method, or None.

    The name counts however the program binds it, but not if only the namespace had it before.
    """
    scope.pop(fn_name, None)
    _give_own_depth()
    exec(code, scope)  # noqa: S102 - the purpose of the process
    function = getattr(scope.get("Solution"), fn_name, None) and getattr(
        scope["Solution"](), fn_name
    )
    if function is None:
        function = scope.get(fn_name)
    return function if callable(function) else None


def _give_own_depth() -> None:
    """Give called code the recursion depth of a fresh interpreter.

    The limit that the program reads does not include the frames around it.
    """
    around, frame = _FRAMES_BELOW, sys._getframe(1)  # noqa: SLF001 - there is no other way
    found: types.FrameType | None = frame
    while found is not None:
        around, found = around + 1, found.f_back
    usual, put = _DEPTH
    put(_USUAL_DEPTH + around)

    def getrecursionlimit() -> int:
        return usual() - around

    def setrecursionlimit(limit: int, /) -> None:
        put(limit if limit < 1 else min(limit + around, _MOST_DEPTH))

    sys.getrecursionlimit, sys.setrecursionlimit = getrecursionlimit, setrecursionlimit


_DEPTH = sys.getrecursionlimit, sys.setrecursionlimit
_USUAL_DEPTH = sys.getrecursionlimit()
_MOST_DEPTH = (1 << 31) - 1
_FRAMES_BELOW = 1  # frames that the interpreter counts between a frame and the code run by `exec`


def describe(error: BaseException, file: str) -> Fields:
    """Describe an exception and the innermost line of the program in its traceback."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    error.__traceback__ = None  # it may hold memory that the report needs
    message = _brief(error)
    return {"end": "raised", "type": type(error).__name__, "message": message, "line": line}


def open_standard_streams() -> None:
    """Open standard input and output as a new Python process would."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"))):
        stream = open(  # noqa: SIM115 - open as long as the process
            number, mode, encoding="utf-8", errors="surrogateescape", newline="\n", closefd=False
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def claim(work: Callable[[], Fields], stack_bytes: int, memory_bytes: int, file: str) -> Fields:
    """Run work within a memory limit and report how it ended.

    Args:
        work: The function to run.
        stack_bytes: The stack of a thread to run it on; 0 for the default.
        memory_bytes: The limit on address space.
        file: The program's name in its own traceback.
    """
    if sys.platform == "linux":  # elsewhere, address space is not limited
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        soft = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    if not stack_bytes:
        return _reporting(work, file)
    claims: list[Fields] = []
    threading.stack_size(stack_bytes)
    thread = threading.Thread(target=lambda: claims.append(_reporting(work, file)))
    thread.start()
    threading.stack_size(0)
    thread.join()
    return claims[0]


def _reporting(work: Callable[[], Fields], file: str) -> Fields:
    if random := sys.modules.get("random"):
        random.seed(0)  # it reseeds itself after every fork
    if numbers := sys.modules.get("numpy.random"):
        numbers.seed(0)  # for the same reason
    try:
        return work()
    except BaseException as error:  # noqa: BLE001 - any exception is the program's end
        return describe(error, file)
    finally:
        if sys.platform == "linux":  # the report may need memory that the program has used up
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def module(name: str, names: Mapping[str, object], file: str) -> types.ModuleType:
    """Make a module for a program with these names defined."""
    made = sys.modules[name] = types.ModuleType(name)
    vars(made).update(names)
    vars(made)["__file__"] = file
    return made


def _brief(message: object) -> str:
    try:
        return str(message)[:_LONGEST_MESSAGE]
    except Exception:  # noqa: BLE001 - an exception's own text may raise anything
        return ""


def _end_as_python_does() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)  # cancelled: this takes longer than in Python itself
    while others := [
        thread
        for thread in threading.enumerate()
        if not thread.daemon and thread not in (threading.current_thread(), threading.main_thread())
    ]:
        for thread in others:
            thread.join()
    atexit._run_exitfuncs()  # noqa: SLF001 - what Python itself calls at its end
    for stream in (sys.stdout, sys.__stdout__, sys.stderr):
        with contextlib.suppress(Exception):  # closed, replaced, or beyond the limit of output
            if stream is not None:
                stream.flush()
