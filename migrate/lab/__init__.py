"""The embedded rehearsal: real engines and small worlds to run both sides in."""
