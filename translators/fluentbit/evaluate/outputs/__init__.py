"""The outputs: every one gets its copies, and the two for CloudWatch say what event they make of a record."""
