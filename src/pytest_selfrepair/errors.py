"""The exceptions of the project.

SelfRepairError
├── UsageError              an option, a prompt set or a name that cannot be used
├── TaskError               a task file that cannot be read; spoils no other task
├── ReportError             a report that cannot be written or read
└── InfrastructureError     no verdict could be reached; never scored as a wrong program
    ├── ModelError          the model gave no answer
    │   ├── EndpointRefusedError   asking again cannot help: key, model name, request
    │   ├── EndpointFailedError    bounded retries ended: rate limit, server, connection
    │   ├── ScriptError            a scripted model has no answer for this node
    │   ├── OwnModelError          a model of the user's own raised something
    │   └── LocalModelError        the embedded model cannot be set up
    ├── FeedbackError       a feedback source of the user's own raised something
    ├── ReplayMissError     replay was asked for and the store has no such sample
    ├── SandboxError        the sandbox could not run a program
    ├── CheckerError        a task's own checker could not say whether an answer is right
    ├── StoreError          samples or records cannot be kept
    ├── BudgetSpentError    the run has spent what it may
    ├── RunEndedError       the run ended before the request could be sent
    └── WorkerLostError     the process that ran the task died
"""


class SelfRepairError(Exception):
    """Base of every error this project raises on purpose; its text is fit for a user."""


class UsageError(SelfRepairError):
    """Something the user asked for cannot be: an option, an ini value, a name."""


class TaskError(SelfRepairError):
    """A task file is not what the APPS format allows.

    Args:
        file: The file, as the user would name it.
        field: The field or line in it.
        found: What stands there, shortened.
        accepted: What would have been right.
    """

    def __init__(self, *, file: str, field: str, found: str, accepted: str) -> None:
        super().__init__(f"{file}: {field}: found {found}; accepted: {accepted}")
        self.file = file
        self.field = field
        self.found = found
        self.accepted = accepted


class ReportError(SelfRepairError):
    """A report cannot be written, or what should be one cannot be read."""


class InfrastructureError(SelfRepairError):
    """No verdict could be reached through no fault of the program: never a wrong program."""


class ModelError(InfrastructureError):
    """The model gave no answer."""


class EndpointRefusedError(ModelError):
    """The endpoint refuses and will go on refusing: wrong key, unknown model, bad request."""


class EndpointFailedError(ModelError):
    """The endpoint did not answer within the allowed retries."""


class ScriptError(ModelError):
    """A scripted model's file is malformed or has no answer for a node."""


class OwnModelError(ModelError):
    """A model of the user's own raised something, or returned what is no sample."""


class FeedbackError(InfrastructureError):
    """A feedback source of the user's own raised something, or returned what is no feedback."""


class LocalModelError(ModelError):
    """The embedded model cannot be set up, or does not count its tokens."""


class ReplayMissError(InfrastructureError):
    """`--selfrepair-replay only` was given and the store has no such sample."""


class SandboxError(InfrastructureError):
    """The sandbox could not run a program, or broke while it did."""


class CheckerError(InfrastructureError):
    """A task's own checker broke, on the expected answer too; nothing is known of the answer."""


class StoreError(InfrastructureError):
    """The store cannot be opened, read or written."""


class BudgetSpentError(InfrastructureError):
    """What the whole run may spend is spent: `--selfrepair-max-tokens-total` or `-max-cost`."""


class RunEndedError(InfrastructureError):
    """The run has ended early: what has not been sent is not sent any more."""


class WorkerLostError(InfrastructureError):
    """The process that was running a task died before it reported."""
