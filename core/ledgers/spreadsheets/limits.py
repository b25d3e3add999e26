"""How large a ledger may be, and the refusal of what is larger or broken."""

FILE_BYTES = 20 * 1024 * 1024
UNPACKED_BYTES = 200 * 1024 * 1024
ROWS = 200_000
COLUMNS = 100
MEMBERS = 2_000
CHILD_BYTES = 1024 * 1024 * 1024
CHILD_SECONDS = 120


TOO_LARGE = "文件过大（上限 20 MB、20 万行、100 列），请拆分成几个文件后分别导入。"
BROKEN = "文件不完整或已损坏，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
