"""Pinyin of names, for sorting and for finding 张三 by "zs" or "zhangsan"."""

import os
import re
from functools import lru_cache

# Names are read character by character: without its phrases every process is 45 MB smaller.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

from pypinyin import Style, lazy_pinyin

# Readings as a surname that differ from the usual one.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "任": "ren",
    "查": "zha", "朴": "piao", "盖": "ge", "乐": "yue", "冼": "xian",
    "缪": "miao", "员": "yun", "翟": "zhai", "阚": "kan", "覃": "qin",
    "冉": "ran", "华": "hua", "黑": "he", "繁": "po", "召": "shao", "祭": "zhai",
}  # fmt: skip
_NOT_LATIN = re.compile(r"[^a-z0-9]")
_PARTS = re.compile(r"[A-Za-z0-9]+|[^\W\d_]")


@lru_cache(maxsize=30_000)
def _reading(character: str) -> str:
    """The usual reading of one character, lower-case letters only."""
    return _NOT_LATIN.sub("", lazy_pinyin(character, style=Style.NORMAL)[0].lower())


def name_pinyin(name: str) -> tuple[str, str]:
    """(full pinyin, initials) of a person's or place's name, lower-case letters only.

    Character by character, since names are no phrases; a run of Latin letters is one
    syllable. At most 120 and 30 characters.
    """
    syllables = [
        part.lower() if part.isascii() else _reading(part) for part in _PARTS.findall(name)
    ]
    if name and name[0] in _SURNAMES:
        syllables[0] = _SURNAMES[name[0]]
    syllables = [s for s in syllables if s]
    return "".join(syllables)[:120], "".join(s[0] for s in syllables)[:30]
