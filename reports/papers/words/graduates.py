"""Graduates of social-work programmes, as forms ask for them."""

from __future__ import annotations

from functools import partial

from core.papers.figures import Countable, countable
from reports.definitions.populations.asked import ASKED_GRADUATES
from reports.papers.words.saying import SEES, each
from talent.codes import EducationLevel

_LEVELS = {
    **each("博士 博士研究生", (f"level_{EducationLevel.DOCTOR}",)),
    **each("硕士 硕士研究生 专业硕士", (f"level_{EducationLevel.MASTER}",)),
    **each(
        "研究生 硕士及以上", (f"level_{EducationLevel.MASTER}", f"level_{EducationLevel.DOCTOR}")
    ),
    **each("本科 本科生 大学本科", (f"level_{EducationLevel.BACHELOR}",)),
    **each("专科 专科生 大专 高职 高职高专 大学专科", (f"level_{EducationLevel.COLLEGE}",)),
    **each("中专 中职", (f"level_{EducationLevel.SECONDARY_VOCATIONAL}",)),
}
_NOUNS = "毕业生 毕业生数 毕业人数 毕业生人数 社会工作专业毕业生 社工专业毕业生 应届毕业生 毕业"
_STAYED = (
    "留黔 留黔就业 留黔就业毕业生 留黔毕业生 留省就业 省内就业 留黔就业数 留在省内就业 在黔就业"
)
_OF_YEAR = (("inside",), ("of_year",))

_Graduates = partial(
    Countable,
    population=ASKED_GRADUATES,
    conditions=_LEVELS,
    vague=" ".join(_LEVELS),
    units="人 名",
    permission=SEES,
)

countable(_Graduates(
    nouns=_NOUNS,
    neutral="社会工作专业 社工专业",
    base=_OF_YEAR,
    weight="graduates",
    is_yearly=True,
))  # fmt: skip

countable(_Graduates(
    nouns=_STAYED,
    neutral=f"{_NOUNS} 社会工作专业 社工专业",
    base=(*_OF_YEAR, ("told",)),
    weight="stayed",
    is_yearly=True,
))  # fmt: skip

countable(_Graduates(
    nouns="累计毕业生 累计毕业生数 毕业生累计 毕业生累计数 累计毕业 累计毕业人数",
    neutral=f"{_NOUNS} 累计",
    base=(("inside",), ("since_plan",)),
    weight="graduates",
))  # fmt: skip
