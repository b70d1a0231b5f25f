"""What the terms of a query select, as SQL: pieces that the statements of a list are put together from."""
