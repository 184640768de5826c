"""Liên Gia: the open platform of a commune's "All People Protect National Security" movement.

Each package below is a *room* (see docs/ARCHITECTURE.md): it holds one area whole, and imports only from
rooms that stand lower. `core` knows no area; `operate` touches them all.
"""
