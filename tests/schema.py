"""The current schema for a test's database: made by the same migrations that a user applies."""

import asyncio
import subprocess
import sys


def migrate_fresh(url: str) -> None:
    """Applies Shellback's own migrations to an empty database, in a process of its own.

    A process of its own, since Tortoise's state must not stay behind in the one that runs the tests.
    """
    subprocess.run([sys.executable, "-m", "tests.schema", url], check=True)


def _main(url: str) -> None:
    try:
        from tui.migrate.schema import create_schema
    except ImportError:
        asyncio.run(_from_models(url))
        return
    asyncio.run(create_schema(url))


async def _from_models(url: str) -> None:
    """Stands in until the migrations are there: the schema as the models describe it, with the seeded roles."""
    from tortoise.context import TortoiseContext

    import models
    from models.permissions import SYSTEM_ROLES
    from tui.database import tortoise_config
    from tui.settings import parse_url

    async with TortoiseContext() as context:
        await context.init(config=tortoise_config(parse_url(url), autocommit=True, create=True))
        connection = context.connections.get("default")
        generator = connection.schema_generator(connection)
        names = [
            "User",
            *(n for n in models.__all__ if n not in ("User", "Account", "Role")),
        ]
        for name in ["User", "Role", *names[1:]]:
            sql = generator._get_table_sql(getattr(models, name), True)["table_creation_string"]
            await connection.execute_script(sql)
        for name, seed in SYSTEM_ROLES.items():
            role = await models.Role.create(name=name, description=seed.description, is_system=True)
            for codename in seed.permissions:
                await models.RolePermission.create(role=role, codename=str(codename))


if __name__ == "__main__":
    _main(sys.argv[1])
