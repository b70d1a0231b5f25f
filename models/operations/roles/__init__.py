"""Roles: made, changed and deleted, granted and revoked; who may, and what it does to those who hold one."""
