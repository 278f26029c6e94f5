"""What a file says: the formats of the finance office, read into values of the domain."""
