"""Lengths and areas in words of four digits: "812.5 m", "12.35 km", "3.2 ha"."""

from __future__ import annotations


def length_text(metres: float) -> str:
    """Four significant digits in m or km."""
    return f"{metres:.4g} m" if metres < 1000 else f"{_digits(metres / 1000)} km"


def area_text(square_metres: float) -> str:
    """Four significant digits in m², ha or km²."""
    if square_metres < 10_000:
        return f"{square_metres:.4g} m²"
    if square_metres < 1_000_000:
        return f"{_digits(square_metres / 10_000)} ha"
    return f"{_digits(square_metres / 1_000_000)} km²"


def _digits(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 else f"{value:.4g}"
