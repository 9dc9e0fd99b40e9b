"""The project's exceptions.

SelfRepairError
├── UsageError              an option, a prompt set or a name that cannot be used
├── TaskError               a task file that cannot be read; spoils no other task
├── ReportError             a report that cannot be written or read
└── InfrastructureError     no verdict could be reached; never scored as a wrong program
    ├── ModelError          the model gave no answer
    │   ├── EndpointRefusedError   a retry cannot help: key, model name, request
    │   ├── EndpointFailedError    all retries failed: rate limit, server, connection
    │   ├── ScriptError            a scripted model has no answer for this node
    │   ├── OwnModelError          a user's own model raised an exception
    │   └── LocalModelError        the embedded model cannot be set up
    ├── FeedbackError       a user's own feedback source raised an exception
    ├── ReplayMissError     with replay only, the store lacks a sample
    ├── SandboxError        the sandbox could not run a program
    ├── CheckerError        a task's own checker could not say whether an answer is right
    ├── StoreError          samples or records cannot be stored
    ├── BudgetSpentError    the run's budget is spent
    ├── RunEndedError       the run ended before the request could be sent
    └── WorkerLostError     the process that ran the task died
"""


class SelfRepairError(Exception):
    """Base of all errors raised on purpose; the message is for users."""


class UsageError(SelfRepairError):
    """An option, ini value or name from the user is invalid."""


class TaskError(SelfRepairError):
    """A task file violates the APPS format.

    Args:
        file: The file, as the user names it.
        field: The field or line in it.
        found: The value found, shortened.
        accepted: What is accepted.
    """

    def __init__(self, *, file: str, field: str, found: str, accepted: str) -> None:
        super().__init__(f"{file}: {field}: found {found}; accepted: {accepted}")
        self.file = file
        self.field = field
        self.found = found
        self.accepted = accepted


class ReportError(SelfRepairError):
    """A report cannot be written or read."""


class InfrastructureError(SelfRepairError):
    """No verdict could be reached, for reasons other than the program; never a wrong program."""


class ModelError(InfrastructureError):
    """The model gave no answer."""


class EndpointRefusedError(ModelError):
    """The endpoint refuses the request, and retries cannot help: key, model name or request."""


class EndpointFailedError(ModelError):
    """The endpoint did not answer within the allowed retries."""


class ScriptError(ModelError):
    """A scripted model's file is malformed or has no answer for a node."""


class OwnModelError(ModelError):
    """A user's own model raised an exception, or did not return a sample."""


class FeedbackError(InfrastructureError):
    """A user's own feedback source raised an exception, or did not return feedback."""


class LocalModelError(ModelError):
    """The embedded model cannot be set up, or its tokens cannot be counted."""


class ReplayMissError(InfrastructureError):
    """With `--selfrepair-replay only`, a sample is not stored."""


class SandboxError(InfrastructureError):
    """The sandbox could not run a program, or failed while doing so."""


class CheckerError(InfrastructureError):
    """A task's own checker failed, on the expected answer too, so the answer cannot be judged."""


class StoreError(InfrastructureError):
    """The store cannot be opened, read or written."""


class BudgetSpentError(InfrastructureError):
    """The whole run's budget (`--selfrepair-max-tokens-total` or `-max-cost`) is spent."""


class RunEndedError(InfrastructureError):
    """The run ended early, and no more requests are sent."""


class WorkerLostError(InfrastructureError):
    """The process that was running a task died before it reported."""
