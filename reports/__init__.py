"""What is told: one report model, and its faces: page, workbook, PDF and JSON."""
