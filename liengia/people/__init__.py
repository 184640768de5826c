"""People: who may do what where, households, joining, and who is on duty.

Words: household (hộ), membership, invitation, bound phone, role, capability, duty post, shift, handover, consent.
Public door: `models`, `services`, `queries`, `policies`, `capabilities`, `stewards`, `handover`, `spreadsheet`.
"""
