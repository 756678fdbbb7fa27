"""
The HTML around a message: one column, for light and dark, from phone to desk.
"""

from __future__ import annotations

import html
import re


_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_LINK = re.compile(r"https?://[^\s<>\"'\u00ab\u00bb\u201c-\u201f]+")
_AFTER = ".,;:!?)]}"
"""Belongs to the sentence, not to the link that it follows."""

# Mail programs drop style sheets more often than attributes: colours and sizes stand in `style`;
# the sheet only adds what attributes can't say.
_STYLE = """\
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #15171b !important; }
  .card { background: #202329 !important; color: #e8eaed !important; }
  .soft { color: #a9b0ba !important; }
  .link { color: #8ab4f8 !important; }
  .button { background: #8ab4f8 !important; color: #15171b !important; }
}
@media (max-width: 620px) {
  .card { padding: 24px 20px !important; }
}
"""


def page(body: str, *, language: str, title: str) -> str:
    """
    Put a message's HTML into a whole page. The body is taken as it is.
    """
    tag = html.escape(language.replace("_", "-"))
    direction = "rtl" if tag.lower().split("-")[0] in _RIGHT_TO_LEFT else "ltr"
    return f"""\
<!DOCTYPE html>
<html lang="{tag}" dir="{direction}">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<meta name="supported-color-schemes" content="light dark" />
<title>{html.escape(title)}</title>
<style>
{_STYLE}</style>
</head>
<body class="page" style="margin: 0; padding: 0; background: #f2f4f7">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="background: #f2f4f7">
<tr><td align="center" style="padding: 24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="max-width: 560px; margin: 0 auto">
<tr><td class="card" dir="{direction}" style="background: #ffffff; color: #1d2129; \
border-radius: 8px; padding: 36px 40px; font-family: -apple-system, 'Segoe UI', Roboto, Helvetica, \
Arial, sans-serif; font-size: 16px; line-height: 1.6; text-align: start; overflow-wrap: anywhere">
{body}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""


def from_text(text: str) -> str:
    """
    Make HTML of a plain text: paragraphs where lines are empty, and links that can be clicked.
    """
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "".join(
        f'<p style="margin: 0 0 16px">{_linked(each).replace(chr(10), "<br />" + chr(10))}</p>\n'
        for each in paragraphs
    )


def _linked(text: str) -> str:
    made, end = list[str](), 0
    for found in _LINK.finditer(text):
        address = found[0].rstrip(_AFTER)
        made.append(html.escape(text[end : found.start()]))
        shown = html.escape(address)
        made.append(f'<a href="{shown}" class="link" style="color: #1f5fbf">{shown}</a>')
        end = found.start() + len(address)
    made.append(html.escape(text[end:]))
    return "".join(made)
