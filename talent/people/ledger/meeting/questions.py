"""What a clerk is asked when a ledger and the registry say different things of a person."""

from core.ledgers.asking import SKIP, WHOLE, Question

LEDGER, REGISTRY, BOTH = "ledger", "registry", "both"

ELSEWHERE = Question(WHOLE, "归属其他县（市、区）的人员", ((SKIP, "不申请转入"),))
NAME = Question("name", "姓名与在册不同", ((LEDGER, "以台账为准"), (REGISTRY, "以在册为准")))
RETURN = Question("return", "已离省或退休", ((LEDGER, "登记返回，按台账录入"),))
POST = Question("post", "主岗与在册不同", ((LEDGER, "按台账换岗"), (REGISTRY, "保留在册岗位")))
ENDED = Question(
    "ended", "在册已从该岗位离岗", ((LEDGER, "仍在岗，从离岗日起接续"), (REGISTRY, "保留在册离岗"))
)
# One level of certificate twice is nearly always one certificate with a corrected number.
CERTIFICATE = Question(
    "certificate",
    "同级证书的管理号与在册不同",
    ((LEDGER, "按台账更正管理号"), (REGISTRY, "保留在册管理号"), (BOTH, "是两本证书，都登记")),
)
# Put by the row itself, before it meets anybody.
ELSEWHERE_PLACE = Question("place", "地区不在本辖区", ((LEDGER, "照常录入，地区按本单位登记"),))
LEFT = Question("left", "台账写着已经离开", ((LEDGER, "仍在岗，照常录入"),))
TAKEN_NUMBER = Question("number", "管理号属于另一人", ((REGISTRY, "不录这个证书，其余照录"),))


def held_as_left(said: str) -> str:
    """What LEFT is asked with."""
    return f"台账写着「{said}」，先不录入；仍在岗的请选「仍在岗，照常录入」。"
