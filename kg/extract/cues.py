"""Words that say that something is not so, may be so, or is yet to be: the triggers of `kg.extract.assertion`.

Each trigger has a status, a direction in which it reaches, and how far: to the end of its clause, or over the noun
phrase beside it alone. What looks like a trigger and is none (`not only`, `without loss of`, `no-regret`) is matched
first, as the pseudo-triggers of NegEx are (Chapman et al. 2001).
"""

from __future__ import annotations

import re
from typing import Literal

from kg.model import Status

Reach = Literal["clause", "phrase", "saying", "back"]

_ADVERB = r"(?:(?:yet|even|always|also|still|often|only|currently|\w+ly)\s+)?"
_AUXILIARY = r"(?:do|does|did|is|are|was|were|be|been|has|have|had|can|could|will|would|shall|should|may|might|must)"
_SAY = (
    r"(?:shows?|imply|implies|means?|proves?|guarantees?|follows?|demonstrates?|claims?|assumes?|find|found|observe"
    r"|believe|think|expect)"
)

# Matched before all triggers; a trigger that overlaps one of these says nothing.
PSEUDO = (
    r"not (?:only|just|merely|simply|solely|to mention|limited to|least|until|surprising(?:ly)?)",
    r"(?:no|not) (?:more|less|later|fewer|worse|sooner) than",
    r"no (?:matter|doubt|wonder|free lunch|longer than)",
    r"(?:does|do|did|is|are|can|will)(?:n't| not) (?:fail|lack|suffer|hurt|harm|sacrifice|degrade|compromise|affect"
    r"|deteriorate|lose)\b",
    r"can ?not be (?:over(?:stated|emphasi[sz]ed|looked)|ignored|neglected|underestimated|denied)",
    r"without (?:any )?(?:\w+ly )?(?:(?:additional|significant|noticeable|much|further|extra|considerable|substantial"
    r"|obvious|serious|a|the) )*(?:loss|los(?:ing|s)|sacrific\w+|compromis\w+|degrad\w+|hurt\w*|harm\w*|affect\w*"
    r"|impair\w*|damag\w+|undermin\w+|increase\w*|increasing|reduc\w+|decrease\w*|decreasing"
    r"|drop\w*|chang\w+|alter\w+|incur\w+|introduc\w+"
    r"|violat\w+|forget\w+|deteriorat\w+|add(?:ing|ed)|trad\w+|cost|overhead|penalt\w+|bells|doubt|exception"
    r"|giving up)",
    r"(?:no|little|negligible|minimal) (?:\w+ )?(?:loss|drop|degradation|decrease|decline|sacrifice|cost|overhead"
    r"|penalty|change|impact|effect|compromise|deterioration|harm)\b",
    r"(?:more|less|most|least|equally|maximally|highly) likely",
    r"(?:whether|if) or not",
    r"with (?:and|or|and/or) without",
    r"not (?:the|a|an|due to|because of|for) (?:lack|absence)(?: of)?",
    r"not (?:\w+ly )?(?:expensive|costly|slow|hard|difficult|inferior)",
    r"(?:demonstrate\w*|demonstrating|show\w*|exhibit\w*|reveal\w*)"
    r" (?:(?:its|their|the|great|much|promising|significant|strong) )*"
    r"potential(?: (?:to|for|in))?",
    r"if not\b",
    r"why not\b",
    r"(?:will|may) (?:be|also be) (?:released|published|available|found|seen|made (?:publicly )?available)",
    r"we (?:will )?suggest(?! that\b)",
    r"we could",
    r"what we believe|we believe (?:this is|it is|to be|is) the first",
    r"as may be|(?:may|might) (?:only|not only)",
)

# (pattern, status, reach); of two that overlap the longer goes first.
TRIGGERS: tuple[tuple[str, Status, Reach], ...] = (
    # Negated: a verb phrase that is denied.
    (rf"{_AUXILIARY}\s+{_ADVERB}not\s+{_SAY}(?:\s+that)?", "negated", "saying"),
    (rf"{_AUXILIARY}\s+{_ADVERB}not\s+(?:necessarily|always|fully clear)", "hedged", "clause"),
    (rf"{_AUXILIARY}\s+{_ADVERB}not(?:\s+\w+ly)?(?:\s+(?:appear|seem|tend|help|manage|serve|suffice))?(?:\s+to)?"
     r"(?:\s+be)?", "negated", "clause"),
    (r"(?:do|does|did|is|are|was|were|has|have|had|could|would|should|wo|ca)n['\u2019]t(?:\s+be)?", "negated",
     "clause"),
    (r"cannot(?:\s+be)?|can\s+never(?:\s+be)?|never(?!theless)", "negated", "clause"),
    (r"fail(?:s|ed|ing)?\s+(?:to|at|in|on)", "negated", "clause"),
    (r"(?:is|are|was|were|be|being)\s+(?:unable|incapable|insufficient|inadequate|powerless)\s+(?:to|of|for)",
     "negated", "clause"),
    (r"(?:unable|inability|failure)\s+(?:to|of)", "negated", "clause"),
    (r"neither|nor|no\s+longer|hardly|scarcely|not\s+(?:yet\s+)?(?:to|been)", "negated", "clause"),
    (r"not\s+\w+ing(?:\s+(?:on|to|upon|in))?", "negated", "phrase"),
    (rf"no\s+(?:\w+\s+)?(?:evidence|guarantee|indication|reason|proof)\s+(?:that|of|for|to\s+{_SAY}\s+that)",
     "negated", "saying"),
    (r"no\s+(?:\w+\s+){0,2}(?:improvements?|gains?|benefits?|advantages?|differences?|correlations?|increases?)\s+"
     r"(?:of|from|over|on|in|for|with|between|to)", "negated", "clause"),
    (r"lacks?(?:\s+of)?|lacking", "negated", "phrase"),
    # Negated: a thing that is done without.
    (r"without(?:\s+(?:(?:the\s+)?(?:use|need|help|aid|necessity)\s+(?:of|for|to\s+\w+)|any|using|requiring|needing|"
     r"employing|relying\s+on|resorting\s+to|depending\s+on|recourse\s+to|access\s+to|having\s+to\s+\w+|"
     r"training|applying|performing|\w+ing(?=\s+(?:the|a|an|any)\s)))?", "negated", "phrase"),
    (r"(?:eliminat|obviat|remov|avoid|bypass|circumvent)(?:e|es|ed|ing|s)?\s+(?:the\s+)?(?:need|necessity|use|usage"
     r"|requirement)s?\s+(?:for|of|to\s+\w+)", "negated", "phrase"),
    (r"avoid(?:s|ed|ing)?\s+(?:using|training|relying\s+on|resorting\s+to)", "negated", "phrase"),
    (r"no|absence\s+of|instead\s+of|rather\s+than|as\s+opposed\s+to|in\s+lieu\s+of", "negated", "phrase"),
    # Hedged.
    (r"(?:we\s+)?(?:hypothesi[sz]|conjectur|speculat|surmis)(?:e|es|ed|ing)(?:\s+that)?", "hedged", "saying"),
    (r"hypothes[ie]s\s+(?:that|is\s+that)|conjecture\s+(?:that|is\s+that)", "hedged", "saying"),
    (r"suggest(?:s|ed|ing)?\s+that|(?:results?|findings?|evidence|analys[ie]s|experiments?|stud(?:y|ies)|observations?"
     r"|data|works?|research(?:es)?|theory|advances)\s+(?:\w+ly\s+)?suggests?|suggests?\s+the\s+potential|indications?\s+that",
     "hedged", "saying"),
    (r"whether|we\s+believe(?:\s+that)?|it\s+is\s+(?:possible|likely|unclear|plausible|conceivable)\s+(?:that|whether)",
     "hedged", "saying"),
    (r"(?:there\s+(?:is|are)\s+)?reasons?\s+to\s+(?:believe|suspect)\s+that", "hedged", "saying"),
    (r"may|might|could|in\s+principle|(?:can\s+)?(?:potentially|possibly|presumably|perhaps|probably|conceivably)"
     r"(?=\s+(?!\w+ous\b)[a-z]+s\b)|can\s+(?:potentially|possibly|perhaps|probably)", "hedged", "clause"),
    (r"(?:seem|appear)(?:s|ed)?\s+(?:to|as)|(?:is|are|was|were)\s+(?:widely\s+|often\s+|commonly\s+|generally\s+)?"
     r"(?:believed|thought|assumed|expected|likely|supposed|hoped|presumed|hypothesi[sz]ed|conjectured)\s+to",
     "hedged", "clause"),
    (r"ha(?:s|ve)\s+(?:the\s+|great\s+|a\s+)?potential\s+(?:to|for|in)|potential\s+to", "hedged", "clause"),
    (r"is\s+an\s+open\s+(?:question|problem)|remains?\s+(?:unclear|unknown|open|to\s+be\s+seen|an\s+open\s+\w+"
     r"|unexplored|elusive)", "hedged", "back"),
    # Future.
    (r"we\s+(?:plan|intend|hope|aspire|expect)\s+to|(?:plan|plans|planned)\s+to|we\s+leave", "future", "clause"),
    (r"(?:in\s+(?:the\s+|our\s+)?)?future(?:\s+(?:work|research|studies|directions?|extensions?|versions?))"
     r"(?:,?\s+we)?(?:\s+(?:will|could|may|should|might|includes?|is\s+to|plan\s+to|aim\s+to|intend\s+to))?",
     "future", "clause"),
    (r"will\s+be\s+(?:\w+ly\s+)?(?:evaluated|applied|tested|extended|investigated|explored|used|studied|compared|added"
     r"|combined|integrated|trained)", "future", "clause"),
    (r"(?:remains?|(?:has|have|is|are)\s+yet)\s+to\s+be\s+\w+", "future", "back"),
    (r"(?:is|are|was|were|be|been)\s+left\s+(?:for|to|as)\s+(?:the\s+)?future|(?:is|are)\s+(?:planned|future\s+work)",
     "future", "back"),
    (r"(?:has|have)\s+(?:not|never)\s+(?:yet\s+)?been\s+(?:\w+ly\s+)?(?:tested|evaluated|explored|studied|applied"
     r"|investigated|demonstrated|shown|examined|attempted|used)", "negated", "back"),
    (r"(?:is|are)\s+(?:im(?:possible|practical)|infeasible|not\s+(?:possible|feasible|applicable|suitable"
     r"|supported))", "negated", "back"),
)  # fmt: skip

# What ends the reach of a trigger, whichever way it goes.
TERMINATORS = re.compile(
    r"\b(?:but|however|although|though|while|whilst|whereas|because|since|except|which|whose|who|where|when|if|unless"
    r"|so\s+that|such\s+that|thus|thereby|therefore|hence|nevertheless|nonetheless|in\s+order\s+to|due\s+to"
    r"|despite|instead|even\s+(?:with|without|in)|as\s+(?:they|it|we)|otherwise|yet|we|it|they|this)\b"
    r"|,\s+as\b(?!\s+well)|[;:!?\u2014]|\s[-\u2013]{1,3}\s",
    re.IGNORECASE,
)
