"""What of stations and organisations waits for a user on the workbench."""

from core.notices.waiting import Waiting, is_county_or_below, register_waiting
from stations.organizations.models import Organization
from stations.places.models import Station

register_waiting(
    Waiting(
        code="incomplete-stations",
        label="站点档案待完善",
        hint="导入时由名称建立的站点",
        permission="stations.change_station",
        count=lambda user: Station.objects.for_user(user).open().filter(is_incomplete=True).count(),
        url="station_list",
        query="?incomplete=1",
        applies=is_county_or_below,
    )
)
register_waiting(
    Waiting(
        code="incomplete-organizations",
        label="机构档案待完善",
        hint="导入时由名称建立的机构",
        permission="stations.change_organization",
        count=lambda user: (
            Organization.objects.for_user(user).filter(is_incomplete=True, ended_on=None).count()
        ),
        url="organization_list",
        query="?incomplete=1",
        applies=is_county_or_below,
    )
)
