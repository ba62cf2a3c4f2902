"""Functions of IP addresses; what is no address is in no subnet."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from translators.insights.evaluate.values import Value

Address = IPv4Address | IPv6Address


@lru_cache(65_536)
def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


@lru_cache(1024)
def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        return None


def _read(value: Value) -> Address | None:
    return _address(value) if isinstance(value, str) else None


def is_valid(value: Value) -> Value:
    return int(_read(value) is not None)


def is_valid_v4(value: Value) -> Value:
    return int(isinstance(_read(value), IPv4Address))


def is_valid_v6(value: Value) -> Value:
    return int(isinstance(_read(value), IPv6Address))


def _inside(value: Value, subnet: Value) -> Address | None:
    """The address, when it lies in the subnet."""
    address = _read(value)
    network = _network(subnet) if isinstance(subnet, str) else None
    if address is None or network is None or address.version != network.version:
        return None
    return address if address in network else None


def in_subnet(value: Value, subnet: Value) -> Value:
    return int(_inside(value, subnet) is not None)


def in_subnet_v4(value: Value, subnet: Value) -> Value:
    return int(isinstance(_inside(value, subnet), IPv4Address))


def in_subnet_v6(value: Value, subnet: Value) -> Value:
    return int(isinstance(_inside(value, subnet), IPv6Address))
