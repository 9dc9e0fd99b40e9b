"""Replace idioms by plain words, and split text into sentences and parts."""

import re

from pytest_selfrepair.core.lazy_pattern import LazyPattern

QUOTES = LazyPattern(r"[’‘`´]")
IDIOMS: tuple[tuple[LazyPattern, str], ...] = tuple(
    (LazyPattern(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"👍|🙌|✅|👌|💯", " ok. "),
        (r"🤝", " deal. "),
        (r"👎|❌", " no. "),
        (r"\bno (?:problem|worries|prob)\b", "okay"),
        (r"\bwhy not\b(?=[.!,]|$)", "okay"),
        (
            (
                r"\b(?:and i'm the (?:queen|king|pope|president)\b.*|in (?:another|your next|"
                r"my next) "
                r"(?:life|world)|when (?:pigs fly|hell freezes over))|^(?:oh,? )?(?:great|"
                r"perfect|"
                r"wonderful|lovely|fantastic|brilliant|nice),? (?:another|just what i|"
                r"exactly what i|"
                r"that's all i)\b.*|\b(?:great|good|nice|fine|wonderful) (?:price|deal|"
                r"offer)\W+for "
                r"you\b"
            ),
            "no way",
        ),
        (
            (
                r"^oh,? (?:sure|yes|yeah|right|of course),? (?:let me|i'll just|and i|and you|"
                r"because|why "
                r"not)\b.*"
            ),
            "no way",
        ),
        (
            (
                r"\b(?:no (?:objections?|complaints?|arguments?)(?: here| from me)?|say no more|"
                r"you leave me no (?:other )?choice(?! but))\b"
            ),
            "okay",
        ),
        (
            (
                r"\b(?:i |we |one |who )?(?:won't|can't|cannot|couldn't|could) (?:say no to|"
                r"refuse|turn "
                r"down|argue with|complain about) (?:that|it|this)\b"
            ),
            "okay",
        ),
        (
            (
                r"\b(?:yeah|oh|sure),? (?:right|sure|yeah)\b(?=[.!]*$)|\b(?:nice try|dream on|"
                r"keep "
                r"dreaming|in your dreams|(?<!as )you wish|as if|good one|very funny|get real|"
                r"be serious|"
                r"don't make me laugh|you(?:'re| are) (?:hilarious|funny))\b(?=[.!]|$)|"
                r"^ha(?:ha)*\b"
            ),
            "no way",
        ),
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
            (
                r"\ba (dollar|euro|pound|buck)(?= (?:ten|twenty|thirty|forty|fifty|sixty|"
                r"eighty)\b)"
            ),
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
"""The end of a sentence, and the start of an added question of when or where."""
PIECE = LazyPattern(
    r",(?!\d)\s*|\s+(?:[-–—]{1,2}|\.\.\.?|…)\s+|[:;]\s+|\s+\bbut\b\s+|\bbut\b,?\s+|…|\.\.\."
)
NOT = (
    r"\b(?:not|never|no|nor|neither|nothing|nobody|hardly|unable|refuse|without|can't|cant|"
    r"won't|"
    r"wont|don't|dont|didn't|doesn't|isn't|aren't|wasn't|wouldn't|couldn't|shouldn't|haven't|"
    r"ain't|"
    r"far from|too far|impossible)\b"
)
NEGATED = LazyPattern(NOT, re.IGNORECASE)
