"""Reading of ledgers as offices keep them: .xlsx, .xls, .ods and .csv, however broken.

A file is told by its content, scanned before anything unpacks it, and read in a capped
child process: a legal workbook of five kilobytes can make a parser ask for half a
terabyte and abort.
"""

from core.ledgers.spreadsheets.reading import Marks, Row, Sheet, read_sheet, rows_of
from core.secrecy.files import Refused

__all__ = ["Marks", "Refused", "Row", "Sheet", "read_sheet", "rows_of"]
