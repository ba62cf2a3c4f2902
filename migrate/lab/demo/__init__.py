"""The main job on bundled input: plan, simulate, then the same lines through the real agents and Loki."""
