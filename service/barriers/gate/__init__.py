"""The gate: a pure verdict on what a scan found, by a policy and against a baseline."""
