"""Which records of stations have files."""

from core.attachments.owners import declare_files
from stations.models import Organization, Station

declare_files(Station, purposes=("批复文件", "场地照片", "挂牌照片", "共建协议"))
declare_files(Organization, purposes=("登记证书", "章程", "评估等级证书"))
