"""What goes wrong around Shellback, made to happen on real servers and files; and what is still true afterwards."""
