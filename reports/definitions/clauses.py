"""Clauses of the policy and rulings that several definitions share.

Source: 黔民发〔2022〕21号 and DOMAIN "Counting definitions".
"""

from __future__ import annotations

GOALS = "黔民发〔2022〕21号（三）发展目标"
STRONGHOLDS = "黔民发〔2022〕21号（七）强化阵地建设"

LOCATED = "按统计日主岗所在地计入，无主岗的按常住地；都没有的列为未定位，只计入全省。"
ONE_PERSON = (
    "一人多岗只计一次；离省、死亡的次日起不计，合并的只计保留的档案；退休后仍有主岗的计入。"
)
VERIFIED = "核实级别须在「单位确认」以上；级别取统计日当时的，以后核实的不追溯。"
MISTAKES = "停用时注明误录的，各天都不计；后来不再有效的，自注明之日起不计。"
