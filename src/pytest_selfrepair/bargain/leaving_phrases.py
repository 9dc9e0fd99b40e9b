"""Phrases that end the bargaining, or take back what was said.

Patterns are searched in a sentence, or in a part of it between commas.
"""

import re

from pytest_selfrepair.core.lazy_pattern import LazyPattern, any_of

LEAVES = any_of(
    r"^too late\b",
    (
        r"\b(?:buy|get|find|order)(?:ing|ting)? (?:it|one|mine|another|this|that|them) "
        r"(?:somewhere else|elsewhere|online|from (?:someone|somebody) else)\b"
    ),
    r"^(?:then )?don't buy (?:it|anything)\b",
    r"\ba no from me\b",
    r"\b(?:buy|get|order) (?:one|it) new\b|\b(?:buy|get|order) a new one\b",
    r"\b(?:i'm|i am|we're) (?:ending|stopping|quitting) (?:this|it|here)\b|"
    r"\bno point (?:in )?(?:going|"
    r"continuing|talking|discussing)\b",
    r"\b(?:i'm|i am) going (?:elsewhere|somewhere else|home)\b|\bdropping out\b",
    r"\b(?:better|let's|have to|should) stop (?:here|there|this|now)\b",
    r"\bwon't be (?:buying|selling|taking|needing)\b|\bno longer looking\b",
    (
        r"\bno (?:other )?(?:option|choice|alternative) but to (?:go|leave|walk|look|decline)\b|"
        r"\bfarewell\b"
    ),
    r"^(?:then )?nothing(?:,? then)?[.!]*$",
    r"\b(?:outta|out of) here\b",
    r"\bnothing (?:more|else|left) to (?:discuss|say|talk about)\b",
    r"\bcount me out\b",
    r"\b(?:spend|take|use) my (?:money|business|cash|custom|chances) elsewhere\b",
    r"^(?:then )?(?:there's |it's )?no sale\b",
    r"\bhang(?:ing)? up\b",
    r"^(?:(?:then|well|so|ok|okay|fine) )*keep (?:it|your \w+|the \w+)$",
    r"\bdon't want (?:it|this|that|the \w+|your \w+)(?: any ?more| any longer| then| at all)?$",
    r"\bhard pass\b",
    r"\bends (?:our|this|the) (?:talks?|discussion|negotiations?|conversation)\b",
    r"\bi(?:'ll| will) (?:sell|give) (?:it|this|that) to (?!you\b)",
    r"\bwithdraw(?:ing)?\b(?! that| the \w+ offer)",
    r"\b(?:deal|it)(?:'s| is) off\b(?! the)",
    r"\bwhere we part\b|\bwe part (?:here|company)\b",
    (
        r"\bi'd (?:better|sooner) (?:keep|hold on to|hang on to) (?:it|mine|this|that|the \w+|"
        r"my \w+)\b"
    ),
    r"\bnot (?:taking|getting) it\b",
    r"\bgood day$",
    r"\bi(?:'ve| have) (?:already |just )?(?:bought|found|got|ordered) (?:another|"
    r"a different|one|something)\b",
    r"\brather not (?:sell|buy)(?: it)?(?: at all)?$",
    r"\bi'm off\b(?! by| the)",
    r"\b(?:it|that one)(?:'s| is) (?:already )?gone\b",
    r"\b(?:conversation|discussion|talk|this) is over\b",
    r"\bwe're finished\b",
    r"^(?:(?:then|so|fine|well) (?:go|leave|walk)(?: away)?|(?:go|leave|walk)(?: away)? then)$",
    r"\bfound (?:a|another|something)\b.*\b(?:going|go|went) with (?:that|it)\b",
    r"\blook(?:ing)? for (?:another|a different|something else|someone else)\b",
    r"\b(?:already|just) sold (?:it|this|that|them|the \w+)\b",
    r"\b(?:been|is|was) (?:already )?sold to\b",
    r"\bend the negotiations?\b",
    (
        r"\bno deal\b(?!(?: for me)? at\b| unless| until| yet| if| for (?:less|more|under)"
        r"| below| above| under| without)"
    ),
    r"\b(?:we|there)(?:'ve| have|'s| is| are)? (?:got )?no (?:deal|agreement)\b",
    (
        r"\bi(?:'ll| will| have to| must|'m going to|'d better| think i'll| guess i'll)"
        r"? ?(?:have to |just |rather |need to )?pass\b(?! by| on)"
    ),
    (
        r"\bi(?:'ll| will|'m gonna|'m going to|'d rather|"
        r"'d better)? (?:have to )?pass on (?:it|this|"
        r"that)\b"
    ),
    (
        r"\b(?:i'm|we're|i am|we are) (?:out|done(?: here)?|walking(?: away)"
        r"?|leaving|gone|through)\b(?! of| with (?:the|my)| the door at)"
    ),
    (
        r"\b(?:i'll|i will|i'm going to|have to|must|i'd rather|i'd better|let me)"
        r"(?: just)? (?:walk(?: away)?|leave|go|move on|keep looking|keep searching|"
        r"look (?:elsewhere|around|somewhere else)|try (?:elsewhere|my luck elsewhere|"
        r"another|somewhere)|shop around|find (?:another|someone|somebody|something)"
        r")\b(?! (?:for|with|along|as|to|up|down|higher|lower|at|\$|\d))"
    ),
    r"\bwalk(?:ing)? away\b",
    r"\bi walk\b",
    r"\b(?:not|no longer|isn't|aren't|ain't) interested\b",
    r"\blost interest\b",
    (
        r"\b(?:call(?:ing)? (?:it|this|the whole thing) off|forget (?:it|about it|"
        r"this|the whole thing)|never ?mind)\b"
    ),
    r"\b(?:can't|won't|couldn't|don't) (?:do|be doing|have) business\b",
    r"\b(?:good ?bye|bye)\b",
    r"\btoo far apart\b",
    (
        r"\b(?:don't|won't|never|can't) (?:think |see |believe )?(?:we(?:'ll|"
        r" will| can|'re going to)? )?(?:ever )?(?:reach(?:ing)?|com(?:e|ing)"
        r" to|find(?:ing)?|getting to|get to|make|agree on) (?:an? )?(?:agreement|"
        r"deal|common ground|price|terms)\b"
    ),
    r"\bi(?:'ll| will) leave it\b",
    r"^leave it$",
    r"\bleave it at that\b",
    (
        r"\b(?:i'm|i'll|i will|i'd rather|i am|we're|we are|we'll|prefer to|then|and|"
        r"to) (?:just |"
        r"rather )?(?:keep(?:ing)?|hold(?:ing)? on to|hang(?:ing)? on to) (?:it|"
        r"the \w+|my \w+|your money|mine|this|that|them)\b(?! than)"
    ),
    (
        r"\b(?:won't|not going to|don't want to|refuse to|not) (?:sell(?:ing)"
        r"?|buy(?:ing)?)(?: it| to you| this| that| the \w+)?(?: then| anymore|"
        r" after all| today)?[.!]*$"
    ),
    r"\bnot (?:for sale|selling|buying)\b",
    r"\bno longer for sale\b",
    r"\boff the (?:market|table)\b",
    r"\bchanged my mind\b",
    (
        r"\b(?:have|need|going|forced|afraid i must|must) (?:to )?(?:respectfully |"
        r"politely )?decline\b(?! that)"
    ),
    r"\bi (?:respectfully |politely |must )?decline\b",
    r"\bmust decline\b",
    (
        r"\bdecided (?:not to|to (?:buy|go with|get|keep|sell it to|give it to)"
        r" (?:a different|another|someone|somebody|it|one|my))\b"
    ),
    r"\b(?:isn't|is not|'s not|not) going to (?:work|happen)\b(?: out)?[.!]*$",
    (
        r"\bthis (?:isn't|is not|won't be|doesn't seem to be) (?:working|going anywhere|"
        r"going to happen|getting us anywhere)\b"
    ),
    r"\bi (?:quit|give up|withdraw|back out)\b",
    r"\bi'm backing out\b",
    r"\blet's (?:stop|end|leave it|drop it|forget)\b(?! at)",
    r"\bnegotiations? (?:is |are )?(?:over|terminated|ended|closed|finished)\b",
    r"\bwe're done\b",
    r"\bgood luck\b",
    r"\bhave a (?:nice|good|great) (?:day|one|evening|weekend|life)\b",
    r"\bmaybe (?:next|another) time\b",
    r"\btake my business elsewhere\b",
    r"\bagree to disagree\b",
    r"\bpart ways\b",
    r"\bthanks (?:anyway|for your time|but no thanks)\b",
    r"\bthank you for your time\b",
)
ALL_DONE = LazyPattern(r"\bwe(?:'re| are) (?:done|finished|through)\b", re.IGNORECASE)
COURTESY = LazyPattern(
    r"^(?:thanks|thank you|have a|good luck|good ?bye|bye|see you|enjoy)\b", re.IGNORECASE
)
"""Phrases that leave only after a refusal: they may also close a deal."""
ALTERNATIVE_TO_LEAVING = LazyPattern(
    r"\b(?:if|or|unless|otherwise|before i|about to|tempted to|might|may|could|"
    r"would|don't make me|want me to|am i|close to|tempted)\b|^(?:any|one|another)\b.*\band\b|"
    r"\b(?:at|for) (?:that|this|your) (?:price|kind of money|much|money)\b.*\bi'd\b",
    re.IGNORECASE,
)
WITHDRAWS = any_of(
    r"\bactually\b",
    r"^(?:wait|hold on|hang on|stop)\b",
    r"\bchanged my mind\b",
    r"\bon (?:second thoughts?|reflection)\b",
    r"\bscratch that\b",
    r"\bi take (?:it|that) back\b",
    r"\bsorry,? (?:i|but)\b.*\b(?:can't|forgot|mistake)\b",
    r"\bi made a mistake\b",
    r"\bnever agreed\b",
    r"\bdidn't agree\b",
    r"\bnot what (?:we|i) agreed\b",
    r"\bnot what i said\b",
)
