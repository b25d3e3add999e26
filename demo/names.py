"""Plausible names, ID numbers and phones. Nobody's: drawn at random."""

import datetime
import random
from functools import lru_cache

from django.conf import settings

from core.national import division_names
from core.secrecy.identity import check_character

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何罗高林郑梁谢唐许冯宋韩邓彭曹曾田董潘袁蔡蒋余于杜叶程"
    "魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾"
    "龚邵万覃武钱戴莫孔向常汤冉岑蒙令狐犹骆敖单仇解"
)
_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂香华建文辉玲波红梅志海燕晓琳鹏飞雪云鑫"
    "宇浩欣怡思雨婷佳慧倩颖洁莉丹萍春秋菊凤仙珍珠月贵黔山水林森木子涵轩泽阳光亮国庆胜利福禄"
    "寿喜安宁康健德才仁义礼智信诚"
)
_MINORITY = ("阿依·买买提", "韦·阿妹", "罗·那仁花", "欧阳䶮", "司马㛃", "龙·朵依")
_ELSEWHERE = ("510107", "430281", "500101", "440106", "330106", "420106", "530102", "450102")


@lru_cache(maxsize=1)
def _districts() -> list[str]:
    """Counties of the province, of today and of the past."""
    codes = division_names()
    return [c for c in codes if c.startswith(settings.PROVINCE_CODE) and not c.endswith("00")]


def person_name(rng: random.Random) -> str:
    if rng.random() < 0.002:
        return rng.choice(_MINORITY)
    surname = rng.choice(_SURNAMES)
    return surname + "".join(rng.choices(_GIVEN, k=1 if rng.random() < 0.22 else 2))


def resident_id(rng: random.Random, birth: datetime.date, sex: str) -> str:
    """An ID number of the form of GB 11643 with the given birth date and sex."""
    district = rng.choice(_districts() if rng.random() < 0.9 else _ELSEWHERE)
    sequence = rng.randrange(100) * 10 + rng.randrange(5) * 2 + (1 if sex == "1" else 0)
    first17 = f"{district}{birth:%Y%m%d}{sequence:03d}"
    return first17 + check_character(first17)


def phone(rng: random.Random) -> str:
    return f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"
