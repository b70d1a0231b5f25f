"""What goes wrong with the plain `aerich` command, shown by running it, and the same by way of ours."""
