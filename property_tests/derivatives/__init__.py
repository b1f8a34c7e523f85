"""The reference against itself: derivatives as limits, which need no rule, against dual numbers, which are rules."""
