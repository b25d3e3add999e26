"""Forms of other offices: a blank .xlsx that somebody sent, filled in as it is.

Knows nothing of what goes where. The XML of a sheet is edited inside the package, so that
pictures, text boxes, controls and whatever else the form has stay byte for byte as they came;
a library that reads a workbook and writes it anew would drop what it does not know.

layouts      what a form looks like, for those who say what goes where
"""

from core.papers.layouts import SheetLayout, layout
from core.secrecy.files import Refused

__all__ = [
    "Refused",
    "SheetLayout",
    "layout",
]
