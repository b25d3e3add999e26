"""People, with the certificate, the education and the post of the same row."""

from django.db.models import Q

from core.ledgers.ledger import Ledger
from core.ledgers.models import ImportBatch
from stations.places.named import remove_unused
from talent.codes import REGISTERED_STATUSES
from talent.people.ledger import rows
from talent.people.ledger.across import remark_seniors, remark_shared_phones
from talent.people.ledger.columns import COLUMNS
from talent.people.ledger.filling import FILLS
from talent.people.ledger.telling import tell, uncounted
from talent.people.ledger.transfers import withdraw


def _look_across(batch: ImportBatch) -> None:
    remark_shared_phones(batch)
    remark_seniors(batch)


def _after_undo(batch: ImportBatch) -> None:
    withdraw(batch)
    remove_unused(batch)


PEOPLE_LEDGER = Ledger(
    kind="people",
    label="人员",
    permission="talent.add_person",
    models=(
        "talent.person",
        "talent.personstate",
        "talent.education",
        "talent.certificate",
        "talent.registrationperiod",
        "talent.title",
        "talent.post",
    ),
    notes=(
        "每人一行；证书、学历、任职写在同一行。空格子不会清除在册内容。",
        "身份证号须为文本格式。数字格式会被 Excel 截去后三位，一律退回。",
        "外县已在册的人不会被覆盖，会自动发起转入申请，由对方确认。",
    ),
    columns=COLUMNS,
    parts={
        "talent.education": "person_id",
        "talent.certificate": "person_id",
        "talent.registrationperiod": "person_id",
        "talent.title": "person_id",
    },
    fresh=frozenset({"id", "person_id", "talent.person.number", "id_number", "phone"}),
    tell=tell,
    fills=FILLS,
    listed={"": Q(status__in=REGISTERED_STATUSES)},
    shown_as={
        "主岗": "employer employer_and_title",
        "职务": "title employer_and_title",
        "常住地": "township county village",
        "证书": "certificate_level",
        "登记": "registration_period",
        "登记证号": "registration_voucher",
        "专业": "major school_and_major",
        "毕业院校": "school school_and_major",
    },
    uncounted=uncounted,
    build=rows.build,
    look_across=_look_across,
    candidates=rows.candidates,
    tied=rows.tied,
    compare=rows.compare,
    before_apply=lambda batch, context: rows.create_places(batch),
    after_apply=rows.request_transfers,
    after_undo=_after_undo,
)
