"""Words of web pages around papers: of buttons, menus, counters and dates. English, as listings of papers are."""

from __future__ import annotations

_BUTTONS = (
    "Subscribe|Unsubscribe|Upvote|Upvoted|Downvote|Log in|Login|Log out|Logout|Sign up|Signup|Sign in|Signin|Register|"
    "Bookmark|Bookmarked|Download|Follow|Following|Share|Save|Saved|Search|Menu|Home|Trending|New|Newsletter|Read more|"
    "Show more|Load more|See more|Show less|View all|View PDF|View paper|PDF|HTML|Cite|Copy|Close|Skip to content|"
    "Skip to main content|Comments|Like|Likes|Liked|Reply|Featured|Latest|Popular|Next|Previous|Back|Open access|"
    "Dark mode|Light mode|Settings|Notifications|Feedback|Export|Filter|Filters|Sort|Accept|Dismiss|Join|Explore|"
    "Browse|More|Less|Favorite|Add to library|Add to list|Pricing|Abstract|Daily Papers|Get started|"
    "Advertisement|Toggle|Toggle menu"
)
# Page words as well, but such as begin or end names of papers too often to be cut off ("ModelNet", "CodeBERT").
_OTHER_BUTTONS = (
    "hot top view code paper papers dataset datasets model models spaces docs blog about contact help comment report "
    "submit results showing sorted relevance date"
)
_COUNTERS = (
    "upvotes votes vote views downloads stars citations replies shares author authors day days hour hours week weeks "
    "month months year years ago minute minutes min mins read yesterday today of the by in on and to or a an all "
    "other others et al submitted published updated posted revised announced originally online accepted arxiv page "
    "pages figures oral poster spotlight preprint your our email inbox k st nd rd th"
)
_DATES = (
    "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september "
    "october november december mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday"
)

# Longest first; what of them stands right before or after a title, without a space, is cut off.
GLUED_PHRASES = tuple(sorted(_BUTTONS.split("|"), key=lambda phrase: (-len(phrase), phrase)))
# A short line made of nothing but these, case folded, is page chrome.
CHROME_WORDS = frozenset(f"{_BUTTONS.replace('|', ' ').casefold()} {_OTHER_BUTTONS} {_COUNTERS} {_DATES}".split())
NAME_PARTICLES = frozenset(
    {"de", "del", "della", "der", "den", "di", "da", "dos", "du", "la", "le", "van", "von", "zu", "ter", "ten", "bin"}
    | {"ibn", "al", "el", "y", "e", "jr", "sr", "ii", "iii"}
)
