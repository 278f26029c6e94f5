"""What is true: values, rules and arithmetic of funding. No database, no clock, no files."""
