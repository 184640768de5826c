"""Audit: who did what to what, when, in entries that nobody can change.

Words: an *entry* says one act; its *kind* is registered by the room that writes it and says how its personal
data is erased; the *seal* is the chain of hashes that the worker alone makes; the *tail* is what waits for it.
Public door: `services.record`, `services.record_read`, `services.erase`, `services.verify`, `services.seal`,
`kinds.Kind`, `kinds.register`, `models.Entry`.
"""
