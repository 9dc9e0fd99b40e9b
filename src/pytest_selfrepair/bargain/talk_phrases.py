"""Phrases that refuse, hesitate, set a condition or split the difference.

Patterns are searched in a sentence, or in a part of it between commas.
"""

import re

from pytest_selfrepair.core.lazy_pattern import LazyPattern, any_of

HESITATES = any_of(
    r"\blet me (?:think|check|sleep|ask|see|consider|talk|get back|know)\b",
    r"\bthink (?:about|it over)\b",
    r"\bget back to you\b",
    r"\bsleep on it\b",
    r"\bnot sure\b",
    r"\bmaybe\b",
    r"\bperhaps\b",
    r"\bneed (?:some |more |a bit of )?time\b",
    r"\bconsider(?:ing)? it\b",
    r"\bwe'll see\b",
    r"\bi (?:get|see|understand|hear)\b",
    r"\bcall you\b",
    r"\blet you know\b",
    r"\bbe in touch\b",
    r"\bcome back\b",
    r"\bmessage you\b",
)
INCREDULOUS = LazyPattern(
    r"\b(?:no way|are you (?:kidding|serious|joking|crazy|mad)|you(?:'re| must be) (?:kidding|"
    r"joking)|really|seriously|what)\b[?!]",
    re.IGNORECASE,
)
MATCHES = LazyPattern(r"\b(?:match|beat) (?:that|it|this)\b", re.IGNORECASE)
CONDITION = any_of(
    r"\bbut (?:the|your|it|they|you|then you|there|only|not without)\b.*\b(?:have to|has to|must|"
    r"needs? to|should)\b|\bbut (?:not|never) without\b",
    (
        r"\bif\b(?! you (?:like|want|wish|prefer|insist)[.!]*$)(?! that's (?:ok|okay|alright|"
        r"fine))"
    ),
    r"\bas long as\b|\bas soon as\b",
    r"\bprovided\b",
    r"\bon (?:the |one )?condition\b",
    r"\bunless\b",
    r"\bassuming\b",
    r"\bso long as\b",
    r"\bin case\b",
    r"\bonce (?:you|i|we)\b",
    r"\bwhen you (?:throw|include|add)\b",
    r"\b(?:throw|thrown|chuck|toss) in\b",
    r"\bif you include\b",
    r"\bplus you\b",
    (
        r"\byou(?:'ll| will| have to| need to| must)? (?:also )?(?:include|add|"
        r"deliver|ship|cover|throw|pay (?:for )?(?:the )?(?:shipping|postage|"
        r"delivery))\b"
    ),
    (
        r"\bwith (?:free|the|a|an|delivery|shipping) ?(?:delivery|shipping|postage|"
        r"charger|case|box|bag|warranty|guarantee)\b"
    ),
    r"\bsubject to\b",
    r"\bwithout (?:delivery|shipping|postage|the \w+|a \w+|warranty|guarantee)\b",
    r"\bdepend(?:s|ing) on\b",
    r"\b(?:only|but) (?:when|after)\b",
    r"\bafter i (?:see|test|try|inspect)\b",
    r"\bin (?:exchange|return) for\b",
)
WITHOUT_A_THING = LazyPattern(r"\bwithout (?:the|an?|my|your|its) \w+\b", re.IGNORECASE)
"""Excluding an extra from the bargain, which negates nothing else."""
EVEN_IF = LazyPattern(r"\beven if\b", re.IGNORECASE)
REFUSES = any_of(
    (
        r"^(?:no|n|nope|nah|nay|never|no way|not (?:a chance|yet|really|quite|"
        r"for me|today|at|gonna|going)|sorry|absolutely not|out of the question|"
        r"impossible|i don't think so|i'm afraid not|non|nein)\b"
    ),
    r"\b(?:too|so) (?:much|high|low|little|steep|expensive|pricey|dear|cheap|rich|far)\b",
    (
        r"\b(?:a (?:bit|little|tad)|rather|quite|pretty|very|way) (?:too )?(?:steep|"
        r"high|low|expensive|much|pricey)\b"
    ),
    (
        r"\b(?:isn't|is not|not|'s not|doesn't|won't|wouldn't) (?:be )?(?:enough|"
        r"acceptable|possible|good|work|going to work|gonna work|do it|fair|"
        r"sufficient|realistic|an option|reasonable)\b"
    ),
    r"\b(?:have|need|going) to (?:say no|decline|refuse|reject|turn)\b",
    r"\bi (?:decline|refuse|reject)\b",
    r"\bdon't (?:accept|agree)\b",
    r"\bcan't (?:accept|agree|do|afford|match|go|pay|sell|take)\b",
    r"\bare you (?:kidding|joking|serious|crazy|mad)\b",
    r"\byou(?:'re| must be) (?:kidding|joking)\b",
)
PONDERS = LazyPattern(
    r"\b(?:let me (?:think|see|check|sleep|ask|consider)|thinking|think about|not sure|maybe|"
    r"perhaps|(?:it|that) had better|better come with|must think|born yesterday|do i look|"
    r"we'll see|hmm+|need (?:some )?time)\b|\d[^a-z]*(?:\.\.\.|…)$|^for (?:an?|that|this|such|"
    r"some)\b.*[!?]$",
    re.IGNORECASE,
)
"""Words around a price by someone still undecided."""
PUTS_OFF = LazyPattern(
    r"\b(?:let me (?:think|check|sleep|ask|consider|talk|get back)|sleep on it|think about it|"
    r"get back "
    r"to you)\b",
    re.IGNORECASE,
)
"""Postponing an answer, whatever else is said."""
PLAIN_NO = LazyPattern(
    r"^(?:(?:but|so|well|oh|sorry|um+|hmm+|then)[\s,]+)*(?:no|nope|nah|never|no way|"
    r"no thanks?|no thank you|"
    r"absolutely not|not a chance|of course not|certainly not|i can't|i won't)[\s.!]*$",
    re.IGNORECASE,
)
"""A no and nothing else."""
SPLITS = any_of(
    r"\bsplit(?:ting)? (?:it|the difference|the \w+)\b",
    r"\bmeet (?:me |you |each other )?(?:in the middle|half ?way)\b",
    r"\bin the middle\b",
    r"\bhalf ?way\b",
    r"\b50[-/]50\b",
)
