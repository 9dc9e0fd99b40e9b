"""What a case's child does: run the program as Python would, and say how it ended.

It shares the process with untrusted code, so what it says is no more than a claim. Like the zygote,
beside which it lies as a plain file, it needs the standard library alone.
"""

import atexit
import builtins
import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __package__:
    from pytest_selfrepair.sandbox import plain, standin
else:  # a plain file beside its siblings
    import plain  # type: ignore[import-not-found,no-redef]
    import standin  # type: ignore[import-not-found,no-redef]

PROGRAM_FILE = "program.py"
"""The program's name in its own traceback."""

_LONGEST_MESSAGE = 2_000  # characters
_AROUND_FILE = "tests.py"
_CALLED = "program"  # a module with a function to call

# What the starter code of call-based tasks takes for granted: these modules by name, and the public
# names of the first ones, as far as they hide no builtin (as math.pow would) and no module.
_STARRED = (
    *("typing", "collections", "math", "itertools", "functools"),
    *("heapq", "bisect", "operator", "string"),
)
_MODULES = (*_STARRED, "copy", "datetime", "decimal", "fractions", "random", "re", "sys")

Fields = dict[str, Any]  # what JSON carries

FINISHED: Fields = {"end": "finished"}
"""What is said of a program that ran to its end."""


def starter_names() -> dict[str, object]:
    """The names that call-based programs find defined."""
    names: dict[str, object] = {name: importlib.import_module(name) for name in _MODULES}
    for module in _STARRED:
        for name, value in vars(names[module]).items():
            if not name.startswith("_") and not hasattr(builtins, name):
                names.setdefault(name, value)
    return names


def try_to_compile(program: str) -> tuple[types.CodeType | None, Fields]:
    """The program's code, or None and why and where it does not compile."""
    try:
        return compile(program, PROGRAM_FILE, "exec", dont_inherit=True), {}
    except SyntaxError as error:
        return None, {"end": "uncompiled", "message": _brief(error.msg), "line": error.lineno}
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        message = _brief(error) or type(error).__name__
        return None, {"end": "uncompiled", "message": message, "line": None}


def run_script(code: types.CodeType) -> Fields:
    """Run a program as ``python program.py`` would, to the end of its threads and exit functions.

    An exception in a thread ends no process, but is passed on, for it may explain a wrong answer.
    """
    in_threads: list[Fields] = []

    def note(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            in_threads.append(describe(args.exc_value))

    threading.excepthook = note
    module = _module("__main__", {})
    end = FINISHED
    try:
        exec(code, vars(module))  # noqa: S102 - the purpose of the process
    except SystemExit as error:
        if error.code not in (None, 0):
            end = describe(error)
    _end_as_python_does()
    vars(module).clear()  # so that files the program left open write what they hold
    return {**end, "in_thread": in_threads[0]} if in_threads else end


def call_function(
    code: types.CodeType,
    fn_name: str,
    arguments: list[Any],
    names: dict[str, object],
    *,
    in_place: bool,
) -> Fields:
    """Call a program's function, or its ``Solution``'s method, with fresh arguments.

    Its result is what it returns, or what it leaves in its first argument.
    """
    scope = vars(_module(_CALLED, names))
    function = _defined(code, fn_name, scope)
    if function is None:
        return {"end": "missing"}
    first = arguments[0] if in_place else None
    result = function(*arguments)
    if in_place:
        result = first
    try:
        return {"end": "returned", "result": json.dumps(result)}
    except (TypeError, ValueError, RecursionError):
        shown = repr(result)[:_LONGEST_MESSAGE]
        return {"end": "not_json", "type": type(result).__name__, "shown": shown}


def call_plainly(
    code: types.CodeType,
    fn_name: str,
    call: Fields,
    names: dict[str, object],
    around: tuple[str, str],
) -> Fields:
    """Call a program's function with fresh arguments, which may be any plain values or source.

    Args:
        code: The program.
        fn_name: Its function.
        call: What `standin` notes of a call.
        names: What a program finds defined.
        around: What is run before and after it in its namespace.
    """
    scope = vars(_module(_CALLED, names))
    before, after = (compile(text, _AROUND_FILE, "exec", dont_inherit=True) for text in around)
    exec(before, scope)  # noqa: S102 - a task's own
    function = _defined(code, fn_name, scope)
    if function is None:
        return {"end": "missing"}
    exec(after, scope)  # noqa: S102 - a task's own
    if "source" in call:
        collect = f"(lambda *args, **kwargs: (args, kwargs))({call['source']})"
        args, kwargs = eval(compile(collect, _AROUND_FILE, "eval", dont_inherit=True), scope)  # noqa: S307 - as above
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
    """Run a task's assertions, where no program is."""
    return {"end": "returned", "result": json.dumps(standin.examine(request))}


def _defined(
    code: types.CodeType, fn_name: str, scope: dict[str, Any]
) -> Callable[..., Any] | None:
    """Run a program; its function, or its ``Solution``'s method, or None."""
    found_before = scope.get(fn_name)
    exec(code, scope)  # noqa: S102 - the purpose of the process
    function = getattr(scope.get("Solution"), fn_name, None) and getattr(
        scope["Solution"](), fn_name
    )
    if function is None and scope.get(fn_name) is not found_before:
        function = scope.get(fn_name)
    return function if callable(function) else None


def describe(error: BaseException) -> Fields:
    """An exception, and the program's own innermost line in its traceback."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == PROGRAM_FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    error.__traceback__ = None  # which may hold the memory that a report needs
    message = _brief(error)
    return {"end": "raised", "type": type(error).__name__, "message": message, "line": line}


def open_standard_streams() -> None:
    """Give a case the streams that a new Python process would have, beside standard error."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"))):
        stream = open(  # noqa: SIM115 - open as long as the process
            number, mode, encoding="utf-8", errors="surrogateescape", closefd=False
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


class State:
    """What Python shares between programs, as it was before any ran.

    Attributes:
        scratch: The current folder, from which a program's own modules come.
    """

    def __init__(self) -> None:
        self.scratch = str(Path.cwd())
        self._modules = set(sys.modules)
        self._path = [self.scratch, *sys.path]
        self._builtins = dict(builtins.__dict__)
        self._environment, self._variables = os.environ, dict(os.environ)
        self._encoded = dict(_encoded(os.environ))
        self._depth, self._stderr = sys.getrecursionlimit(), sys.stderr

    def restore(self) -> bool:
        """Put it back, between two cases; false where that is not possible."""
        namespace = builtins.__dict__
        if namespace != self._builtins:  # first, for all else needs them
            namespace.clear()
            namespace.update(self._builtins)
        if threading.active_count() != 1:
            return False
        sys.modules.pop(_CALLED, None)
        if len(sys.modules) != len(self._modules):
            for name in set(sys.modules) - self._modules:
                if str(getattr(sys.modules[name], "__file__", "")).startswith(self.scratch):
                    del sys.modules[name]
        sys.path[:] = self._path
        sys.stderr = self._stderr
        os.environ = self._environment  # noqa: B003 - the one that it was
        if _encoded(os.environ) != self._encoded:
            os.environ.clear()
            os.environ.update(self._variables)
        try:
            os.chdir(self.scratch)
        except OSError:  # the program has closed it
            return False
        os.umask(0o022)
        sys.setrecursionlimit(self._depth)
        sys.set_int_max_str_digits(0)
        sys.settrace(None)
        sys.setprofile(None)
        gc.enable()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        if decimal := sys.modules.get("decimal"):
            decimal.setcontext(decimal.DefaultContext.copy())
        return True


def _encoded(environment: "os._Environ[str]") -> dict[bytes, bytes]:
    """An environment as it is kept, which spares its decoding."""
    encoded: dict[bytes, bytes] = vars(environment)["_data"]
    return encoded


def claim(work: Callable[[], Fields], stack_bytes: int, memory_bytes: int) -> Fields:
    """Do the work within a bound of memory, and say how it ended.

    Args:
        work: What to do.
        stack_bytes: The stack of a thread to do it on; 0 for the usual one.
        memory_bytes: Address space.
    """
    if sys.platform == "linux":  # elsewhere address space is not limited
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        soft = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    if not stack_bytes:
        return _reporting(work)
    claims: list[Fields] = []
    threading.stack_size(stack_bytes)
    thread = threading.Thread(target=lambda: claims.append(_reporting(work)))
    thread.start()
    threading.stack_size(0)
    thread.join()
    return claims[0]


def _reporting(work: Callable[[], Fields]) -> Fields:
    if random := sys.modules.get("random"):
        random.seed(0)  # it reseeds itself after every fork
    if numbers := sys.modules.get("numpy.random"):
        numbers.seed(0)  # for the same reason: the same in every run
    try:
        return work()
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what became of the program
        return describe(error)
    finally:
        if sys.platform == "linux":  # the report may need what the program has taken
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _module(name: str, names: dict[str, object]) -> types.ModuleType:
    module = sys.modules[name] = types.ModuleType(name)
    vars(module).update(names)
    vars(module)["__file__"] = PROGRAM_FILE
    return module


def _brief(message: object) -> str:
    try:
        return str(message)[:_LONGEST_MESSAGE]
    except Exception:  # noqa: BLE001 - an exception's own text may raise anything
        return ""


def _end_as_python_does() -> None:
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
