"""Tests of the HTTP front, over real sockets on loopback."""
