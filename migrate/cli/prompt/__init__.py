"""The interactive prompt of ``logmig query``."""
