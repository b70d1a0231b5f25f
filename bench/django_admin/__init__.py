"""Django admin over the same `users` table: what people use today, as something to compare with.

`environment` installs Django into an environment of its own, `project` is the whole Django project and runs there,
`visits` drives it from here. Nothing of Django is a dependency of Shellback.
"""
