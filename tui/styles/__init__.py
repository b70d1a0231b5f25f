"""How it looks: the themes, and the layout that all screens share (`shellback.tcss`)."""
