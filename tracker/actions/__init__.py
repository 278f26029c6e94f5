"""What can be done: one function, one deed, one transaction, one entry in the audit trail."""
