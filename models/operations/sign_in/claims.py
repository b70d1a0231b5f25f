"""What this process says of the person at it. Claims, not proof: whoever can run it can set its environment."""

from __future__ import annotations

import getpass
import os
import platform
from dataclasses import dataclass

from models.operations.plan import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Claims:
    """The user of the operating system, who it was before sudo, the machine, and the address an SSH session is from."""

    os_user: str = ""
    sudo_user: str = ""
    host: str = ""
    ssh_client: str = ""

    def actor(self, user_id: int | None, label: str, kind: ActorKind) -> Actor:
        """Return this account, at this machine, as the actor of plans."""
        return Actor(user_id, label, kind, self.os_user, self.host, self.ssh_client, self.sudo_user)


def claims_of_process() -> Claims:
    """Read the claims from the process and its environment."""
    try:
        os_user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        os_user = str(os.getuid()) if hasattr(os, "getuid") else ""
    ssh_client = os.environ.get("SSH_CLIENT", "").split(" ")[0]
    return Claims(os_user, os.environ.get("SUDO_USER", ""), platform.node(), ssh_client)


def system_actor(claims: Claims | None = None) -> Actor:
    """Return the person at the machine without an account: who makes the first superuser."""
    found = claims or claims_of_process()
    return found.actor(None, found.os_user or "system", ActorKind.SYSTEM)
