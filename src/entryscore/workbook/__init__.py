"""Reading an input workbook."""
