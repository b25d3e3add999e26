"""An indicator and a form of it."""

from __future__ import annotations

from core.figures.indicator import Indicator
from reports.definitions.populations.people import PEOPLE
from reports.forms.form import ReportForm, value

SENIORS = Indicator(
    code="SENIORS",
    name="在岗高级社会工作师",
    unit="人",
    clause="试行办法第三条",
    rule="统计日有主岗、持高级社会工作师证书的人员。",
    population=PEOPLE,
    where=(("employed",), ("certified_senior",)),
)
FORM = ReportForm(
    code="seniors", title="高级社会工作师情况表", clause="试行办法第三条", columns=(value(SENIORS),)
)
