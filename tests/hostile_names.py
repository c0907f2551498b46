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

# What Streamlit's Markdown would format, link, load or replace.
MARKDOWN_NAMES = (
    "![pixel](https://evil.example/pixel.png)",
    "[link](https://evil.example) and [it][1]\n\n[1]: https://evil.example",
    "www.evil.example",
    "wwww.evil.example/under_score",
    "WWW.EVIL.EXAMPLE",
    "see https://evil.example/a_b?c=d&e=f",
    "<https://evil.example>",
    "http://name@evil.example",
    "write to first.last@evil.example",
    "ftp://evil.example mailto:name@evil.example",
    "javascript:window.hostile='address'",
    "a footnote[^1]\n\n[^1]: https://evil.example",
    ":red[red] :blue-background[x] :help[x] :small[x]",
    ":material/warning: :streamlit: :smile: :+1: :100: :1234: :8ball:",
    "::leaf[directive] ::: container",
    "a -> b -- c <-> d <- e >= f <= g ~= h",
    "-- at the ends --",
    "# heading",
    "1. numbered",
    "- listed",
    "+ [ ] task",
    "> quoted",
    "    code",
    "| a | b |\n|---|---|\n| c | d |",
    "---",
    "heading\n===",
    "~~gone~~ **bold** _slanted_ `code`",
    "$x$ and $$y$$ and \\(z\\)",
    "\\*escaped\\* \\:small\\[\\]",
    "at 18:00:30",
    ":small[]www.evil.example",
)
# What no file or database takes, but a program can hand on.
LONE_SURROGATE = "lone \ud800 surrogate"
HOSTILE_TEXTS = (*HOSTILE_NAMES, *MARKDOWN_NAMES)
