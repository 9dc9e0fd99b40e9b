"""Run llama.cpp's server for the embedded model in a process that ends with its parent.

Standard input carries one line, a `ServerConfig`, and is then held open by the parent; its end
stops the server, also where the parent was killed. Standard output carries one line, a `Ready`,
once the model answers. Standard error is the log.
"""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from typing import NoReturn

# Warnings and errors only: a line per request would fill the disk in a long run.
_VERBOSITY = 2
# The cache for prompts of reassigned slots; llama.cpp's default is 8 GB.
_PROMPT_CACHE_MIB = 256
# Seconds for llama.cpp's logging thread to write its last messages.
_LAST_WORDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """The configuration of the server.

    Attributes:
        weights: Path of the GGUF file.
        name: The model's name, as the server reports it.
        api_key: The key of every request.
        slots: Completions drawn at once.
        context: The longest prompt and completion together in a slot, in tokens.
        threads: Processor threads.
    """

    weights: str
    name: str
    api_key: str
    slots: int
    context: int
    threads: int

    def to_line(self) -> bytes:
        """One line of JSON in ASCII."""
        return json.dumps(asdict(self)).encode("ascii") + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "ServerConfig":
        """The inverse of `to_line`."""
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The line sent once the model answers, with the address ``http://127.0.0.1:PORT``."""

    address: str

    def to_line(self) -> bytes:
        """One line of JSON in ASCII."""
        return json.dumps(asdict(self)).encode("ascii") + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "Ready":
        """The inverse of `to_line`."""
        return cls(**json.loads(line))


def serve(config: ServerConfig) -> NoReturn:
    """Load the model, report it, and serve until standard input ends; then exit the process."""
    import xllamacpp  # noqa: PLC0415 - the parent imports this module, and must not load llama.cpp

    params = xllamacpp.CommonParams()
    params.model.path = config.weights
    params.model_alias = {config.name}
    params.n_parallel = config.slots
    params.n_ctx = config.slots * config.context
    params.cpuparams.n_threads = config.threads
    params.cpuparams_batch.n_threads = config.threads
    params.cache_ram_mib = _PROMPT_CACHE_MIB
    params.verbosity = _VERBOSITY
    # Other users of this machine and pages in a browser reach loopback too: hence the key, and
    # no access from other origins.
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [config.api_key]
    params.cors_origins = ""
    params.cors_credentials = False
    params.ui = False
    params.endpoint_slots = False

    ready_pipe = os.dup(1)
    os.dup2(2, 1)  # What llama.cpp prints belongs in the log.
    # This holds the interpreter until the model is loaded; a parent's death meanwhile is noticed
    # only then.
    server = xllamacpp.Server(params)
    os.write(ready_pipe, Ready(address=server.listening_address).to_line())
    sys.stdin.buffer.read()
    os._exit(0)  # At once: a clean shutdown would first finish all completions.


def main() -> None:
    """Run the server; never returns, as its threads would block a normal exit."""
    try:
        serve(ServerConfig.from_line(sys.stdin.buffer.readline()))
    except Exception as error:  # noqa: BLE001 - the parent shows the log for any exception
        time.sleep(_LAST_WORDS)
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    finally:
        sys.stderr.flush()
        os._exit(1)


if __name__ == "__main__":
    main()
