"""The audit trail: how a row of it is made, chained and written, checked, anchored outside and archived."""
