"""Roles: what each allows, who holds it, and changing that."""
