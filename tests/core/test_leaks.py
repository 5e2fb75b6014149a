"""The leak filter: what it finds, what it leaves alone, and what a hostile text costs."""

from __future__ import annotations

import random  # noqa: TID251 - a seeded instance alone
import string
import time

import pytest

from bridge.core.leaks import Leak, leaks_in

FOUND = {
    Leak.ADDRESS: (
        "10.0.0.1",
        "é123.28.39.99",
        "x10.0.0.1y",
        "node 192.168.17.254:9100",
        "fe80::1",
        "::1",
        "2001:db8:0:0:0:0:0:1",
        "[2001:db8::7]",
        "00:1a:2b:3c:4d:5e",
        "00-1A-2B-3C-4D-5E",
        "001a.2b3c.4d5e",
        "1９２.１６８.0.1",  # noqa: RUF001 - digits in another dress
        "1\u03360.0.0.1",
        "0x0a000001",
    ),
    Leak.HOST: (
        "db.prod.internal",
        "api.default.svc.cluster.local",
        "cart.shop.svc",
        "WIKI.CORP",
        "printer.local",
        "localhost",
        "nas.home.arpa",
    ),
    Leak.URL: ("https://grafana.example/d/1", "postgres://db/x", "javascript:alert(1)", "www.example.com"),
    Leak.EMAIL: ("jane.doe@acme.example", "root@db1", "user:pass@host"),
    Leak.TOKEN: (
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "glpat-abcdefghij0123456789",
        "xoxb-123456789012-abcdef",
        "AKIAIOSFODNN7EXAMPLE",
        "AIzaSyA-1234567890abcdefghijklmnopqrstu",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "sk-proj-abcdefghijk",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "Bearer abcdef",
        "Basic dXNlcg==",
        "api_key=x",
        "password=hunter2",
        "PASSWORD: hunter2",
        "-----BEGIN RSA PRIVATE KEY-----",
        "0123456789abcdef0123456789abcdef",
        "123e4567-e89b-12d3-a456-426614174000",
        "4111111111111111",
        "x" * 41,
    ),
}

PUBLIC = (
    "Europe",
    "eu-west-1",
    "us-east-1a",
    "production-cluster-eu-west-1",
    "Frankfurt am Main",
    "São Paulo",
    "東京",
    "v1.2.3",
    "R&D (beta)",
    "Checkout / API",
    "12:30",
    "internationalization",
    "Donaudampfschifffahrtsgesellschaft",
    "Local payments",
    "key accounts",
    "Basic plans",
    "OAuth login",
    "risk-assessment",
    "tokens",
    "corporate customers",
)


@pytest.mark.parametrize(("leak", "text"), [(leak, text) for leak, texts in FOUND.items() for text in texts])
def test_it_is_found_alone_and_within_a_sentence(leak: Leak, text: str) -> None:
    for around in (text, f"Checkout is down in {text}, for some customers."):
        assert leak in {found for found, _ in leaks_in(around)}


@pytest.mark.parametrize("text", PUBLIC)
def test_what_readers_may_know_is_left_alone(text: str) -> None:
    assert leaks_in(f"Checkout is down in {text}, for some customers.") == frozenset()


def test_almost_every_drawn_word_is_found() -> None:
    draw = random.Random(7)
    alphabets = (
        "0123456789abcdef",
        string.ascii_lowercase + string.digits,
        string.ascii_letters + string.digits,
    )
    missed = 0
    for number in range(3000):
        word = "".join(draw.choices(alphabets[number % 3], k=24))
        missed += not leaks_in(word)
    assert missed <= 15  # some are of few different characters, or of small letters alone


def test_what_stands_behind_a_hundred_others_is_not_passed_over() -> None:
    authors = " ".join(f"10.0.0.{number}" for number in range(200))
    assert leaks_in(f"{authors} 10.9.9.9") - leaks_in(authors)
    few = " ".join(f"10.0.0.{number}" for number in range(90))
    assert leaks_in(f"{few} eu") == leaks_in(few)


def test_a_suffix_of_the_settings_is_found_with_and_without_its_dot() -> None:
    assert leaks_in("db.acme.net") == frozenset()
    for suffix in ("acme.net", ".acme.net"):
        assert leaks_in("db.ACME.net", (suffix,)) == {(Leak.HOST, "db.ACME.net")}
    assert leaks_in("db.acmeXnet", ("acme.net",)) == frozenset()


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a.",
        "@",
        "a@",
        ":",
        "1.",
        "1.1.1.1 ",
        "key= ",
        "a1b2",
        "\u0301",
        "x_-",
        "eyJ",
        "-----",
        "0x",
        "://",
    ],
)
def test_a_hostile_text_costs_its_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        best = float("inf")
        for _ in range(3):
            began = time.perf_counter()  # noqa: TID251 - what it costs is what is asked
            leaks_in(text)
            best = min(best, time.perf_counter() - began)  # noqa: TID251
        return best

    leaks_in(piece)
    short, long = seconds(25_000), seconds(100_000)
    assert long < max(short * 10, 0.05)
    assert short < 0.25
