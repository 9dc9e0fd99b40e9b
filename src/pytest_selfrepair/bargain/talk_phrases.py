"""The phrases by which talk is read: one pattern for each thing that a sentence may do.

Patterns are searched for in a sentence, or in a part of it between commas. Those that end in ``$``
are searched for in what stands before a number, and those that begin with ``^`` in what follows.
"""

import re

from pytest_selfrepair.core.lazy_pattern import LazyPattern


def any_of(*patterns: str) -> LazyPattern:
    """One pattern of several, whatever their case."""
    return LazyPattern("|".join(patterns), re.IGNORECASE)


IDIOMS: tuple[tuple[LazyPattern, str], ...] = tuple(
    (LazyPattern(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"[’‘`´]", "'"),
        (r"👍|🙌|✅|👌|💯", " ok. "),
        (r"🤝", " deal. "),
        (r"👎|❌", " no. "),
        (r"\bno (?:problem|worries|prob)\b", "okay"),
        (r"\bwhy not\b(?=[.!,]|$)", "okay"),
        (r"\bnot bad\b", "decent"),
        (
            (
                r"\b(?:wouldn't|would not|won't|can't|cannot|couldn't) (?:say no to|refuse|"
                r"turn down|argue with|complain about)\b"
            ),
            "would take",
        ),
        (r"\bwould you (?:say no to|refuse|turn down)\b", "would you take"),
        (r"\bi don't mind\b|\bi wouldn't mind\b", "i am fine with"),
        (
            (
                r"\bnot (?:a|one) (?:single )?(?:\w+) (less|more|under|over|below|above|"
                r"lower|higher)\b"
            ),
            r"no \1",
        ),
        (r"\b(?:no|without a|beyond) doubt\b", "surely"),
        (r"\bnot only\b", "also"),
        (r"\bcan't wait\b", "am glad"),
        (r"\btake[- ]it[- ]or[- ]leave[- ]it\b", "final"),
        (r"\bno[- ]haggle\b|\bno haggling\b|\bnon[- ]negotiable\b|\bnot negotiable\b", "final"),
        (r"\bcannot\b", "can't"),
        (r"\bhalf a grand\b|\bhalf a thousand\b", "500"),
        (r"\bhalf a million\b", "500000"),
        (r"\bhalf a hundred\b", "50"),
        (
            r"\ba (dollar|euro|pound|buck)(?= (?:ten|twenty|thirty|forty|fifty|sixty|eighty)\b)",
            r"one \1",
        ),
        (r"\ba tenner\b", "10 quid"),
        (r"\ba fiver\b", "5 quid"),
        (r"\ba buck\b", "1 dollar"),
        (r"\ba dozen (dollars|bucks|euros|quid)\b", r"12 \1"),
        (r"\bwon't let you down\b", "is reliable"),
    )
)

SENTENCE = LazyPattern(
    r"(?<=[.!?;…])[\s\"')]+(?=\S)|(?<=[!?])(?=[A-Za-z$€£])|\n+|"
    r",\s(?=(?:when|where|what time|how soon|shall i|should i)\b)",
    re.IGNORECASE,
)
"""Where a sentence ends, and where a question of when and where is added to one."""
PIECE = LazyPattern(
    r",(?!\d)\s*|\s+(?:[-–—]{1,2}|\.\.\.?|…)\s+|[:;]\s+|\s+\bbut\b\s+|\bbut\b,?\s+|…|\.\.\."
)

NOT = (
    r"\b(?:not|never|no|nor|neither|nothing|nobody|hardly|unable|refuse|without|can't|cant|won't|"
    r"wont|don't|dont|didn't|doesn't|isn't|aren't|wasn't|wouldn't|couldn't|shouldn't|haven't|ain't|"
    r"far from|too far|impossible)\b"
)
NEGATED = LazyPattern(NOT, re.IGNORECASE)

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
    r"^(?:(?:counter[ -]?offer|offer|price|bid|proposal) )?accepted\b",
    r"\b(?:that|it) would be (?:okay|ok|fine|good|great|acceptable|perfect|alright|all right)\b",
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
    r"\b(?:fine|okay|ok|good|alright|great) (?:by|with) me\b",
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
    r"great|perfect|cool|excellent|"
    r"wonderful|absolutely|certainly|definitely|of course|very well|gladly|sweet|"
    r"brilliant|super|si|sí|oui|ja|tak)\b",
    re.IGNORECASE,
)
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
AFFIRMS = LazyPattern(
    r"^(?:(?:yes|yeah|yep|sure|of course|absolutely|certainly|definitely|ok|okay)\b[\s,]+)?"
    r"(?:it|that|this|i|we) (?:can|could|would|will|does|do)(?: (?:that|it|so|this))?[\s.!]*$",
    re.IGNORECASE,
)
"""A yes to whatever was asked, which may have been a price."""
INCREDULOUS = LazyPattern(
    r"\b(?:no way|are you (?:kidding|serious|joking|crazy|mad)|you(?:'re| must be) (?:kidding|"
    r"joking)|really|seriously|what)\b[?!]",
    re.IGNORECASE,
)
MATCHES = LazyPattern(r"\b(?:match|beat) (?:that|it|this)\b", re.IGNORECASE)
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
CONDITION = any_of(
    r"\bif\b(?! you (?:like|want|wish|prefer|insist)$)(?! that's (?:ok|okay|alright|fine))",
    r"\bas long as\b",
    r"\bprovided\b",
    r"\bon (?:the|one) condition\b",
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
LEAVES = any_of(
    (
        r"\b(?:buy|get|find|order) (?:it|one|mine|another|this|that|them) (?:somewhere else|"
        r"elsewhere|online|from (?:someone|somebody) else)\b"
    ),
    r"^(?:then )?don't buy (?:it|anything)\b",
    r"\ba no from me\b",
    r"\bnot (?:taking|getting) it\b",
    r"\bgood day$",
    r"\bi(?:'ve| have) (?:already |just )?(?:bought|found|got|ordered) (?:another|"
    r"a different|one|something)\b",
    r"\brather not (?:sell|buy)(?: it)?(?: at all)?$",
    r"\bi'm off\b(?! by| the)",
    r"\b(?:it|that one)(?:'s| is) (?:already )?gone\b",
    r"\b(?:conversation|discussion|talk|this) is over\b",
    r"\bwe're finished\b",
    r"^(?:then (?:go|leave)|(?:go|leave) then)$",
    r"\bfound (?:a|another|something)\b.*\b(?:going|go|went) with (?:that|it)\b",
    r"\blook(?:ing)? for (?:another|a different|something else|someone else)\b",
    r"\b(?:already|just) sold (?:it|this|that|them|the \w+)\b",
    r"\b(?:been|is|was) (?:already )?sold to\b",
    r"\bend the negotiations?\b",
    (
        r"\bno deal\b(?! at\b| unless| until| yet| if| for (?:less|more|under)"
        r"| below| above| under| without)"
    ),
    r"\b(?:we|there)(?:'ve| have|'s| is| are)? (?:got )?no (?:deal|agreement)\b",
    (
        r"\bi(?:'ll| will| have to| must|'m going to|'d better| think i'll| guess i'll)"
        r"? ?(?:have to |just |rather |need to )?pass\b(?! by| on)"
    ),
    r"\bi(?:'ll| will|'m gonna)? (?:have to )?pass on (?:it|this|that)\b",
    (
        r"\b(?:i'm|we're|i am|we are) (?:out|done(?: here)?|walking(?: away)"
        r"?|leaving|gone|through)\b(?! of| with (?:the|my)| the door at)"
    ),
    (
        r"\b(?:i'll|i will|i'm going to|have to|must|i'd rather|i'd better|let me)"
        r"(?: just)? (?:walk(?: away)?|leave|go|move on|keep looking|keep searching|"
        r"look (?:elsewhere|around|somewhere else)|try (?:elsewhere|my luck elsewhere|"
        r"another|somewhere)|shop around|find (?:another|someone|somebody|something)"
        r")\b(?! (?:for|with|as|to|up|down|higher|lower|at|\$|\d))"
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
        r"\b(?:i'm|i'll|i will|i'd rather|i am|prefer to|then|and|to) (?:just |"
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
COURTESY = LazyPattern(
    r"^(?:thanks|thank you|have a|good luck|good ?bye|bye|see you|enjoy)\b", re.IGNORECASE
)
"""What leaves only where something was refused: it closes a deal as well."""
ALTERNATIVE_TO_LEAVING = LazyPattern(
    r"\b(?:if|or|unless|otherwise|before i|about to|tempted to|might|may|could|"
    r"would|don't make me|want me to|am i)\b",
    re.IGNORECASE,
)
WITHDRAWS = any_of(
    r"\bactually\b",
    r"^(?:wait|hold on|hang on|stop)\b",
    r"\bchanged my mind\b",
    r"\bon second thoughts?\b",
    r"\bscratch that\b",
    r"\bi take (?:it|that) back\b",
    r"\bsorry,? (?:i|but)\b.*\b(?:can't|forgot|mistake)\b",
    r"\bi made a mistake\b",
    r"\bnever agreed\b",
    r"\bdidn't agree\b",
    r"\bnot what (?:we|i) agreed\b",
    r"\bnot what i said\b",
)
SPLITS = any_of(
    r"\bsplit (?:it|the difference|the \w+)\b",
    r"\bmeet (?:me |you |each other )?(?:in the middle|half ?way)\b",
    r"\bin the middle\b",
    r"\bhalf ?way\b",
    r"\b50[-/]50\b",
)
