"""Sheets of reports. `worklist`: 附件 2 as an XLSX."""
