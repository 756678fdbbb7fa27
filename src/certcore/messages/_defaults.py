"""
What a message says where nobody has written anything else. English.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


LANGUAGE = "en"

SAMPLE_VARIABLES: Mapping[str, object] = MappingProxyType(
    {
        "recipient": {"name": "Ada López", "language": "es"},
        "context": {"name": "Introduction to Biology"},
        "type": {"title": "Certificate of completion"},
        "issuer": {"name": "Universidad de Ejemplo"},
        "link": "https://certs.uni.example/c/4f8a1c",
        "link_until": "31 July 2026",
        "attached": True,
        "verification": {
            "code": "6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE",
            "address": "https://certs.uni.example/v/6R2K9WQX3MTB7C5D0FHENPVZ1AE",
        },
        "date": "22 May 2026",
        "purpose": "award",
        "language": LANGUAGE,
    }
)
"""
Every variable of a message, with an example.

`link`, `link_until`, `verification.address`, `type.title` and `recipient.language` may be empty;
`attached` says whether the file comes with the message; `purpose` is `award`, `reissue`, `reminder`
or `revocation`; `language` is that of the words.
"""

SUBJECT = """\
{% if purpose == "revocation" %}
Your certificate for {{ context.name }} is no longer valid
{% elif purpose == "reissue" %}
Your renewed certificate for {{ context.name }}
{% elif purpose == "reminder" %}
Reminder: your certificate for {{ context.name }}
{% else %}
Your certificate for {{ context.name }}
{% endif %}
"""

_OPENING = """\
{% if purpose == "revocation" %}
this certificate is no longer valid:
{% elif purpose == "reissue" %}
your certificate was renewed. This is the new one:
{% elif purpose == "reminder" %}
a reminder: this certificate is waiting for you.
{% else %}
congratulations! You have earned this certificate:
{% endif %}
"""

TEXT = f"""\
Dear {{{{ recipient.name }}}},

{_OPENING}
    {{{{ context.name }}}}
{{% if type.title %}}
    {{{{ type.title }}}}
{{% endif %}}
    {{{{ date }}}}

{{% if purpose == "revocation" %}}
If you think that this is a mistake, please answer this message.
{{% else %}}
{{% if link %}}
Open your certificate here:
{{{{ link }}}}

{{% if link_until %}}
The link works until {{{{ link_until }}}}. Please save the file before then.

{{% endif %}}
{{% endif %}}
{{% if attached %}}
The file is attached to this message.

{{% endif %}}
Its verification code is {{{{ verification.code }}}}.
{{% if verification.address %}}
Whoever you show it to can check that it is genuine:
{{{{ verification.address }}}}
{{% endif %}}
{{% endif %}}

With best wishes
{{{{ issuer.name }}}}
"""

_SOFT = 'class="soft" style="color: #5b6470; font-size: 14px; margin: 0 0 16px"'

HTML = f"""\
<p style="margin: 0 0 16px">Dear {{{{ recipient.name }}}},</p>
<p style="margin: 0 0 24px">
{_OPENING}</p>
<p style="margin: 0 0 24px"><strong style="font-size: 22px; line-height: 1.3">\
{{{{ context.name }}}}</strong><br />
{{% if type.title %}}
{{{{ type.title }}}}<br />
{{% endif %}}
<span class="soft" style="color: #5b6470">{{{{ date }}}}</span></p>
{{% if purpose == "revocation" %}}
<p {_SOFT}>If you think that this is a mistake, please answer this message.</p>
{{% else %}}
{{% if link %}}
<p style="margin: 0 0 24px"><a class="button" href="{{{{ link }}}}" style="display: inline-block; \
background: #1f5fbf; color: #ffffff; font-weight: 600; text-decoration: none; padding: 12px 24px; \
border-radius: 6px">Open your certificate</a></p>
{{% if link_until %}}
<p {_SOFT}>The link works until {{{{ link_until }}}}. Please save the file before then.</p>
{{% endif %}}
{{% endif %}}
{{% if attached %}}
<p {_SOFT}>The file is attached to this message.</p>
{{% endif %}}
<p {_SOFT}>Its verification code is \
<span style="font-family: Consolas, Menlo, monospace">{{{{ verification.code }}}}</span>.
{{% if verification.address %}}
Whoever you show it to can <a href="{{{{ verification.address }}}}" class="link" \
style="color: #1f5fbf">check that it is genuine</a>.
{{% endif %}}
</p>
{{% endif %}}
<p style="margin: 24px 0 0">With best wishes<br />{{{{ issuer.name }}}}</p>
"""
