"""Place names that would run, break out of or disturb a page that does not escape them.

Each one that could run would set ``window.hostile``, which the browser tests look for.
"""

from __future__ import annotations

HOSTILE_NAMES = (
    "<script>window.top.hostile=window.hostile='script'</script>",
    "</script><script>window.hostile='closed'</script>",
    "<img src=x onerror=\"window.hostile='img'\">",
    "<svg/onload=window.hostile='svg'>",
    "<a href=\"javascript:window.hostile='link'\" onfocus=\"window.hostile='focus'\">a</a>",
    "${window.hostile='literal'}",
    "`+(window.hostile='backtick')+`",
    "'+(window.hostile='single')+'",
    "\"+(window.hostile='double')+\"",
    "\\`${window.hostile='escaped literal'}",
    "{{ window.hostile }}{{ 'hostile' }}{% raw %}",
    "*/window.hostile='comment'/*",
    "<!--<script>",
    "]]></style><style>*{display:none}",
    "line\u2028separator\u2029paragraph\nnew line\ttab",
    "right\u202eto left\u202c and \u2066isolated",
    "nul\x00 and bell\x07",
    "&lt;b&gt; &amp;amp; &#36;",
    "$\\alpha_{x}^2$ and 100% of _this_ map_div",
    '=HYPERLINK("x","y")',
    "Very long name " * 40,
    "Ṭọ́wẹr Hämlëts ブリック・レーン বাংলা টাউন 🌍",
)
