"""A small public library: what it holds, who may borrow, what is lent."""
