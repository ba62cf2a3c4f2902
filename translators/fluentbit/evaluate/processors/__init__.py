"""The processors of the YAML format, one room for each; any filter may be one too."""
