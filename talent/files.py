"""Which records about people have files, and whose own an account's are."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q

from core.attachments.owners import declare_files, own_people_are
from talent.models import Certificate, Education, KeyTalentClaim, Person, Post, Title


def _own(user: Any) -> list[uuid.UUID]:
    """The record of a worker's account, and those that were merged into it."""
    if not user.has_perm("talent.view_own_record"):
        return []
    own = Q(user=user) | Q(merged_into__user=user)
    return list(Person.objects.filter(own).values_list("pk", flat=True))


own_people_are(_own)
declare_files(Person, person_path="pk", purposes=("简历", "荣誉证书", "培训证书", "其他证明"))
declare_files(Post, person_path="person_id", purposes=("劳动合同", "聘用文件", "在岗证明"))
declare_files(Certificate, person_path="person_id", purposes=("证书原件", "成绩合格证明"))
declare_files(Education, person_path="person_id", purposes=("毕业证书", "学位证书", "学历认证"))
declare_files(Title, person_path="person_id", purposes=("职称证书", "评审文件"))
declare_files(
    KeyTalentClaim, person_path="person_id", purposes=("认定依据", "籍贯证明", "任课证明")
)
