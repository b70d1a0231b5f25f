"""Who is at the terminal: sign in, resume, sign out; and the password again before what weighs more."""
