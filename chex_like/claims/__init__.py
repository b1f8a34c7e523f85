"""What the assertions beyond Chex's claim of a function: one file a claim, each checked, told and replayed alike."""
