"""The functions of one row, by what they work on."""
