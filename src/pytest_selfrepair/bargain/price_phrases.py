"""Contexts of numbers that decide the speaker's stance: an offer, a refusal, or a mention.

Patterns that end in ``$`` are searched in the text before a number, and those that begin with ``^``
in the text after it.
"""

import re

from pytest_selfrepair.core.lazy_pattern import LazyPattern, any_of

OFFERED_AFTER = LazyPattern(
    r"^\s?(?:(?:is|it's) (?:hereby )?(?:accepted|fine|good|okay|ok|acceptable|agreed)\b|"
    r"instead\b(?! of)|,? ?(?:and|or) (?:not |no )?(?:a \w+ )?(?:less|more|lower|"
    r"higher|nothing)\b)",
    re.IGNORECASE,
)
IT_COSTS = LazyPattern(
    r"\b(?:it|this|that|he|she|they)(?: costs|(?:'ll| will| would|'d) cost)(?: "
    r"you)?(?: only| just)?\s?$",
    re.IGNORECASE,
)
SALES_TALK = LazyPattern(
    r"\byou (?:can't|won't|will never|'ll never|never) (?:get|find|buy|see)\b[^.?!]*$",
    re.IGNORECASE,
)
"""A claim that nobody else would deal at a price."""
THINKING_OF = LazyPattern(
    r"\b(?:was|were) (?:thinking|hoping|looking|going to (?:say|offer)|prepared|willing|"
    r"ready)\b"
    r"[^.?!]*$",
    re.IGNORECASE,
)
"""A past tense that makes an offer now."""
FROM_TO = LazyPattern(
    r"\b(?:down|up|reduced?|lowered?|drop(?:ped)?|cut|go|come|went|marked down|discounted)\b"
    r"[^.?!]*(?<!anything )(?<!anywhere )(?<!somewhere )(?<!something )\bfrom\b.{1,25}\bto\s?$",
    re.IGNORECASE,
)
"""The end point of a change of price."""
MENTIONED_BEFORE = any_of(
    (
        r"\b(?:paid|cost|costing|retails?(?: for)?|worth|appraised(?: at)"
        r"?|valued(?: at)?|msrp|original(?:ly)?|new price|market (?:price|value)"
        r"|old price|list price|listed|retail price|store price|reduced from|"
        r"down from|up from|marked down from|instead of|in place of|in lieu of|rather than|"
        r"as opposed to|"
        r"compared (?:to|with)|used to|was|were|earlier|yesterday|last (?:week|"
        r"month|year|time)|elsewhere|online|on (?:ebay|amazon)|in (?:the )?(?:shops?|"
        r"stores?)|new ones?|others?|similar|everyone|would cost|normally|usually|"
        r"typically|bought|spent|save|saves|saving|another buyer|other buyer|"
        r"somebody|someone|a (?:friend|guy|man|woman|lady|dealer|neighbou?r)"
        r"|the shop)\b[^.?!]*$"
    ),
    r"\b\w+ (?:sold|bought) (?:his|hers|theirs|one|an?|mine|it|the)\b[^.?!]*$",
    r"\bthan(?: the| your| a)?\s?$",
    r"\bfrom\s?$",
    (
        r"\byou(?:'re| are| were|r)? (?:at|asking|asked|want|wanted|said|say|"
        r"saying|offered|offering|offer|told me|mentioned|quoted|need|proposed|"
        r"suggested|named|advertised)\b[^.?!]*$"
    ),
    r"\byour\s?$",
    (
        r"\byour (?:(?:own|asking|first|initial|previous|earlier|original|starting|old) )?"
        r"(?:offer|price|ad|listing|quote|bid|number|figure|proposal)\b[^.?!]*$"
    ),
    r"(?<!\bi )\b(?:said|saying|(?:you|they|he|she) says?)(?: anything about)?\s?$",
    (
        r"\b(?:i|we)(?:'d| had|'ve| have)? (?:sold|bought|seen|saw|found|got offered|"
        r"was offered|were offered|could get|can get|get|have been offered|could buy|"
        r"can buy)\b[^.?!]*$"
    ),
    (
        r"\b(?:my|the|our) (?:cost|costs|expenses|purchase price|appraisal|receipt|"
        r"listing|ad|estimate)\b[^.?!]*$"
    ),
    r"\b(?:plus|\+|and)\s?$(?<=plus )",
    r"\bplus (?:the |a |an )?$",
    r"\+\s?$",
)
PAID_WHEN = LazyPattern(
    r"^\s?(?:as a deposit|of (?:which|that|it|them)|down(?: payment)?|up ?front|in advance|"
    r"now|today|right away|later|at once|"
    r"(?:on|at|upon|before|after) (?:signing|signature|delivery|pick ?-?up|collection|arrival|"
    r"receipt)|"
    r"when (?:i|we|you) (?:pick|collect|come|get|deliver|bring)|the rest|next (?:week|month)|"
    r"tomorrow|(?:a|per|each|every) month)\b",
    re.IGNORECASE,
)
"""When a part of a price is to be paid."""
INSTALMENTS = LazyPattern(
    r"\b(?:deposit|down payment|up ?front|in advance|instal?lments?|the (?:rest|balance|"
    r"remainder)|of "
    r"which|in (?:all|total)|altogether)\b|\bon (?:signing|signature|delivery|collection|arrival|"
    r"pick ?-?up)\b|\bnow\b.*\band\b.*\b(?:later|then|when|tomorrow|"
    r"on delivery|on pick ?-?up|next)\b",
    re.IGNORECASE,
)
"""Payment in parts."""
DEPOSITED = LazyPattern(
    r"\b(?:deposit|down payment|up ?front|in advance|instal?lments?|"
    r"the (?:rest|balance|remainder))\b",
    re.IGNORECASE,
)
DEPOSIT = LazyPattern(
    r"\b(?:deposit|down payment|advance|instal?lments?|the (?:rest|balance|remainder))"
    r"(?:,? (?:of|is|would be|being))?(?: only| just)?\s?$",
    re.IGNORECASE,
)
"""What precedes a part of a price."""
PLUS_EXTRA = LazyPattern(
    r"^\s?(?:for |of )?(?:the |a )?(?:shipping|postage|delivery|handling|tax|vat|"
    r"(?:down )?deposit|fee|fees|tip|extra)\b",
    re.IGNORECASE,
)
MORE_BEFORE = LazyPattern(
    r"\b(?:add|another|extra|an additional|additional|raise (?:it |your offer "
    r"|that )?by|up (?:it |your offer )?by|go up by|increase (?:it )?by|come "
    r"up(?: by)?|throw in(?: another)?|up)\s?$",
    re.IGNORECASE,
)
LESS_BEFORE = LazyPattern(
    r"\b(?:knock(?: off)?|knock (?:another|a further)|take off|take another|"
    r"drop(?: (?:it|the price|that))?(?: (?:by|another))?|come down(?: (?:by|"
    r"another))?|go down (?:by|another)|down(?: by)?|lower (?:it )?by|reduce "
    r"(?:it )?by|discount of|cut(?: it)? by|shave(?: off)?)\s?$",
    re.IGNORECASE,
)
LESS_AFTER = LazyPattern(r"^\s?(?:off\b|less\b|cheaper\b|lower\b|discount\b|down\b)", re.IGNORECASE)
MORE_AFTER = LazyPattern(r"^\s?(?:more\b|extra\b|higher\b|on top\b)", re.IGNORECASE)
BOUND_BEFORE = any_of(
    r"\b(?:budge|move|shift|deviate|depart|stray) from(?: my| the)?\s?$",
    (
        r"\b(?:go|going|come|get|sell|accept|take|let|drop|pay|offer|spend|stretch|"
        r"give|do|bid|budge|move|budget|be)\w*\b[^.?!]*\b(?:below|under|above|over|"
        r"lower than|higher than|less than|more than|beyond|past|for less than|"
        r"north of|south of)(?: the)?\s?$"
    ),
    r"\b(?:better|lower|cheaper|higher)(?: deal| price| offer)? than\s?$",
    (
        r"\b(?:no|not|nothing) (?:less|lower|higher|more|cheaper|cent less|penny less|"
        r"over|under|above|below)(?: than)?(?: the)?\s?$"
    ),
    r"\b(?:nothing|not) (?:over|above|under|below)\s?$",
    r"\b(?:anything|everything|all) (?:over|above|under|below|less than|more than)\s?$",
)
LIMITS_BEFORE = any_of(
    (
        r"\b(?:at (?:least|most|the (?:very )?(?:least|most))|up to|max(?:imum)"
        r"?(?: of| is)?|min(?:imum)?(?: of| is)?|(?:my )?(?:lowest|highest|limit|"
        r"bottom line|budget|ceiling|floor)(?: (?:is|of|for it is|price is|i can (?:go|"
        r"do|offer) is))?)\s?(?:around |about |exactly )?$"
    ),
)
REFUSED_AFTER = any_of(
    (
        r"^\s?(?:\w+\s)?(?:is|'s|was|seems?|sounds?|looks?|feels?|would be|are)"
        r"?\s?(?:just |still |way |far |a bit |a little |a tad |really |quite |"
        r"rather |pretty |much |simply )*(?:too )?(?:too (?:much|high|low|little|"
        r"steep|expensive|pricey|dear)|steep|high|low|expensive|pricey|out of (?:the question|"
        r"line|"
        r"reach|my)|impossible|over my|beyond (?:my|me|what)|more than i|less than i|not |"
        r"no good|unacceptable|ridiculous|crazy|insane|an insult|insulting|a joke|"
        r"a rip-?off|a lot|like a lot|quite a lot|a bit much|a scam|a fortune|robbery)"
        r"\b"
    ),
    r"^\s?(?:isn't|is not|doesn't|won't|wouldn't(?! be[.!]*$)|can't|cannot|is never)\b",
)
MENTIONED_AFTER = LazyPattern(
    r"^\s?(?:earlier|yesterday|before|last (?:week|month|year|time)|(?:for|was) "
    r"(?:a )?new|new\b|online|elsewhere|in (?:the )?(?:shops?|stores?)|at (?:the "
    r")?(?:shop|store)|already offered|is what (?:you|they|others|he|she|(?:my|his|her|the|a|"
    r"our) \w+|i (?:paid|spent|gave))\b|your\b|used "
    r"to|originally|on (?:ebay|amazon))",
    re.IGNORECASE,
)
CRAZY = LazyPattern(
    r"\b(?:crazy|mad|insane|stupid|a fool|foolish|ridiculous|insult(?:ing)?|"
    r"impossible|hard|difficult|ashamed|lose money|losing money|be robbery)\b[^.?!]*$",
    re.IGNORECASE,
)
OFFERS_DESPITE_NOT = any_of(
    r"\bwhy (?:not|don't (?:we|you|i))\b",
    r"\b(?:can't|couldn't|won't|wouldn't|can|would) you\b",
    r"\bnot\b[^,]*\bbut\b\s?(?:rather )?$",
    r"\bhow about\b",
    r"\bwhat about\b",
    r"\bdo you (?:not )?think\b",
)
TAKES_THEIRS = LazyPattern(
    r"\b(?:accept|agree to|take|go with|go for|deal at|fine with|happy with|"
    r"okay with|ok with)\b.*\byour (?:\w+ )?(?:offer|price|bid|proposal)(?: "
    r"of| at| for)?\s?$|\b(?:take|accept) your\s?$",
    re.IGNORECASE,
)
AND_DONE = LazyPattern(
    r"(?:\band (?:then )?(?:deal\b|consider\b|(?=i\b|i'|it|we|you|that))|,\s(?=i'm "
    r"in|it's yours|it is yours|we have|you have|you've got))(?:i'm in|i am "
    r"in|it's|it is|we have|we've got|you(?:'ve| have) got|you have|we're done|"
    r"i'll|i will|we can|that's)?",
    re.IGNORECASE,
)
CLAIM = LazyPattern(
    r"\b(?:deal|sold|agreed|done|we have|your offer|accepted|it is)\b", re.IGNORECASE
)
COMMENTED = LazyPattern(
    r"^\s?(?:\w+\s)?(?:is|'s|was|were|seems|sounds|looks|feels|would be)\b"
    r"(?! (?:my|it|what i(?:'d|'ll| can| will| would)|doable|ok|okay|fine|good|fair|great|alright|"
    r"all right|acceptable|agreed|accepted|perfect|reasonable|possible|right))",
    re.IGNORECASE,
)
"""What follows a price that is commented on rather than offered."""
NEAR = 160
"""Characters inspected on either side of a number."""
RANGE = LazyPattern(r"^\s?(?:-|–|—|to|and|bis|up to)\s?$", re.IGNORECASE)
EACH_FOR_ITS_OWN = LazyPattern(
    r"\b(?:the|an?|one|two) [a-z]+(?: [a-z]+)? for \S*\d.*(?:,|\band\b).*\b(?:the|an?|one|two|"
    r"both) "
    r"(?:[a-z]+ )?(?:[a-z]+ )?for \S*\d|"
    r"\bfor (?:the|a|one|two)\b.*\band\b.*\bfor (?:the|a|two|both)\b|"
    r"\b(?:each|apiece)\b.*\b(?:two|three|four|both|all|\d+) for\b",
    re.IGNORECASE,
)
"""Prices of two different things."""
OR = LazyPattern(r"\bor\b", re.IGNORECASE)
BETWEEN = LazyPattern(r"\b(?:between|from|anywhere from|somewhere between)\s?$", re.IGNORECASE)
