"""What makes Fluent Bit v5.1.1 refuse to start, in its own words."""
