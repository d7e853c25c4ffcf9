"""Patterns of the timeline, and its styles where it stands in a file of its own.

On a page the same classes get their looks from `static/src/scss/_timeline.scss`; a file has no style sheet beside it.
"""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

PATTERNS = mark_safe(
    '<defs><pattern id="her-break" width="6" height="6" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><rect width="6" height="6" class="her-timeline__paper"/>'
    '<rect width="2" height="6" class="her-timeline__drive"/></pattern>'
    '<pattern id="her-overtime" width="5" height="5" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(-45)"><rect width="5" height="5" class="her-timeline__paper"/>'
    '<rect width="1.5" height="5" class="her-timeline__late-line"/></pattern></defs>'
)

# The people of the light theme in static/src/scss/_themes.scss: a file is paper.
PEOPLE = (
    "#332288", "#117733", "#882255", "#0072b2", "#aa4499", "#777720", "#b84a5e", "#24786b", "#6b3e00", "#4d4d4d",
)  # fmt: skip

_STYLE = mark_safe(
    "text{font:13px arial,sans-serif;fill:#212b32}"
    "text.her-chart__muted{fill:#4c6272}text.her-chart__on-dark{fill:#fff}"
    "text.her-timeline__label{font-weight:700}text.her-timeline__now-text{fill:#7c2855;font-size:11px;font-weight:700}"
    ".her-timeline__paper{fill:#fff}.her-timeline__late-line{fill:#d5281b}"
    ".her-chart__grid{stroke:#d8dde0}"
    ".her-timeline__shift{fill:#e8edee}"
    ".her-timeline__overtime{fill:url(#her-overtime);stroke:#d5281b}"
    ".her-timeline__visit{fill:#005eb8;stroke:#212b32;stroke-width:.75}"
    ".her-timeline__visit--tier-1{fill:#253494;stroke-width:2}.her-timeline__visit--tier-2{fill:#0072b2}"
    ".her-timeline__visit--tier-3{fill:#41b6c4}.her-timeline__visit--tier-4{fill:#a1dab4}"
    ".her-timeline__core20{fill:#ffeb3b;stroke:#212b32;stroke-width:.75}"
    ".her-timeline__drive{fill:#768692}"
    ".her-timeline__wait{fill:#fff;stroke:#768692;stroke-dasharray:2 2}"
    ".her-timeline__break{fill:url(#her-break);stroke:#212b32}"
    ".her-timeline__window{fill:none;stroke:#212b32}"
    ".her-timeline__late{fill:#d5281b;stroke:#212b32}"
    ".her-timeline__actual{fill:#4c6272;stroke:#212b32}"
    ".her-timeline__actual--no_access,.her-timeline__actual--open{fill:#fff}"
    ".her-timeline__actual--open{stroke-dasharray:3 2}"
    ".her-timeline__now{stroke:#7c2855;stroke-width:2;stroke-dasharray:6 3}"
)
_MARKS = format_html_join("", ".her-person-{} .her-person__mark{{fill:{}}}", enumerate(PEOPLE))
STANDALONE = format_html("<style>{}{}</style>", _STYLE, _MARKS)
