"""Demo files of a few records in 南明区: drawn here, so that they show nobody."""

import io

from PIL import Image, ImageDraw

from core.attachments.actions import add_attachment, remove_attachment
from core.models import User
from projects.models import Project
from stations.models import Station
from talent.models import Person

_PAPER, _INK, _SEAL = (252, 251, 247), (70, 74, 82), (196, 48, 43)
_WALL, _DESK, _SIGN = (226, 232, 228), (176, 142, 104), (32, 92, 168)


def build_files(users: dict[str, User]) -> None:
    """A scan, a photograph and a contract, one that was removed, and one of the worker's own."""
    clerk = users["nanming"]
    station = Station.objects.for_user(clerk).filter(status="3").order_by("name").first()
    project = Project.objects.for_user(clerk).order_by("number").first()
    own = Person.objects.for_user(clerk).filter(user=users["shegong"]).first()
    paper = _paper(900, 1270)
    given = [
        (station, "批复文件", "关于设立社工站的批复.pdf", _as_pdf(paper)),
        (station, "场地照片", "站点大厅.jpg", _as_jpg(_room())),
        (
            station,
            "挂牌照片",
            "门口.jpg",
            _as_jpg(_room().transpose(Image.Transpose.FLIP_TOP_BOTTOM)),
        ),
        (project, "合同", "服务合同（扫描件）.pdf", _as_pdf(paper)),
        (own, "培训证书", "继续教育结业证书.jpg", _as_jpg(_paper(1270, 900))),
    ]
    for record, purpose, name, data in given:
        if record is not None:
            file = add_attachment(record=record, by=clerk, data=data, name=name, purpose=purpose)
            if purpose == "挂牌照片":
                remove_attachment(attachment=file, by=clerk, reason="照片拍倒了，重新拍")


def _paper(width: int, height: int) -> Image.Image:
    """A page of lines with a seal."""
    page = Image.new("RGB", (width, height), _PAPER)
    pen = ImageDraw.Draw(page)
    pen.rectangle((width // 4, 110, width * 3 // 4, 140), fill=_SEAL)
    for number, top in enumerate(range(230, height - 260, 52)):
        pen.rectangle((110, top, width - 110 - 90 * (number % 3), top + 12), fill=_INK)
    centre, size = (width - 270, height - 250), 90
    box = (centre[0] - size, centre[1] - size, centre[0] + size, centre[1] + size)
    pen.ellipse(box, outline=_SEAL, width=8)
    return page


def _room() -> Image.Image:
    """A wall with a sign, a window and a desk."""
    room = Image.new("RGB", (1600, 1200), _WALL)
    pen = ImageDraw.Draw(room)
    pen.rectangle((0, 900, 1600, 1200), fill=(150, 152, 150))
    pen.rectangle((180, 180, 620, 560), fill=(206, 226, 242), outline=_INK, width=10)
    pen.rectangle((760, 200, 1420, 330), fill=_SIGN)
    pen.rectangle((520, 760, 1320, 1000), fill=_DESK)
    return room


def _as_jpg(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=85)
    return target.getvalue()


def _as_pdf(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PDF", resolution=110)
    return target.getvalue()
