"""Every screen and every verb there is, as lists that are compared with the code, and what walks through them."""
