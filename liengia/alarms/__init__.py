"""Neighbours who hear each other's alarm within a second, and the duty officer who sees it through to its end.

Words: *neighbour group* (tổ liên gia), *press*, *incident*, *mode* (real, drill, test), *siren*, *sounding*
(a siren's own word that it rings), *answer* (coming, safe, need help), *step* (of the escalation plan, frozen
into the incident), *fault*, *apart* (a device set aside for some minutes).

The broker rings; this room coordinates: it records, shows, escalates, silences and proves (docs/protocol.md,
ADR 0001). It is no certified fire-alarm system and calls nobody at 114.

Public door: `services`, `models`, `queries`, `policies`, `channels`.
"""
