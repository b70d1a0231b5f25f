"""The connections of a job, one kind a dialect: the lock, the transaction, who stands in the way, the copies."""
