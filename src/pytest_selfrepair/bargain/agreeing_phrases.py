"""Phrases of agreement: accepting, nodding, or asking whether all is agreed.

Patterns are searched in a sentence, or in a part of it between commas.
"""

import re

from pytest_selfrepair.core.lazy_pattern import LazyPattern, any_of

ACCEPTS = any_of(
    (
        r"(?<!a better )(?<!better )(?<!great )(?<!good )(?<!fair )(?<!best )"
        r"(?<!bad )(?<!big )(?<!nice )(?<!real )(?<!amazing )(?<!sweet )(?<!steal )"
        r"(?<!make a )(?<!making a )(?<!strike a )(?<!making the )(?<!a deal's a )"
        r"\bdeal\b(?!'s| with| of| for me| for you| is| breaker|er|s\b|\?| or no)"
    ),
    (
        r"\bi(?:'ll| will|'d love to|'m going to| am going to| shall| can| could)"
        r"? ?(?:gladly |happily |just |then )?(?:take|buy|grab|have|purchase)"
        r" (?:it|that|them|this|those|the|one|two|all|both|you up)\b"
    ),
    r"^(?:we'll|we will|let me|lemme) (?:take|buy|have) (?:it|that|them|this)\b",
    (
        r"^(?:and |then |well |so |ok |okay |it's |consider it |consider that |"
        r"that's )*sold\b(?! (?:as|one|out|for parts|by|separately|mine|the|"
        r"a|an|my|it|in))"
    ),
    r"(?<!i )\bagreed\b",
    (
        r"^(?:ok(?:ay)? )?(?:then )?(?:i|we) (?:can |do |will |'ll )?agree(?! that|"
        r" it| with you that| the| this is| you)\b"
    ),
    (
        r"\bi(?:'ll|'d| will| can| do| happily| gladly|'m happy to|'m willing to)"
        r"? (?:also |then )?accept\b(?! cash| cards?| returns| paypal|"
        r" credit| venmo| che(?:cks|ques)| payments?| bitcoin| trades)"
    ),
    (
        r"^(?:(?:ok|okay|yes|fine|good) )?(?:(?:counter[ -]?offer|offer|price|bid|"
        r"proposal) )?accepted\b"
    ),
    (
        r"\b(?:that|it) would be (?:okay|ok|fine|good|great|acceptable|perfect|alright|"
        r"all right)\b"
    ),
    (
        r"\b(?:we|you)(?:'ve| have|'ve got| got| have got|'ll have)? (?:yourself |"
        r"ourselves )?(?:a|an|our) (?:deal|agreement|bargain)\b(?! for you)"
    ),
    r"\bshake (?:hands )?on (?:it|that)\b",
    r"\bshakes? hands\b",
    r"\b(?:it|he|she|that|the \w+)(?:'s| is) (?:all )?yours\b",
    r"^(?:all )?yours$",
    r"\byou (?:can|may) (?:have|take) (?:it|that|them|the)\b",
    r"\byou(?:'ve)? got (?:it|yourself a deal)\b",
    r"\bcount me in\b",
    r"\bi'm (?:all )?in\b(?! a| the| need| love| no| for a)",
    r"\bi'll go for (?:it|that)\b",
    r"\bi'm sold\b",
    r"\bi'm game\b",
    r"\btake my money\b",
    r"\bi(?:'ll| will) get (?:it|them|the [\w-]+)(?: then)?$",
    r"^i'm happy$",
    r"^(?:then )?(?:take|have) it$",
    r"^booked\b",
    r"^here you (?:are|go)\b",
    r"\btake what you(?:'ve| have) got\b",
    r"\bi(?:'ll| will) (?:order|take|buy) (?:one|it|them|\d+ [a-z]+s|(?:two|"
    r"three|four|five|ten|twenty|a dozen) [a-z]+s)\b",
    r"\bconsider it (?:sold|done|yours)\b",
    r"\byou win\b",
    r"\byou(?:'ve| have) (?:convinced|persuaded|talked) me\b",
    r"\byou twisted my arm\b",
    r"\b(?:that|it|this)(?:'ll| will| would|'d)? (?:works?|suits?|do)\b(?! better| out)",
    r"^works\b",
    r"\bworks (?:well |fine |great |perfectly )?for me\b",
    r"\bthat'll do\b",
    r"\b(?:fine|okay|ok|good|alright|great) (?:by|with|for) me\b",
    r"\bi'm (?:fine|okay|ok|good|happy|cool) with (?:that|it|this|your)\b",
    (
        r"\bsounds (?:good|great|fair|fine|perfect|reasonable|okay|ok|right|"
        r"like a deal|like a plan)\b"
    ),
    r"\blet's do (?:it|that|this)\b",
    r"\blet's go (?:for|with) (?:it|that)\b",
    r"^yes let's\b",
    r"\blet's wrap (?:it|this) up\b",
    r"\blet's close\b",
    r"^let's$",
    r"\b(?:happy|glad|willing|ready) to (?:pay|accept|take) (?:that|it|your)\b",
    (
        r"\bi(?:'ll| will| can|'d)? (?:pay|do|manage|live with|agree to|go with|"
        r"go for|afford|handle|meet) (?:that|it|your)\b"
    ),
    (
        r"\bthat(?:'s| is| sounds) (?:perfectly |quite |very |totally )?(?:fine|"
        r"acceptable|okay|ok|good|fair|great|agreeable|perfect|reasonable|alright|"
        r"all right)\b"
    ),
    r"^done\b(?! here| with| this)",
    r"\bi can work with (?:that|it)\b",
    r"^(?:oh )?go on(?: then)?\b",
    r"^go ahead\b",
    r"\bmake it happen\b",
    r"\b(?:is|are) (?:hereby )?accepted\b",
    r"\bfair enough\b",
    r"^gladly\b",
    r"^very well\b",
    r"\bhere's (?:the|your) money\b",
    r"\b(?:then )?sign(?: here)?$",
    (
        r"^(?:the |that |this |your )?(?:middle|half ?way|half|difference|split|price|offer|"
        r"number) it is(?: then)?$"
    ),
    r"\blet's (?:do|go (?:for|with)|take|say) your(?:s| (?:price|offer|number|figure))\b",
    r"^yours(?: then| it is)$",
    (
        r"\b(?:price|number|figure|offer|something|that|which) (?:that )?i can (?:live with|"
        r"accept|"
        r"work with|agree to|pay)\b"
    ),
    r"^hand (?:it|the money|the cash) over\b",
    (
        r"\bi(?:'m| am)(?: quite)? (?:willing|happy|glad|prepared|"
        r"ready) to (?:go (?:along )?with|pay|"
        r"accept|take|do|agree to|meet) (?:that|it|your|this)\b"
    ),
    r"\b(?:that|it|this) (?:seems|looks|feels) (?:quite |very |perfectly )?(?:fair|fine|good|"
    r"okay|ok|"
    r"reasonable|right|acceptable)\b(?! but)",
    r"\bgo along with (?:that|it|this|your)\b|\bi(?:'ll| can| will) match (?:that|it|your)\b",
    r"\byou(?:'ve)? (?:have|found|got)(?: yourself)? (?:a|your) (?:buyer|customer)\b",
    r"\b(?:pack|wrap|box|bag|ring) (?:it|them|this) (?:up )?for me\b",
    r"\bsold me on\b|\bput my name on (?:it|that)\b|\bi (?:can|could) live with\b",
    r"\bpleasure (?:doing|to do) business\b|\blet's do business\b",
    r"\bon board\b",
    r"\b(?:consider|colou?r|call) me sold\b",
    r"\bi'll bite\b",
    r"\b(?:it|that)(?:'s| is) a (?:go|done deal)\b",
    (
        r"\bi (?:can|could) (?:just |probably )?(?:swing|stretch to|make|meet|manage|go to|do|"
        r"cover|"
        r"afford|go for|agree to) (?:that|it|this|your (?:price|offer|number|figure))\b"
    ),
    r"\bi'm down\b(?! to| at| from)",
    r"^as you wish\b|\bhave it your way\b|^if you insist$|^so be it\b|^aye\b|^by all means\b",
    r"^(?:yes )?with pleasure\b|^i'd be (?:happy|glad|delighted) to$|^happy to$",
    r"\bi (?:give in|surrender|yield|fold|cave(?: in)?|relent)\b",
    (
        r"\b(?:sending|transferring|wiring|paying)(?: you| over)? (?:the money|the cash|"
        r"the payment|it|"
        r"now|right now|right away)\b"
    ),
    (
        r"\bi(?:'ll| will) (?:transfer|wire|send|venmo|paypal|bring|"
        r"hand)(?: you)? (?:over )?(?:the|your) "
        r"(?:money|cash|payment)\b"
    ),
    r"\b(?:get|grab|fetch|go for) my (?:wallet|purse|card|che(?:ck|que)book)\b",
    r"\b(?:send|write|make)(?: me)?(?: out)? (?:the|an|a) (?:invoice|bill|receipt)\b",
    r"^(?:(?:then )?(?:that's|it's|that is|it is)(?: all)? |all |consider it )?settled\b",
    r"\btalked me into\b|\bgot me\b(?! wrong| thinking| one| the)",
    r"^mine$|\b(?:it's|it is|then it's) mine\b",
    r"\byou're on\b(?! the| my| your)",
    (
        r"^(?:ok |okay |then )?i(?:'ll| will) buy$|\bi(?:'m| am) (?:taking|buying|getting) (?:it|"
        r"this|that)\b(?! online| elsewhere| new| from| there| somewhere)"
    ),
    (
        r"\b(?:that|your|this|the) (?:price|number|offer|figure)(?: of yours)? (?:is|seems|"
        r"sounds|looks) "
        r"(?:quite |perfectly |all )?(?:okay|ok|fine|good|acceptable|fair|great|perfect|"
        r"agreeable|alright|"
        r"right|reasonable)\b"
    ),
    r"^your (?:price|number|offer|figure)(?: then)?$",
    r"^(?:as|like|what(?:ever)?) you (?:said|say|offered|asked)(?: then)?$",
    r"^(?:gimme|give me|hand me|hand over|show me) (?:the|your) (?:cash|money)\b",
    r"\blet's go ahead\b|^we(?:'re| are) good$|\bin agreement\b|\byou have my word\b|^signed\b",
    (
        r"\blet you have (?:it|them|this|that)\b(?! for| at| if)|\blet it go\b(?! for| at| below|"
        r" under| if)"
    ),
    r"^(?:to (?:that|it|the middle) )?i(?:'d| would)? (?:say|said) (?:yes|deal|ok|okay|sure)\b",
    r"\bwrap it up\b",
    r"\bi'll (?:pack|box|wrap|bag) it\b",
    r"\bring it up\b",
    r"\bwhere do i (?:sign|pay)\b",
    (
        r"^(?:zgoda|fechado|abgemacht|einverstanden|d'accord|vendu|trato hecho|"
        r"affare fatto|va bene|trato|hecho|verkauft|akkoord|avtalat)\b"
    ),
)
ACCEPTS_DESPITE_NOT = any_of(
    r"\bnot? (?:a )?(?:problem|bad)\b",
)
NODS = LazyPattern(
    r"^(?:(?:ugh|hmm+|um+|well|oh|aww?|ah|then|please|you know what|i guess|"
    r"i suppose|reluctantly|honestly)[\s,.!]+)*"
    r"(?:ok(?:ay)?|okey|k|y|yes|yeah|yea|yep|yup|ya|sure|fine|alright|all right|"
    r"great(?! (?:price|offer|joke|try|one))|perfect|cool|excellent|good(?=[,.!]|$)|lovely|"
    r"fantastic|"
    r"wonderful|absolutely|certainly|definitely|of course|very well|gladly|sweet|"
    r"brilliant|super|si|sí|oui|ja|tak)\b",
    re.IGNORECASE,
)
AFFIRMS = LazyPattern(
    r"^(?:(?:yes|yeah|yep|sure|of course|absolutely|certainly|definitely|ok|okay)\b[\s,]+)?"
    r"(?:it|that|this|i|we) (?:can|could|would|will|shall|does|do|is)(?: (?:that|it|so|"
    r"this))?[\s.!]*$",
    re.IGNORECASE,
)
"""A yes to any question, which may have been about a price."""
TRAILING_YES = LazyPattern(
    r"(?:,|(?<!anything )\bbut|\s[-–—])\s*(?:then )?(?:ok(?:ay)?|fine|yes|sure|alright|"
    r"all right|okay then|"
    r"all right then|ok then)[.!\s]*$",
    re.IGNORECASE,
)
"""A yes at the end of a sentence."""
ANSWERS_ELSE = LazyPattern(
    r"^(?:yes|yeah|yep|sure|of course|absolutely|certainly|definitely|right|"
    r"okay|ok)\b[\s,]+(?:it|they|there|i (?:am|do|have|can|did|could|will|would)|"
    r"he|she|we|you(?! can have| got| win))\b",
    re.IGNORECASE,
)
THANKS = any_of(
    r"\bthank",
    r"\bgreat\b",
    r"\bperfect\b",
    r"\bpleasure\b",
    r"\bsee you\b",
    r"\bwonderful\b",
    r"\bexcellent\b",
    r"\bawesome\b",
    r"\bsuper\b",
    r"\bcheers\b",
)
ABOUT_IT = LazyPattern(
    r"^(?:(?:so|well|and|then|,)\s*)*(?:shall we|deal|agreed|okay|ok|right|yes|fair|"
    r"what do you (?:say|"
    r"think)|how about it|(?:does|would) that (?:work|suit|do)\b.*|sound(?:s)? (?:good|fair|"
    r"ok|okay)|"
    r"is that (?:ok|okay|fair|fine|good|a deal)|are we agreed|do we have a deal|"
    r"yes or no)\s*\?",
    re.IGNORECASE,
)
"""A question whether the price is agreed."""
LOGISTICS = LazyPattern(
    r"\b(?:when|where|what time|how soon|address|pick|deliver|cash|card|pay|collect|come|meet|"
    r"ship|"
    r"today|tomorrow|tonight|right|agreed|deal|okay|ok|yes)\b",
    re.IGNORECASE,
)
"""Topics of questions that follow an agreement."""
