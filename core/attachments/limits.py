"""How large a file of a record may be, and what is said of one that cannot be taken.

Read by the capped child as well, so nothing of Django is imported here.
"""

FILE_BYTES = 10 * 1024 * 1024
# A record with more files than this is an archive, not a record.
FILES_OF_A_RECORD = 50

PIXELS = 40_000_000
# Of one side: a strip of one pixel's height is no photograph.
SIDE = 30_000

PDF_PAGES = 500
PDF_OBJECTS = 100_000
# Values looked at, nested ones included.
PDF_VALUES = 2_000_000
# What the streams of a PDF may unfold to, one by itself and all together. A page is read by
# itself, so that the sum may be larger than what a reader's computer has room for at once.
PDF_STREAM_BYTES = 256 * 1024 * 1024
PDF_UNFOLDED_BYTES = 1024 * 1024 * 1024
# A3 at 600 dots an inch has 70 million.
PDF_IMAGE_PIXELS = 200_000_000
EMBEDDED_BYTES = 2 * 1024 * 1024

# Of the child: decoded 40 million pixels of four bytes stand in memory twice.
CHILD_BYTES = 1024 * 1024 * 1024
CHILD_SECONDS = 20
# By the clock; the page waits for it.
WAIT_SECONDS = 30

EMPTY = "文件是空的，请重新选择。"
TOO_LARGE = "文件超过 10 MB，请压缩或拆分后再上传。"
NOT_TAKEN = (
    "只收照片（JPG、PNG）和 PDF。这个文件的内容不是其中之一，请另存为 PDF，或拍照、截图后再上传。"
)
TOO_MANY_PIXELS = "照片超过 4000 万像素，请缩小后再上传。"
BROKEN_PHOTO = "照片不完整或已损坏，请重新拍照或另存后再上传。"
BROKEN_PDF = "PDF 不完整或已损坏，请重新导出后再上传。"
ENCRYPTED = "PDF 设了密码或加密，请去掉密码后再上传。"
TOO_COMPLEX = "文件过于复杂，没有收下。请打印后重新扫描成 PDF，或拍照上传。"
ACTIVE = "PDF 里带有{what}，为了安全没有收下。请用「打印为 PDF」重新导出后再上传。"
BUSY = "正在处理的文件较多，请过一会儿再上传。"


class Unfit(Exception):
    """A file that cannot be taken; the text is the sentence that its owner reads."""
