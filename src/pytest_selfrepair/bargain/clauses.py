"""What one sentence of talk does: it names prices, accepts, refuses, sets a condition, or leaves.

Rules alone, and each of them one pattern with one meaning; what they mean beside what was said
before is `talk`'s to say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pytest_selfrepair.bargain.amounts import Amount, Measure, chosen, find_amounts


class Stance(StrEnum):
    """What a number in a sentence is to its speaker.

    Attributes:
        OFFER: The speaker would deal at it.
        BOUND: The speaker would deal at it, and at nothing worse.
        REFUSED: The speaker would not deal at it.
        MENTIONED: It is somebody else's, or of another time, or what something cost.
        MORE: It is to be added to what stands.
        LESS: It is to be taken off what stands.
    """

    OFFER = "offer"
    BOUND = "bound"
    REFUSED = "refused"
    MENTIONED = "mentioned"
    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedAmount:
    """A number in a sentence, and what it is to the speaker.

    Attributes:
        value: The amount, or the percentage.
        stance: What it is.
        share: Whether it is a percentage of what stands.
    """

    value: Decimal
    stance: Stance
    share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What a sentence does.

    Attributes:
        text: Its words.
        prices: The numbers that may be prices, in order.
        accepts: Whether it says that there is a deal.
        nods: Whether it opens with a yes that may answer something else.
        asks: Whether it is a question.
        condition: Whether it names a condition, or what is to be thrown in.
        refuses: Whether it says no to what stands.
        hesitates: Whether it puts an answer off.
        leaves: Whether the speaker ends the bargaining.
        withdraws: Whether the speaker takes back what was said.
        splits: Whether it proposes the middle between both offers.
        alternatives: Whether its prices are a choice or a range rather than one offer.
        thanks: Whether it is the courtesy of somebody who has what was wanted.
    """

    text: str
    prices: tuple[NamedAmount, ...] = ()
    accepts: bool = False
    nods: bool = False
    asks: bool = False
    condition: bool = False
    refuses: bool = False
    hesitates: bool = False
    leaves: bool = False
    withdraws: bool = False
    splits: bool = False
    alternatives: bool = False
    thanks: bool = False


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_IDIOMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
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
        (r"\bwon't let you down\b", "is reliable"),
    )
)

_SENTENCE = re.compile(r"(?<=[.!?;…])[\s\"')]+(?=\S)|(?<=[!?])(?=[A-Za-z$€£])|\n+")
_PIECE = re.compile(
    r",(?!\d)\s*|\s+(?:[-–—]{1,2}|\.\.\.?|…)\s+|[:;]\s+|\s+\bbut\b\s+|\bbut\b,?\s+|…|\.\.\."
)

_NOT = (
    r"\b(?:not|never|no|nor|neither|nothing|nobody|hardly|unable|refuse|without|can't|cant|won't|"
    r"wont|don't|dont|didn't|doesn't|isn't|aren't|wasn't|wouldn't|couldn't|shouldn't|haven't|ain't|"
    r"far from|too far|impossible)\b"
)
_NEGATED = re.compile(_NOT, re.IGNORECASE)

_ACCEPTS = _any(
    r"(?<!a better )(?<!better )(?<!great )(?<!good )(?<!fair )(?<!best )(?<!bad "
    r")(?<!big )(?<!nice )(?<!real )(?<!amazing )(?<!sweet )(?<!steal )\bdeal\b(?! "
    r"with| of| for me| breaker|er|s\b|\?| or no)",
    r"\bi(?:'ll| will|'d love to|'m going to| am going to| shall| can| could)? "
    r"?(?:gladly |happily |just |then )?(?:take|buy|grab|have|purchase) (?:it|"
    r"that|them|this|those|the|one|two|all|both|you up)\b",
    r"^(?:we'll|we will|let me|lemme) (?:take|buy|have) (?:it|that|them|this)\b",
    r"^(?:and |then |well |so |ok |okay |it's |consider it |consider that |that's "
    r")*sold\b(?! (?:as|one|out|for parts|by|separately|mine|the|a|an|my|it|"
    r"in))",
    r"(?<!i )\bagreed\b",
    r"^(?:ok(?:ay)? )?(?:then )?(?:i|we) (?:can |do |will |'ll )?agree(?! that|"
    r" it| with you that| the| this is| you)\b",
    r"\bi(?:'ll|'d| will| can| do| happily| gladly|'m happy to|'m willing to)? "
    r"(?:also |then )?accept\b",
    r"^(?:offer )?accepted\b",
    r"\b(?:we|you)(?:'ve| have|'ve got| got| have got|'ll have)? (?:yourself "
    r"|ourselves )?(?:a|an|our) (?:deal|agreement|bargain)\b",
    r"\bshake (?:hands )?on (?:it|that)\b|\bshake hands\b",
    r"\b(?:it|he|she|that|the \w+)(?:'s| is) (?:all )?yours\b|^(?:all )?yours\b",
    r"\byou (?:can|may) (?:have|take) (?:it|that|them|the)\b",
    r"\byou(?:'ve)? got (?:it|yourself a deal)\b",
    r"\bcount me in\b|\bi'm (?:all )?in\b(?! a| the| need| love| no| for a)|"
    r"\bi'll go for (?:it|that)\b|\bi'm sold\b|\bi'm game\b",
    r"\bconsider it (?:sold|done|yours)\b",
    r"\byou win\b|\byou(?:'ve| have) (?:convinced|persuaded|talked) me\b|\byou twisted my arm\b",
    r"\b(?:that|it|this)(?:'ll| will| would|'d)? (?:works?|suits?|do)\b(?! better|"
    r" out)|^works\b|\bworks (?:well |fine |great |perfectly )?for me\b|\bthat'll "
    r"do\b",
    r"\b(?:fine|okay|ok|good|alright|great) (?:by|with) me\b|\bi'm (?:fine|okay|"
    r"ok|good|happy|cool) with (?:that|it|this|your)\b",
    r"\bsounds (?:good|great|fair|fine|perfect|reasonable|okay|ok|right|like a deal|like a plan)\b",
    r"\blet's do (?:it|that|this)\b|\blet's go (?:for|with) (?:it|that)\b|^yes "
    r"let's\b|\blet's wrap (?:it|this) up\b|\blet's close\b|^let's$",
    r"\b(?:happy|glad|willing|ready) to (?:pay|accept|take) (?:that|it|your)\b",
    r"\bi(?:'ll| will| can|'d)? (?:pay|do|manage|live with|agree to|go with|"
    r"go for|afford|handle|meet) (?:that|it|your)\b",
    r"\bthat(?:'s| is| sounds) (?:perfectly |quite |very |totally )?(?:fine|"
    r"acceptable|okay|ok|good|fair|great|agreeable|perfect|reasonable|alright|"
    r"all right)\b",
    r"^done\b(?! here| with| this)|\bi can work with (?:that|it)\b|^(?:oh )?go "
    r"on(?: then)?\b|^go ahead\b|\bmake it happen\b|\b(?:is|are) (?:hereby )?accepted\b",
    r"\bfair enough\b|^gladly\b|^very well\b|\bhere's (?:the|your) money\b|\b(?:then "
    r")?sign(?: here)?$",
    r"\bwrap it up\b|\bi'll (?:pack|box|wrap|bag) it\b|\bring it up\b|\bwhere do i (?:sign|pay)\b",
    r"^(?:zgoda|fechado|abgemacht|einverstanden|d'accord|vendu|trato hecho|affare "
    r"fatto|va bene|trato|hecho|verkauft|akkoord|avtalat)\b",
)
_ACCEPTS_DESPITE_NOT = _any(
    r"\bnot? (?:a )?(?:problem|bad)\b",
)
_NODS = re.compile(
    r"^(?:(?:ugh|hmm+|um+|well|oh|aww?|ah|then|please|you know what|i guess|i suppose)[\s,.!]+)*"
    r"(?:ok(?:ay)?|okey|k|yes|yeah|yea|yep|yup|ya|sure|fine|alright|all right|"
    r"great|perfect|cool|excellent|"
    r"wonderful|absolutely|certainly|definitely|of course|very well|gladly|sweet|"
    r"brilliant|super|si|sí|oui|ja|tak)\b",
    re.IGNORECASE,
)
_HESITATES = _any(
    r"\blet me (?:think|check|sleep|ask|see|consider|talk|get back|know)\b|\bthink "
    r"(?:about|it over)\b|\bget back to you\b|\bsleep on it\b|\bnot sure\b|\bmaybe\b|"
    r"\bperhaps\b|\bneed (?:some |more |a bit of )?time\b|\bconsider(?:ing)? "
    r"it\b|\bwe'll see\b|\bi (?:get|see|understand|hear)\b|\bcall you\b|\blet "
    r"you know\b|\bbe in touch\b|\bcome back\b|\bmessage you\b",
)
_ANSWERS_ELSE = re.compile(
    r"^(?:yes|yeah|yep|sure|of course|absolutely|certainly|definitely|right|"
    r"okay|ok)\b[\s,]+(?:it|they|there|i (?:am|do|have|can|did|could|will|would)|"
    r"he|she|we|you(?! can have| got| win))\b",
    re.IGNORECASE,
)
_THANKS = _any(
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
_CONDITION = _any(
    r"\bif\b(?! you (?:like|want|wish|prefer|insist)$)(?! that's (?:ok|okay|alright|fine))",
    r"\bas long as\b|\bprovided\b|\bon (?:the|one) condition\b|\bunless\b|\bassuming\b|"
    r"\bso long as\b|\bin case\b|\bonce you\b|\bwhen you (?:throw|include|add)\b",
    r"\b(?:throw|thrown|chuck|toss) in\b|\bif you include\b|\bplus you\b|\byou(?:'ll|"
    r" will| have to| need to| must)? (?:also )?(?:include|add|deliver|ship|"
    r"cover|throw|pay (?:for )?(?:the )?(?:shipping|postage|delivery))\b",
    r"\bwith (?:free|the|a|an|delivery|shipping) ?(?:delivery|shipping|postage|"
    r"charger|case|box|bag|warranty|guarantee)\b",
    r"\bsubject to\b|\bdepend(?:s|ing) on\b|\b(?:only|but) (?:when|after)\b|"
    r"\bafter i (?:see|test|try|inspect)\b|\bin (?:exchange|return) for\b",
)
_EVEN_IF = re.compile(r"\beven if\b", re.IGNORECASE)
_REFUSES = _any(
    r"^(?:no|nope|nah|nay|never|no way|not (?:a chance|yet|really|quite|for "
    r"me|today|at|gonna|going)|sorry|absolutely not|out of the question|impossible|"
    r"i don't think so|i'm afraid not|non|nein)\b",
    r"\b(?:too|so) (?:much|high|low|little|steep|expensive|pricey|dear|cheap|rich|far)\b",
    r"\b(?:a (?:bit|little|tad)|rather|quite|pretty|very|way) (?:too )?(?:steep|"
    r"high|low|expensive|much|pricey)\b",
    r"\b(?:isn't|is not|not|'s not|doesn't|won't|wouldn't) (?:be )?(?:enough|"
    r"acceptable|possible|good|work|going to work|gonna work|do it|fair|sufficient|"
    r"realistic|an option|reasonable)\b",
    r"\b(?:have|need|going) to (?:say no|decline|refuse|reject|turn)\b|\bi (?:decline|"
    r"refuse|reject)\b|\bdon't (?:accept|agree)\b|\bcan't (?:accept|agree|do|"
    r"afford|match|go|pay|sell|take)\b",
    r"\bare you (?:kidding|joking|serious|crazy|mad)\b|\byou(?:'re| must be) (?:kidding|joking)\b",
)
_LEAVES = _any(
    r"\ba no from me\b|\b(?:already|just) sold (?:it|this|that|them|the \w+)\b|"
    r"\b(?:been|is|was) (?:already )?sold to\b|\bend the negotiations?\b",
    r"\bno deal\b(?! at\b| unless| until| yet| if| for (?:less|more|under)| "
    r"below| above| under| without)",
    r"\b(?:we|there)(?:'ve| have|'s| is| are)? (?:got )?no (?:deal|agreement)\b",
    r"\bi(?:'ll| will| have to| must|'m going to|'d better| think i'll| guess "
    r"i'll)? ?(?:have to |just |rather |need to )?pass\b(?! by| on)",
    r"\bi(?:'ll| will|'m gonna)? (?:have to )?pass on (?:it|this|that)\b",
    r"\b(?:i'm|we're|i am|we are) (?:out|done(?: here)?|walking(?: away)?|leaving|"
    r"gone|through)\b(?! of| with (?:the|my)| the door at)",
    r"\b(?:i'll|i will|i'm going to|have to|must|i'd rather|i'd better|let me)(?: "
    r"just)? (?:walk(?: away)?|leave|go|move on|keep looking|keep searching|"
    r"look (?:elsewhere|around|somewhere else)|try (?:elsewhere|my luck elsewhere|"
    r"another|somewhere)|shop around|find (?:another|someone|somebody|something))\b(?! "
    r"(?:for|with|as|to|up|down|higher|lower|at|\$|\d))",
    r"\bwalk(?:ing)? away\b|\bi walk\b",
    r"\b(?:not|no longer|isn't|aren't|ain't) interested\b|\blost interest\b",
    r"\b(?:call(?:ing)? (?:it|this|the whole thing) off|forget (?:it|about it|"
    r"this|the whole thing)|never ?mind)\b",
    r"\b(?:can't|won't|couldn't|don't) (?:do|be doing|have) business\b",
    r"\b(?:good ?bye|bye)\b",
    r"\btoo far apart\b|\b(?:don't|won't|never|can't) (?:think |see |believe "
    r")?(?:we(?:'ll| will| can|'re going to)? )?(?:ever )?(?:reach(?:ing)?|com(?:e|"
    r"ing) to|find(?:ing)?|getting to|get to|make|agree on) (?:an? )?(?:agreement|"
    r"deal|common ground|price|terms)\b",
    r"\bi(?:'ll| will) leave it\b|^leave it$|\bleave it at that\b",
    r"\b(?:i'm|i'll|i will|i'd rather|i am|prefer to|then|and|to) (?:just |rather "
    r")?(?:keep(?:ing)?|hold(?:ing)? on to|hang(?:ing)? on to) (?:it|the \w+|"
    r"my \w+|your money|mine|this|that|them)\b(?! than)",
    r"\b(?:won't|not going to|don't want to|refuse to|not) (?:sell(?:ing)?|buy(?:ing)?)(?: "
    r"it| to you| this| that| the \w+)?(?: then| anymore| after all| today)?[.!]*$",
    r"\bnot (?:for sale|selling|buying)\b|\bno longer for sale\b|\boff the (?:market|table)\b",
    r"\bchanged my mind\b",
    r"\b(?:have|need|going|forced|afraid i must|must) (?:to )?(?:respectfully "
    r"|politely )?decline\b(?! that)|\bi (?:respectfully |politely |must )?decline\b|"
    r"\bmust decline\b",
    r"\bdecided (?:not to|to (?:buy|go with|get|keep|sell it to|give it to) "
    r"(?:a different|another|someone|somebody|it|one|my))\b",
    r"\b(?:isn't|is not|'s not|not) going to (?:work|happen)\b(?: out)?[.!]*$",
    r"\bthis (?:isn't|is not|won't be|doesn't seem to be) (?:working|going anywhere|"
    r"going to happen|getting us anywhere)\b",
    r"\bi (?:quit|give up|withdraw|back out)\b|\bi'm backing out\b|\blet's (?:stop|"
    r"end|leave it|drop it|not|forget)\b(?! at)|\bnegotiations? (?:is|are) over\b|"
    r"\bwe're done\b",
    r"\bgood luck\b|\bhave a (?:nice|good|great) (?:day|one|evening|weekend|"
    r"life)\b|\bmaybe (?:next|another) time\b|\btake my business elsewhere\b|"
    r"\bagree to disagree\b|\bpart ways\b|\bthanks (?:anyway|for your time|but "
    r"no thanks)\b|\bthank you for your time\b",
)
_COURTESY = re.compile(
    r"^(?:thanks|thank you|have a|good luck|good ?bye|bye|see you|enjoy)\b", re.IGNORECASE
)
"""What leaves only where something was refused: it closes a deal as well."""
_ALTERNATIVE_TO_LEAVING = re.compile(
    r"\b(?:if|or|unless|otherwise|before i|about to|tempted to|might|may|could|"
    r"would|don't make me|want me to|am i)\b",
    re.IGNORECASE,
)
_WITHDRAWS = _any(
    r"\bactually\b",
    r"^(?:wait|hold on|hang on|stop)\b",
    r"\bchanged my mind\b",
    r"\bon second thoughts?\b",
    r"\bscratch that\b",
    r"\bi take (?:it|that) back\b",
    r"\bsorry,? (?:i|but)\b.*\b(?:can't|forgot|mistake)\b",
    r"\bi made a mistake\b",
    r"\bnever agreed\b|\bdidn't agree\b",
    r"\bnot what (?:we|i) agreed\b|\bnot what i said\b",
)
_SPLITS = _any(
    r"\bsplit (?:it|the difference|the \w+)\b",
    r"\bmeet (?:me |you |each other )?(?:in the middle|half ?way)\b",
    r"\bin the middle\b",
    r"\bhalf ?way\b",
    r"\b50[-/]50\b",
)

_MENTIONED_BEFORE = _any(
    r"\b(?:paid|cost|costs|costing|retails?(?: for)?|worth|appraised(?: at)?|"
    r"valued(?: at)?|msrp|original(?:ly)?|new price|market (?:price|value)|old "
    r"price|"
    r"list price|listed|retail price|store price|reduced from|down from|up from|"
    r"marked down from|instead of|rather than|as opposed to|compared (?:to|with)|"
    r"used to|"
    r"was|were|earlier|yesterday|last (?:week|month|year|time)|elsewhere|online|"
    r"on (?:ebay|amazon)|in (?:the )?(?:shops?|stores?)|new ones?|others?|similar|"
    r"everyone|"
    r"would cost|normally|usually|typically|bought|spent|save|saves|saving|another "
    r"buyer|other buyer|somebody|someone|a (?:friend|guy|man|woman|lady|dealer|"
    r"neighbou?r)|the shop)\b[^.?!]*$",
    r"\bthan(?: the| your| a)?\s?$|\bfrom\s?$",
    r"\byou(?:'re| are| were|r)? (?:at|asking|asked|want|wanted|said|say|saying|"
    r"offered|offering|offer|told me|mentioned|quoted|need|proposed|suggested|"
    r"named|advertised)\b[^.?!]*$",
    r"\byour (?!final|best|lowest|last|bottom)[^.?!]*$",
    r"\b(?:said|never said|say|saying)(?: anything about)?\s?$",
    r"\b(?:i|we)(?:'d| had|'ve| have)? (?:sold|bought|seen|saw|found|got offered|"
    r"was offered|were offered|could get|can get|get|have been offered|could "
    r"buy|can buy)\b[^.?!]*$",
    r"\b(?:my|the|our) (?:cost|costs|expenses|purchase price|appraisal|receipt|"
    r"listing|ad|estimate)\b[^.?!]*$",
    r"\b(?:plus|\+|and)\s?$(?<=plus )|\bplus (?:the |a |an )?$|\+\s?$",
)
_PLUS_EXTRA = re.compile(
    r"^\s?(?:for |of )?(?:the )?(?:shipping|postage|delivery|handling|tax|vat|"
    r"deposit|fee|fees|tip|extra)\b",
    re.IGNORECASE,
)
_MORE_BEFORE = re.compile(
    r"\b(?:add|another|extra|an additional|additional|raise (?:it |your offer "
    r"|that )?by|up (?:it |your offer )?by|go up by|increase (?:it )?by|come "
    r"up(?: by)?|throw in(?: another)?|up)\s?$",
    re.IGNORECASE,
)
_LESS_BEFORE = re.compile(
    r"\b(?:knock(?: off)?|knock (?:another|a further)|take off|take another|"
    r"drop(?: (?:it|the price|that))?(?: (?:by|another))?|come down(?: (?:by|"
    r"another))?|go down (?:by|another)|down(?: by)?|lower (?:it )?by|reduce "
    r"(?:it )?by|discount of|cut(?: it)? by|shave(?: off)?)\s?$",
    re.IGNORECASE,
)
_LESS_AFTER = re.compile(r"^\s?(?:off\b|less\b|cheaper\b|lower\b|discount\b|down\b)", re.IGNORECASE)
_MORE_AFTER = re.compile(r"^\s?(?:more\b|extra\b|higher\b|on top\b)", re.IGNORECASE)
_BOUND_BEFORE = _any(
    r"\b(?:go|going|come|get|sell|accept|take|let|drop|pay|offer|spend|stretch|"
    r"give|do|bid|budge|move|budget)\w*\b[^.?!]*\b(?:below|under|above|over|"
    r"lower than|higher than|less than|more than|beyond|past|for less than|north "
    r"of|south of)(?: the)?\s?$",
    r"\b(?:better|lower|cheaper|higher)(?: deal| price| offer)? than\s?$",
    r"\b(?:no|not|nothing) (?:less|lower|higher|more|cheaper|cent less|penny "
    r"less|over|under|above|below)(?: than)?(?: the)?\s?$",
    r"\b(?:nothing|not) (?:over|above|under|below)\s?$",
)
_LIMITS_BEFORE = _any(
    r"\b(?:at (?:least|most|the (?:very )?(?:least|most))|up to|max(?:imum)?(?: "
    r"of| is)?|min(?:imum)?(?: of| is)?|(?:my )?(?:lowest|highest|limit|bottom "
    r"line|budget|ceiling|floor)(?: (?:is|of|for it is|price is|i can (?:go|"
    r"do|offer) is))?)\s?(?:around |about |exactly )?$"
)
_REFUSED_AFTER = _any(
    r"^\s?(?:\w+\s)?(?:is|'s|was|seems?|sounds?|looks?|feels?|would be|are)?\s?(?:just "
    r"|still |way |far |a bit |a little |a tad |really |quite |rather |pretty "
    r"|much |simply )*(?:too )?(?:too (?:much|high|low|little|steep|expensive|"
    r"pricey|dear)|steep|high|low|expensive|pricey|out of (?:the question|reach|"
    r"my)|impossible|over my|beyond my|more than i|less than i|not |no good|"
    r"unacceptable|ridiculous|crazy|insane|an insult|insulting|a joke)\b",
    r"^\s?(?:isn't|is not|doesn't|won't|wouldn't|can't|cannot|is never)\b",
)
_SAID_BY_OTHER_AFTER = re.compile(
    r"^\s?(?:earlier|yesterday|before|last (?:week|month|year|time)|(?:for|was) "
    r"(?:a )?new|new\b|online|elsewhere|in (?:the )?(?:shops?|stores?)|at (?:the "
    r")?(?:shop|store)|already offered|is what (?:you|they|others)|your\b|used "
    r"to|originally|on (?:ebay|amazon))",
    re.IGNORECASE,
)
_CRAZY = re.compile(
    r"\b(?:crazy|mad|insane|stupid|a fool|foolish|ridiculous|insult(?:ing)?|"
    r"impossible|hard|difficult|ashamed|lose money|losing money|be robbery)\b[^.?!]*$",
    re.IGNORECASE,
)
_OFFERS_DESPITE_NOT = _any(
    r"\bwhy (?:not|don't (?:we|you|i))\b",
    r"\b(?:can't|couldn't|won't|wouldn't|can|would) you\b",
    r"\bnot\b[^,]*\bbut\b\s?(?:rather )?$",
    r"\bhow about\b|\bwhat about\b",
    r"\bdo you (?:not )?think\b",
)
_TAKES_THEIRS = re.compile(
    r"\b(?:accept|agree to|take|go with|go for|deal at|fine with|happy with|"
    r"okay with|ok with)\b.*\byour (?:\w+ )?(?:offer|price|bid|proposal)(?: "
    r"of| at| for)?\s?$",
    re.IGNORECASE,
)
_AND_DONE = re.compile(
    r"(?:\band (?:then )?(?:deal\b|consider\b|(?=i\b|i'|it|we|you|that))|,\s(?=i'm "
    r"in|it's yours|it is yours|we have|you have|you've got))(?:i'm in|i am "
    r"in|it's|it is|we have|we've got|you(?:'ve| have) got|you have|we're done|"
    r"i'll|i will|we can|that's)?",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?:deal|sold|agreed|done|we have|your offer|accepted|it is)\b", re.IGNORECASE
)
_NEAR = 160
"""Characters on either side of a number that say what it is to its speaker."""
_RANGE = re.compile(r"^\s?(?:-|–|—|to|and|bis|up to)\s?$", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from|anywhere from|somewhere between)\s?$", re.IGNORECASE)


def normal(text: str) -> str:
    """A text with its idioms in plain words, so that a "no" in it refuses."""
    for pattern, words in _IDIOMS:
        text = pattern.sub(words, text)
    return " ".join(text.split(" ")).strip()


def sentences(text: str) -> list[str]:
    """The sentences of a text, none empty."""
    return [each.strip() for each in _SENTENCE.split(text) if each and re.search(r"\w", each)]


def read_sentence(text: str, near: Sequence[Decimal] = ()) -> Sentence:
    """What one sentence does.

    Args:
        text: The sentence, as `normal` writes it.
        near: The amounts of the whole talk, which tell 950 from 9.50.
    """
    pieces = _pieces(text)
    asks = re.search(r"\?[?!\s\"')]*$", text) is not None
    prices: list[NamedAmount] = []
    alternatives = False
    accepts = refuses = False
    leaves = any(_leaves(piece) for piece in pieces) and not _is_threat(text)
    for piece in pieces:
        found, choice = _prices(piece, list(near))
        prices += found
        alternatives = alternatives or choice
        offered = _offers(found)
        accepts = (
            accepts
            or _accepts(piece)
            or bool(offered and re.search(r"\bit is(?: then)?$", piece, re.IGNORECASE) and not asks)
        )
        refuses = refuses or bool(_REFUSES.search(piece))
    if len(_offers(prices)) > 1 and _OR.search(text):
        alternatives = True
    if prices and accepts and _is_offer_and_promise(text):
        accepts = False
    nods = _NODS.match(text)
    return Sentence(
        text=text,
        prices=tuple(prices),
        accepts=accepts and not leaves,
        nods=bool(nods) and not _ANSWERS_ELSE.match(text) and not leaves,
        hesitates=bool(_HESITATES.search(text)),
        asks=asks,
        condition=bool(_CONDITION.search(text)) and not _EVEN_IF.search(text),
        refuses=refuses,
        leaves=leaves,
        withdraws=any(_WITHDRAWS.search(piece) for piece in pieces),
        splits=bool(_SPLITS.search(text)),
        alternatives=alternatives,
        thanks=bool(_THANKS.search(text)),
    )


def _is_offer_and_promise(text: str) -> bool:
    """Whether words of agreement only say what the price would do: "15 and it's yours"."""
    found = _AND_DONE.search(text)
    return found is not None and bool(find_amounts(text[: found.start()]))


def claims_agreement(text: str) -> bool:
    """Whether a sentence says that something is agreed, rather than what its speaker would do."""
    return _CLAIM.search(text) is not None


def _offers(prices: Sequence[NamedAmount]) -> list[NamedAmount]:
    return [each for each in prices if each.stance in {Stance.OFFER, Stance.BOUND}]


def _pieces(text: str) -> list[str]:
    """A sentence's parts between commas, dashes, colons and "but"."""
    return [each.strip(" .!?\"'()") for each in _PIECE.split(text) if each.strip(" .!?\"'()")]


def _accepts(piece: str) -> bool:
    match = _ACCEPTS.search(piece)
    if match is None:
        return False
    if _ACCEPTS_DESPITE_NOT.search(piece):
        return True
    before = piece[: match.end()]
    if _NEGATED.search(before) or re.match(r"\s(?:not|yet)\b", piece[match.end() :]):
        return False
    return not re.search(
        r"\b(?:would|could|might|wish|only|should|almost|nearly|have to|love to|"
        r"like to|want to|before|until|call that|call this|that a|this a|is it|is "
        r"that|do we have|have we|are we|can we|could we|will we|what|how|when|whether|"
        r"tell me|you'd|we'd|it'd|that'd)\b[^,]*$",
        piece[: match.start()],
        re.IGNORECASE,
    )


def _leaves(piece: str) -> bool:
    return bool(_LEAVES.search(piece))


def _is_threat(sentence: str) -> bool:
    """Whether leaving is one of two ways, or a thing that is thought of."""
    return bool(_ALTERNATIVE_TO_LEAVING.search(sentence))


def is_courtesy(sentence: str) -> bool:
    """Whether a sentence that may leave is what also closes a deal: "have a nice day"."""
    return bool(_COURTESY.match(sentence))


def _prices(piece: str, near: list[Decimal]) -> tuple[list[NamedAmount], bool]:
    """The numbers of a piece with their stances, and whether they are a range."""
    found: list[NamedAmount] = []
    amounts = [each for each in find_amounts(piece) if chosen(each, near) is not None]
    ranged = False
    for index, amount in enumerate(amounts):
        value = chosen(amount, near) or Decimal(0)
        left = piece[max(0, amount.start - _NEAR) : amount.start]
        right = piece[amount.end : amount.end + _NEAR]
        if index and _RANGE.match(piece[amounts[index - 1].end : amount.start]):
            gap = piece[amounts[index - 1].end : amount.start].strip().lower()
            if gap != "and" or _BETWEEN.search(piece[: amounts[index - 1].start]):
                start = piece[: amounts[index - 1].start]
                ranged = not re.search(r"\bfrom\s?$", start) and not re.search(
                    r"\b(?:go|come|went|drop\w*|down|up)\b", start
                )
                if not ranged and found:
                    found[-1] = NamedAmount(value=found[-1].value, stance=Stance.MENTIONED)
        found.append(
            NamedAmount(
                value=value,
                stance=_stance(amount, left, right),
                share=amount.measure is Measure.PERCENT,
            )
        )
    return found, ranged


_THEIRS_ACCEPTED = re.compile(
    r"^\s?(?:is|it's) (?:hereby )?(?:accepted|fine|good|okay|ok|acceptable|agreed)\b", re.IGNORECASE
)
_INCREDULOUS = re.compile(
    r"\b(?:no way|are you (?:kidding|serious|joking|crazy|mad)|you(?:'re| must "
    r"be) (?:kidding|joking)|really|seriously|what)\b[?!]",
    re.IGNORECASE,
)


def is_incredulous(text: str) -> bool:
    """Whether a text echoes a price in disbelief rather than names one."""
    return _INCREDULOUS.search(text) is not None


def _stance(amount: Amount, left: str, right: str) -> Stance:  # noqa: C901, PLR0911 - a rule a line
    if _LESS_AFTER.match(right) or _LESS_BEFORE.search(left):
        bad = _NEGATED.search(left) or (
            amount.measure is Measure.PERCENT and not _LESS_AFTER.match(right)
        )
        return Stance.MENTIONED if bad else Stance.LESS
    if amount.measure is Measure.PERCENT:
        return Stance.MENTIONED
    if _MORE_BEFORE.search(left) or (_MORE_AFTER.match(right) and not _NEGATED.search(left)):
        return Stance.MORE
    if _PLUS_EXTRA.match(right):
        return Stance.MENTIONED
    if _NEGATED.search(left) and _BOUND_BEFORE.search(left):
        return Stance.BOUND
    if _THEIRS_ACCEPTED.match(right) and not _NEGATED.search(left):
        return Stance.OFFER
    if _TAKES_THEIRS.search(left) and not _NEGATED.search(left):
        return Stance.OFFER
    if _LIMITS_BEFORE.search(left):
        return Stance.BOUND
    if re.match(r"\s?instead\b(?! of)", right, re.IGNORECASE) and not _NEGATED.search(left):
        return Stance.OFFER
    if _MENTIONED_BEFORE.search(left) or _SAID_BY_OTHER_AFTER.match(right):
        return Stance.MENTIONED
    if _REFUSED_AFTER.match(right) or _CRAZY.search(left):
        return Stance.REFUSED
    if _NEGATED.search(left) and not _OFFERS_DESPITE_NOT.search(left):
        return Stance.REFUSED
    return Stance.OFFER
