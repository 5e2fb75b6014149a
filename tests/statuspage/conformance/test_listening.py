"""The listener on a real socket hears incidents under its own path, and survives whatever else is sent there."""

from __future__ import annotations

import aiohttp
import pytest

from bridge.errors import ConfigurationError
from bridge.statuspage.conformance.listening import listening

TOLD = {"page": {}, "incident": {"id": "i1", "incident_updates": [{"body": "It is announced."}]}}


async def test_it_hears_the_update_that_it_waits_for_and_no_other() -> None:
    async with (
        listening("127.0.0.1", 0, address=None, secret="s3cret") as listener,
        aiohttp.ClientSession() as session,  # noqa: TID251 - stands for Statuspage
    ):
        assert listener.address.startswith("http://127.0.0.1:")
        assert listener.address.endswith("/s3cret")
        for body in (b"", b"{", b"[]", b'{"incident": 7}', b'{"incident": {"incident_updates": 3}}', b"\xff"):
            async with session.post(listener.address, data=body) as answer:
                assert answer.status == 200
        async with session.post(listener.address.replace("s3cret", "other"), json=TOLD) as answer:
            assert answer.status == 404
        assert not await listener.hears("i1", "It is announced.", within=0.0)
        async with session.post(listener.address, json=TOLD) as answer:
            assert answer.status == 200
        assert await listener.hears("i1", "It is announced.", within=0.0)
        assert not await listener.hears("i2", "It is announced.", within=0.0)
        assert not await listener.hears("i1", "Another text.", within=0.0)


async def test_it_is_subscribed_under_the_address_by_which_it_is_reached() -> None:
    async with listening("127.0.0.1", 0, address="https://probe.example/", secret="s3cret") as listener:
        assert listener.address == "https://probe.example/s3cret"


async def test_an_address_that_is_taken_is_told() -> None:
    async with listening("127.0.0.1", 0, address=None, secret="one") as listener:
        port = int(listener.address.split(":")[2].split("/")[0])
        with pytest.raises(ConfigurationError, match=f"--listen: cannot listen on 127.0.0.1:{port}"):
            async with listening("127.0.0.1", port, address=None, secret="two"):
                raise AssertionError
