"""Forms of other offices: a blank .xlsx that somebody sent, filled in as it is.

Knows nothing of what goes where. The XML of a sheet is edited inside the package, so that
pictures, text boxes, controls and whatever else the form has stay byte for byte as they came;
a library that reads a workbook and writes it anew would drop what it does not know.

filling      values into cells, lists into ruled lines, more lines where they do not suffice
layouts      what a form looks like, for those who say what goes where
stamping     a text in the footers and properties of the document
cells        values in the XML of a sheet
shifting     everything that says where something lies, once rows were put in
calculating  values of formulas that look at filled cells
"""

from core.papers.cells import Value
from core.papers.filling import Fill, Filled, Table, fill
from core.papers.layouts import SheetLayout, layout
from core.papers.stamping import stamp
from core.secrecy.files import Refused

__all__ = [
    "Fill",
    "Filled",
    "Refused",
    "SheetLayout",
    "Table",
    "Value",
    "fill",
    "layout",
    "stamp",
]
