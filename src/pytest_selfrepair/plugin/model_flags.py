"""The flags of model requests: contents, endpoints and rates."""

from pytest_selfrepair.plugin import flag_values as values
from pytest_selfrepair.plugin.option import Option

MAX_TOKENS = 1024
"""The longest program or repair of a model not known to think, in tokens."""
FEEDBACK_MAX_TOKENS = 256
"""The longest explanation of such a model, in tokens."""
THINKING_MAX_TOKENS = 16_384
"""The longest completion of any kind of a model known to think, in tokens."""

MODEL_OPTIONS = (
    Option(
        name="temperature",
        metavar="T",
        help="sampling temperature, 0 to 2; none: not sent",
        default="0.8",
        parse=values.number_or_none(0, 2),
    ),
    Option(
        name="top_p",
        metavar="P",
        help="nucleus sampling: the share of probability, 0 to 1, from which tokens are drawn",
        default=None,
        otherwise="not sent",
        parse=values.number(0, 1),
    ),
    Option(
        name="reasoning_effort",
        metavar="WORD",
        help=(
            "how long a thinking model may think, as a word that its endpoint accepts, such as "
            "low, medium or high"
        ),
        default=None,
        otherwise="not sent",
        parse=values.word,
    ),
    Option(
        name="max_tokens",
        metavar="N",
        help="longest completion of a program or repair, in tokens, thoughts included",
        default=None,
        otherwise=f"{MAX_TOKENS}, or {THINKING_MAX_TOKENS} for a model known to think",
        parse=values.whole(1),
    ),
    Option(
        name="feedback_max_tokens",
        metavar="N",
        help="longest feedback of a model that only explains, in tokens, thoughts included",
        default=None,
        otherwise=f"{FEEDBACK_MAX_TOKENS}, or {THINKING_MAX_TOKENS} for a model known to think",
        parse=values.whole(1),
    ),
    Option(
        name="thinking_tag",
        metavar="TAG",
        help="a further tag around a model's thoughts, in addition to think and similar ones",
        default=None,
        parse=values.thinking_tag,
        repeats=True,
        page="thinking-models.md",
    ),
    Option(
        name="stop",
        metavar="TEXT",
        help="a stop sequence of completions",
        default=None,
        parse=values.raw_text,
        repeats=True,
    ),
    Option(
        name="extra_body",
        metavar="JSON",
        help="a JSON object of further fields for the body of every request",
        default=None,
        parse=values.extra_body,
    ),
    Option(
        name="header",
        metavar="'NAME: VALUE'",
        help=(
            "a further header of requests to the code model's endpoint; $NAME in its value is "
            "read from the environment and never stored"
        ),
        default=None,
        parse=values.header,
        repeats=True,
        secret=True,
    ),
    Option(
        name="models",
        metavar="FILE",
        help=(
            "a TOML file with a table for each model: its address, key variable, parameters, "
            "price and rate limits"
        ),
        default=None,
        parse=values.path,
        page="models.md",
    ),
    Option(
        name="seed",
        metavar="N",
        help="base seed, from which the seed of every request is derived",
        default=None,
        otherwise="not sent",
        parse=values.whole(0),
    ),
)

ENDPOINT_OPTIONS = (
    Option(
        name="base_url",
        metavar="URL",
        help=(
            "the address of the OpenAI-compatible endpoint; further ones are servers of the same "
            "model"
        ),
        default=None,
        otherwise="$OPENAI_BASE_URL, else OpenAI's",
        parse=values.url,
        repeats=True,
        page="endpoints.md#several-servers-of-one-model",
    ),
    Option(
        name="feedback_base_url",
        metavar="URL",
        help=(
            "the address of the endpoint of models that only explain; its key is "
            "$SELFREPAIR_FEEDBACK_API_KEY"
        ),
        default=None,
        otherwise="$SELFREPAIR_FEEDBACK_BASE_URL, else as for the code model",
        parse=values.url,
    ),
    Option(
        name="concurrency",
        metavar="N",
        help="requests in flight, over the whole run",
        default="16",
        parse=values.whole(1),
    ),
    Option(
        name="request_timeout",
        metavar="SECONDS",
        help="longest time for one request, in seconds",
        default="600",
        parse=values.number(0.1, 86400),
    ),
    Option(
        name="request_retries",
        metavar="N",
        help="how often a request is retried after 429, 5xx or a lost connection",
        default="8",
        parse=values.whole(0),
    ),
    Option(
        name="retry_time",
        metavar="SECONDS",
        help="how long after its first attempt a request may be retried, in seconds",
        default="1800",
        parse=values.number(0, 604800),
    ),
    Option(
        name="requests_per_minute",
        metavar="N",
        help="requests sent to an endpoint per minute, over the whole run",
        default=None,
        otherwise="no bound",
        parse=values.whole(1),
    ),
    Option(
        name="tokens_per_minute",
        metavar="N",
        help=(
            "tokens, read and generated, requested from an endpoint per minute, over the whole run"
        ),
        default=None,
        otherwise="no bound",
        parse=values.whole(1),
    ),
    Option(
        name="local_weights",
        metavar="FILE",
        help="your own GGUF file for the model local",
        default=None,
        otherwise="the built-in ones",
        parse=values.path,
        page="embedded-model.md",
    ),
    Option(
        name="local_threads",
        metavar="N",
        help="processors that an embedded model may use",
        default=None,
        otherwise="all but one",
        parse=values.whole(1),
    ),
)
