"""The gate that users run: what it judges, where the work runs, what it prints, and when it is green."""
