"""Which records of projects have files."""

from core.attachments.owners import declare_files
from projects.models import Milestone, Payment, Project

declare_files(Project, purposes=("合同", "中标通知书", "实施方案", "结项报告"))
declare_files(Milestone, purposes=("中期评估报告", "末期评估报告", "验收意见"))
declare_files(Payment, purposes=("付款凭证", "发票"))
