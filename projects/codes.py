"""Code lists of purchased-service projects (DOMAIN "Code lists")."""

from django.db import models


class Stage(models.TextChoices):
    """C-PST; payments hang on 40, 60, 70 and 80."""

    DEMAND = "10", "需求"
    APPROVED = "20", "立项/入库"
    PROCUREMENT = "30", "采购"
    SIGNED = "40", "签约"
    RUNNING = "50", "实施"
    MIDTERM = "60", "中期评估"
    FINAL = "70", "末期评估"
    CLOSED = "80", "结项"
    RECTIFICATION = "81", "整改"
    TERMINATED = "90", "终止"


PAYMENT_STAGES = (Stage.SIGNED, Stage.MIDTERM, Stage.FINAL, Stage.CLOSED)


class Procurement(models.TextChoices):
    """C-PROC."""

    OPEN = "1", "公开招标"
    INVITED = "2", "邀请招标"
    NEGOTIATION = "3", "竞争性谈判"
    CONSULTATION = "4", "竞争性磋商"
    SINGLE = "5", "单一来源"
    FRAMEWORK = "6", "框架协议"
    COMMISSION = "7", "委托"
    INQUIRY = "8", "询价"
    COMPARISON = "9", "比选"
    VENTURE = "A", "公益创投"
    DIRECTED = "B", "定向委托"


class Fund(models.TextChoices):
    """C-FUND."""

    CENTRAL = "1", "中央财政"
    PROVINCE = "2", "省级财政"
    PREFECTURE = "3", "市州财政"
    COUNTY = "4", "县级财政"
    # Of which level is not said.
    LOTTERY = "5", "福彩公益金"
    CENTRAL_LOTTERY = "A", "中央福彩公益金"
    PROVINCE_LOTTERY = "B", "省级福彩公益金"
    PREFECTURE_LOTTERY = "C", "市州福彩公益金"
    COUNTY_LOTTERY = "D", "县级福彩公益金"
    COOPERATION = "6", "东西部协作"
    CONNECTING = "E", "衔接资金"
    DONATION = "7", "慈善捐赠"
    OWN = "F", "自筹"
    OTHER = "9", "其他"
