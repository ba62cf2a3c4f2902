"""The inputs whose records can be known from a node's files and journal, one room for each."""
