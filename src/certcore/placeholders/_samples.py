"""
Made-up certificates, to look at a design or a message without a learner.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Iterable, Mapping
from typing import Any

from certcore.domain import (
    Certificate,
    Decision,
    Evidence,
    LearnerKey,
    Recipient,
    StatedContext,
    StatedIssuer,
    StatedType,
    Statement,
    Verdict,
)


_SAMPLE_CODE = "6R2K9WQX3MTB7C5D0FHENPVZ1AE"
_SAMPLE_GRADE = 0.87
_SAMPLE_NUMBER = 24.0
_SAMPLE_ISSUER = StatedIssuer(
    key="example",
    name="Example University",
    verification="https://certificates.example.org/v/{code}",
)

WORST_NAMES: Mapping[str, str] = {
    "Short": "Li",
    "Long": "María de los Ángeles Fernández de Córdoba y Martínez de la Rosa",
    "Long words": "Rakotoarimanantsoa Andriamahefarivololona",
    "Capitals": "NGUYỄN THỊ ẨN",
    "Apostrophes": "O’Brien-D’Angelo",  # noqa: RUF001  # the apostrophe of printed names
    "Latin": "Łukasz Żółkiewski",
    "Marks": "Ọlájùmọ̀kẹ́ Adébáyọ̀",
    "Vietnamese": "Nguyễn Thị Hương",
    "Greek": "Ἀθηνᾶ Ὀδυσσέως",
    "Cyrillic": "Олена Ґалаґан-Їжакевич",
    "Armenian": "Հայկ Սարգսյան",
    "Georgian": "ნინო ბერიძე",
    "Arabic": "عائشة بنت محمد",
    "Vocalized Arabic": "فَاطِمَةُ ٱلزَّهْرَاءُ",
    "Persian": "علی\u200cرضا کریمی",  # noqa: RUF001  # a joiner between Arabic letters
    "Urdu": "محمد عثمان قریشی",
    "Hebrew": "שָׁלוֹם בֶּן־דָּוִד",
    "Two directions": "Ada עדה López",
    "Devanagari": "श्रीकृष्ण शर्मा",
    "Bengali": "ক্ষিতীশ চন্দ্র",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "Gujarati": "પ્રિયંકા ત્રિવેદી",
    "Odia": "ଶ୍ରୀନିବାସ ମିଶ୍ର",
    "Tamil": "ஸ்ரீதர் கிருஷ்ணன்",
    "Telugu": "శ్రీనివాస్ రెడ్డి",
    "Kannada": "ಶ್ರೀಕೃಷ್ಣ ಶಾಸ್ತ್ರಿ",
    "Malayalam": "ലക്ഷ്മി കൃഷ്ണൻ",
    "Sinhala": "ප්\u200dරියන්ත ශ්\u200dරීමාල්",
    "Thai": "น้ำผึ้ง ธรรมรักษ์",
    "Lao": "ສົມສັກ ພົມມະຈັນ",
    "Khmer": "ច័ន្ទ ព្រំវណ្ណៈ",
    "Burmese": "သီတာ ဝင်းမြင့်",
    "Tibetan": "བཀྲ་ཤིས་རྡོ་རྗེ",
    "Ethiopic": "ሰላማዊት ገብረ",
    "Simplified Chinese": "欧阳晓雪",
    "Traditional Chinese": "龍慧儀",
    "Japanese": "髙橋 さくら",
    "Korean": "김민준",
    "Emoji": "Ada López 🎓",
}
"""
Names that are hard on a design, by what is hard about them: long ones, and one of each script.

They are usual names, put together by hand, and nobody's in particular.
"""


def sample_certificate(
    *,
    language: str = "en",
    name: str = "Ada López",
    issuer: StatedIssuer = _SAMPLE_ISSUER,
    context: str = "Introduction to Biology",
    title: str = "Certificate of completion",
    grades: Mapping[str, float] | None = None,
    facts: Mapping[str, float] | None = None,
) -> Certificate:
    """
    Make up a certificate to look at: nobody's, always the same.

    Args:
        language: The recipient's.

        name: The recipient's, to see how a long one looks.

        issuer: Whose certificate it is.

        context: The course's name.

        title: The type's.

        grades: More grades, by category; there is one for `Total` anyway.

        facts: More numbers, by name; there is one for `hours` anyway.
    """
    return Certificate(
        id="0" * 32,
        code=_SAMPLE_CODE,
        learner=LearnerKey("example", "sample"),
        statement=Statement(
            context=StatedContext(
                key="course-v1:Uni+BIO101+2026T1",
                name=context,
                start=_noon(2026, 1, 12),
                end=_noon(2026, 6, 30),
            ),
            type=StatedType(key="completion", title=title),
            issuer=issuer,
            recipient=Recipient(name=name, email="ada@example.org", language=language),
            evidence=Evidence(
                decision=Decision(verdict=Verdict.MET, kind="all"),
                completion=0.96,
                grades={"Total": _SAMPLE_GRADE, **(grades or {})},
                facts={"hours": _SAMPLE_NUMBER, **(facts or {})},
            ),
            awarded_at=_noon(2026, 7, 1),
            earned_at=_noon(2026, 6, 26),
            expires_at=_noon(2028, 7, 1),
            cycle="2026T1",
        ),
    )


def sample_for(names: Iterable[str], **said: Any) -> Certificate:
    """
    Make up a certificate that has every grade and number that is asked for.

    Args:
        names: Of the placeholders that a text or a design uses.

        said: As `sample_certificate` takes it.
    """
    used = sorted(names)
    wanted = {
        family: {
            name.removeprefix(f"{family}."): sample
            for name in used
            if name.startswith(f"{family}.")
        }
        for family, sample in (("grades", _SAMPLE_GRADE), ("facts", _SAMPLE_NUMBER))
    }
    for family, values in wanted.items():
        said[family] = {**values, **(said.get(family) or {})}
    return sample_certificate(**said)


def _noon(year: int, month: int, day: int) -> dt.datetime:
    # noon is the same day in every zone that people live in, or nearly
    return dt.datetime(year, month, day, 12, tzinfo=dt.UTC)
