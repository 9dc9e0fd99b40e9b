"""The wordings and codes of errors from some forty servers and gateways.

Each pattern is searched in all texts of an error, however it is wrapped.
"""

import re

from pytest_selfrepair.core.lazy_pattern import LazyPattern


def _any_of(*patterns: str) -> LazyPattern:
    return LazyPattern("|".join(patterns), re.IGNORECASE | re.DOTALL)


_LENGTH = r"(?:size|window|length|limit)"

CONTEXT_CODES = frozenset(
    {
        "context_length_exceeded", "exceed_context_size_error", "contextwindowexceedederror",
        "context_window_exceeded", "model_max_prompt_tokens_exceeded", "tokens_limit_reached",
        "string_above_max_length", "model_context_window_exceeded", "prompt_too_long",
        "max_prompt_length_exceeded", "input_too_long",
    }
)  # fmt: skip
CONTEXT_SURE = _any_of(
    # OpenAI, Azure, vLLM, SGLang, DeepSeek, OpenRouter, xAI, Mistral, Fireworks, Ollama, …
    r"(?:maximum|max\.?|allowed) (?:allowed )?(?:context|model|prompt|input|sequence) "
    r"(?:length|size)",
    r"context[ _-]?window[ _-]?exceeded",
    rf"(?:exceed\w*|longer than|greater than|larger than|too (?:large|long) for) (?:\w+'s |the "
    rf"|your |this |an? |model'?s? |available |maximum |configured |max |allowed |total |input )*"
    rf"context[ _]?{_LENGTH}",
    rf"context[ _]?{_LENGTH},? (?:has been |is |was |of |limit )*(?:exceed|overflow|too small"
    r"|only)",
    r"context (?:the )?overflow",  # LM Studio
    r"too long to fit into the model",
    r"(?:prompt|input|messages?|question) (?:is |are )?too (?:long|large)\b",
    r"(?:prompt|input) (?:length|tokens?|token count|size)[^.;]{0,60}?(?:exceed|cannot exceed"
    r"|greater than|longer than|larger than)",
    r"prompt exceeds",
    r"(?:input|prompt) token count[^.;]{0,40}(?:exceeds|but model only supports)",
    r"input tokens? exceed|too many tokens: |too many (?:input|prompt) tokens",
    r"tokens in the prompt cannot exceed|total tokens limit",
    r"`?inputs`? (?:tokens \+ `?max_new_tokens`? must be|must have less than)",  # TGI
    r"max_(?:completion_)?tokens must be at least 1, got -",  # vLLM: what remains for a completion
    r"prompt contains \d+ tokens",
    r"sum of prompt length",  # TensorRT-LLM
    r"exceeded model token limit|token count exceeds (?:the )?(?:token )?limit",
    r"range of input length should be",  # Alibaba
    r"tokens to keep from the initial prompt is greater",
    r"exceed\w* (?:the )?(?:max_model_len|max_seq_len|max_position_embeddings)",
    r"longer than (?:the |this )?(?:model'?s? )?(?:maximum )?(?:model|context|input|prompt)",
    r"request body too large for .{0,80}tokens",
    r"maximum input length|expected maxlength",
)
CONTEXT = _any_of(
    CONTEXT_SURE.pattern,
    r"reduce (?:the|your) (?:length|size) of (?:the |your )?(?:\w+ )?(?:messages|input|prompt)",
)
"""Also matches rate limits counted in tokens."""

FILTER_CODES = frozenset(
    {
        "content_filter", "content_policy_violation", "invalid_prompt", "data_inspection_failed",
        "responsibleaipolicyviolation", "prohibited_content", "safety", "blocklist",
        "moderation_blocked", "sensitive_content", "content_blocked", "content_filtered",
    }
)  # fmt: skip
FILTER = _any_of(
    r"content management policy|content[ _]filter|content[ _]policy|safety (?:system|filter)",
    r"(?:input|prompt|request|content|message|output)s? (?:was|were|is|are|has been|have been) "
    r"(?:\w+ )?(?:flagged|blocked|filtered)",
    r"(?:blocked|rejected|refused|flagged) (?:by|for|due to|because of|as) [^.]{0,40}"
    r"(?:safety|moderation|policy|guardrail|filter|prohibited)",
    r"prohibited content|inappropriate content|content exists risk|sensitive (?:content|word)",
    r"responsible ai|usage polic",
)

RATE_CODES = frozenset(
    {
        "rate_limit_exceeded", "rate_limit_error", "rate_limit", "ratelimiterror", "throttled",
        "too_many_requests", "throttlingexception", "rate_limited", "engine_overloaded_error",
        "overloaded_error",
    }
)  # fmt: skip
RATE = _any_of(
    r"rate[ _-]?limit|too many requests|throttl|(?:tokens|requests) per (?:min|sec|hour|day)",
    r"\b(?:TPM|RPM|RPD|TPD)\b",
)
TOO_LARGE_FOR_RATE = _any_of(r"tokens must be reduced in order to run")
"""OpenAI's wording for a single request above the account's limit per minute."""

QUOTA_CODES = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "insufficient_balance", "arrearage",
     "billing_not_active", "insufficient_credits", "insufficient_funds", "credits_exhausted"}
)  # fmt: skip
QUOTA = _any_of(
    r"exceeded your current quota|insufficient[ _](?:quota|balance|credit|fund)",
    r"(?:credit|account)s? balance (?:is )?(?:too low|insufficient|negative|exhausted)",
    r"(?:no|out of|used all|run out of|not enough|ran out of)(?: available| remaining)? "
    r"(?:credit|fund|balance)",
    r"billing (?:\w+ )?(?:limit|inactive|not active|disabled|required)|check your plan and billing",
    r"(?:monthly|hard|spending|budget) (?:\w+ )?(?:limit|cap|quota)|payment required",
    r"(?:credit|quota|balance|fund)s? (?:has been |have been |is |are )?(?:exhausted|depleted"
    r"|used up|too low|not enough|insufficient|spent)",
    r"(?:add|purchase|buy|top[- ]?up|recharge)\b[^.]{0,40}(?:credit|balance|fund|account)",
    r"budget has been exceeded|account (?:is )?(?:overdue|in arrears|suspended)",
    "\u4f59\u989d\u4e0d\u8db3|\u6b20\u8d39",  # balance too low, or account in arrears
)
PER_MINUTE = _any_of(r"per[- ]?(?:minute|min|second|sec)\b|\b[RT]PM\b")
"""Wordings of rate limits, even where they mention accounts and plans."""
DAILY = _any_of(
    r"(?:requests|tokens|models|calls|messages)[ -]per[ -]day|\b[RT]PD\b",
    r"daily (?:\w+ )?(?:limit|quota)",
)

REGION = _any_of(
    r"(?:country|region|territory|location)[^.]{0,40}(?:not supported|unsupported|not available)",
    r"not (?:available|supported) in your (?:country|region|location)|unsupported_country",
)
UNKNOWN_MODEL_CODES = frozenset(
    {"model_not_found", "model_not_supported", "invalid_model", "unknown_model", "modelnotfound",
     "deploymentnotfound", "model_not_available", "invalid_model_error"}
)  # fmt: skip
UNKNOWN_MODEL = _any_of(
    r"model\b[^.\n]{0,100}(?:does not exist|do not exist|doesn't exist|not found|not exist\b)",
    r"(?:unknown|invalid|no such|not a valid) model\b(?!'s)|not a valid model",
    r"no endpoints found|not supported by any provider|no available channel",
)
TOO_LONG_COMPLETION = _any_of(
    r"max_(?:completion_|output_|new_)?tokens?\b[^.]{0,60}(?:too (?:large|high|big)|exceed|must be "
    r"less|at most|cannot be greater|should be less|greater than)",
    r"at most \d+ (?:completion|output) tokens",
    r"maximum tokens you requested exceeds",
)

# Transient failures may come with an uninformative status (200, 400, …).
PASSING = _any_of(
    r"overload|temporar(?:y|ily)|try again(?! with)|please retry|retry (?:later|your|the)",
    r"timed?[ -]?out|bad gateway|service unavailable|unavailable(?: right)? now",
    r"internal (?:server )?error|upstream (?:error|connect|request|provider|server|service|fail)",
    r"provider (?:returned (?:an )?)?error|connection (?:error|reset|refused|aborted|closed)",
    r"server (?:is )?busy|at capacity|no healthy upstream|(?:still|currently|is) loading",
    r"engine (?:is )?(?:dead|not ready)|cuda|out of memory|network[ _]error|model_error",
    r"litellm\.(?:internalservererror|serviceunavailable|timeout|apiconnectionerror|badgateway)",
)
PASSING_CODES = frozenset(
    {"server_error", "internal_error", "internal_server_error", "overloaded_error",
     "timeout", "service_unavailable", "unavailable", "upstream_error", "bad_gateway",
     "provider_error", "deadline_exceeded", "network_error", "resource_exhausted",
     "engine_overloaded"}
)  # fmt: skip
STATUS_WITHIN = _any_of(
    r"(?:HTTP(?:/\d(?:\.\d)?)?|status(?:[ _]?code)?|error[ _]code|upstream|returned|got)\W{0,3}"
    r"(?:an? |error |status |code |HTTP |of |was )*\W{0,2}([45]\d\d)(?!\d)",
    r"(?<![\d.])([45]\d\d)(?= (?:too many|service unavailable|bad gateway|gateway|internal server"
    r"|server error|bad request|unauthorized|forbidden|not found|status))",
)
WAIT = LazyPattern(
    r"(?:try again|retry|retrydelay\W{0,5}?)(?: in| after)?\W{0,4}"
    r"(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m(?!s))?(?:(?P<seconds>\d+(?:\.\d+)?) ?(?:s\b|sec))?"
    r"(?:(?P<milliseconds>\d+(?:\.\d+)?) ?ms\b)?",
    re.IGNORECASE,
)

# Refusals of a request's form.
_NOT = r"(?:not|n't|un)[ -]?(?:currently |yet |be |been )?"
SYSTEM_ROLE = _any_of(
    rf"(?:system|developer)[`'\"]? (?:role|messages?|prompts?|instructions?|turn)s?\b[^.]{{0,60}}?"
    rf"{_NOT}(?:support|allow|permit|accept|enabled|available|recogni)",
    rf"roles?\W{{1,3}}(?:system|developer)\b[^.]{{0,40}}{_NOT}(?:support|allow|valid|permit|accept)",
    r"(?:not|n't) (?:support|accept|allow)[^.]{0,30}\bsystem\b",
    r"roles must alternate|(?:only|expected)[^.]{0,20}\buser\b[^.]{0,40}\broles?\b[^.]{0,20}"
    r"(?:support|allow|are)|(?:unknown|invalid|unexpected|unsupported) (?:message )?role",
    r"first message must be|conversation must start with a user",
    r"messages?\W{1,3}0\W{1,3}role|input should be 'user'",
    r"jinja|templateerror|chat[ _]template",
)
RESPONSES_ALONE = _any_of(
    r"v1/responses|responses (?:api|endpoint)|not a chat model|use [^.]{0,20}/responses\b",
)
STREAM_ALONE = _any_of(
    r"only support\w* (?:the )?stream|(?:must|only|should|needs? to|please) (?:be )?(?:\w+ )?"
    r"(?:called |used )?(?:with |in |use |set |enable )*(?:the )?[`'\"]?stream",
    r"\bstream(?:ing)?\b[`'\"]?\W{0,3}(?:mode |parameter |option )?(?:=|is |must |has to |should "
    r"|needs? to )+\W?(?:be )?(?:set |called )?(?:to )?\W?(?:true|required|mandatory|enabled|on\b)",
    r"(?:not|n't) support non[- ]?stream|non[- ]?stream\w*[^.]{0,40}(?:not|un)[ -]?(?:support|allow"
    r"|available|permit)|for non[- ]?streaming (?:calls|requests)|streaming only|stream=true",
)
SEVERAL = _any_of(
    r"(?<![\w\\'])[`'\"]?n[`'\"]?\s*(?:>|=|!=|≥|(?:must|should|is|cannot|can only|parameter"
    r"|greater|larger|up to|has|values?)\b)",
    r"(?:parameter|argument|value|field)s?\W{1,3}n\b(?!')|[`'\"]n[`'\"]",
    r"best_of|candidate_?count|num_return_sequences",
    r"(?:multiple|several|more than (?:one|1)|single|one|number of)(?: \w+)? (?:choice|completion"
    r"|candidate|generation|output|response|sequence)s?\b",
)
NO_SUCH_CODES = frozenset(
    {"unsupported_parameter", "unsupported_value", "unknown_parameter", "extra_forbidden",
     "unsupported_params", "unsupportedparamserror"}
)  # fmt: skip
NO_SUCH = _any_of(
    rf"{_NOT}(?:support|permit|allow|recogni|available|implement|accept|enabled|a valid|valid "
    r"(?:param|arg|field))",
    r"unsupported|unknown|unrecogni|unexpected|deprecated|extra (?:inputs|fields|keys)",
    r"forbidden|no such|cannot (?:both )?be (?:both )?(?:set|specified|used|changed)|is fixed",
    r"only (?:the )?(?:default|\w{0,20}\W{0,3}1(?:\.0)?(?![\d.]\d|\d))",
    r"(?:must|should|has to|needs to|may only|can only)(?: only)? (?:be|equal)(?: set)?(?: equal)?"
    r"(?: to)? (?:the default|exactly |[`'\"])?\W?1(?:\.0+)?(?![\d.]*\d)",
)
OUT_OF_RANGE = _any_of(
    r"between\b|less than|greater than|at most\b|at least\b|<=|>=|≤|≥|\brange\b|too (?:large|high"
    r"|small|low|big)|maximum|minimum|exceed",
)
"""Wordings on an invalid value, which the user has to change."""
