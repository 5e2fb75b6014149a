"""The half of an event loop that would touch the outside, refused by name.

A simulation has no socket, no pipe, no signal and no child process: its peers are models that are called
directly. Code that reaches for one of them under simulated time is told so at once, instead of hanging on a
descriptor that nobody polls. This module knows nothing of time, seeds or incarnations.
"""

import asyncio
from typing import Any, NoReturn


def _refusal(operation: str) -> Any:
    """A method that refuses `operation`; typed Any because it stands for some forty signatures."""

    def refuse(*_args: object, **_kwargs: object) -> NoReturn:
        raise NotImplementedError(f"the simulated event loop has no {operation}: call the model instead")

    refuse.__name__ = refuse.__qualname__ = operation
    return refuse


class OfflineEventLoop(asyncio.AbstractEventLoop):
    """An abstract event loop whose network, signals and processes raise `NotImplementedError` with their name."""

    add_reader = _refusal("add_reader")
    add_signal_handler = _refusal("add_signal_handler")
    add_writer = _refusal("add_writer")
    connect_accepted_socket = _refusal("connect_accepted_socket")
    connect_read_pipe = _refusal("connect_read_pipe")
    connect_write_pipe = _refusal("connect_write_pipe")
    create_connection = _refusal("create_connection")
    create_datagram_endpoint = _refusal("create_datagram_endpoint")
    create_server = _refusal("create_server")
    create_unix_connection = _refusal("create_unix_connection")
    create_unix_server = _refusal("create_unix_server")
    getaddrinfo = _refusal("getaddrinfo")
    getnameinfo = _refusal("getnameinfo")
    get_task_factory = _refusal("get_task_factory")
    remove_reader = _refusal("remove_reader")
    remove_signal_handler = _refusal("remove_signal_handler")
    remove_writer = _refusal("remove_writer")
    sendfile = _refusal("sendfile")
    set_default_executor = _refusal("set_default_executor")
    set_task_factory = _refusal("set_task_factory")
    sock_accept = _refusal("sock_accept")
    sock_connect = _refusal("sock_connect")
    sock_recv = _refusal("sock_recv")
    sock_recv_into = _refusal("sock_recv_into")
    sock_recvfrom = _refusal("sock_recvfrom")
    sock_recvfrom_into = _refusal("sock_recvfrom_into")
    sock_sendall = _refusal("sock_sendall")
    sock_sendfile = _refusal("sock_sendfile")
    sock_sendto = _refusal("sock_sendto")
    start_tls = _refusal("start_tls")
    subprocess_exec = _refusal("subprocess_exec")
    subprocess_shell = _refusal("subprocess_shell")

    def get_debug(self) -> bool:
        """Never: slow callbacks do not exist on virtual time."""
        return False

    def set_debug(self, enabled: bool) -> None:  # noqa: FBT001 - asyncio's signature
        """Ignored, so that runners which set it go on working."""

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncio's signature
        """Nothing to do: there are no threads."""

    async def shutdown_asyncgens(self) -> None:
        """Nothing to do: closing a simulation disposes of its generators as of everything else."""
