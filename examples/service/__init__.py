"""A web service on the models that Shellback keeps: sign in, who am I, users, change of a password. See README.md."""
